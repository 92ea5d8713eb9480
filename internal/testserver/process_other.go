//go:build !linux

package testserver

import (
	"errors"
	"os"
	"syscall"
)

// Other systems have no parent-death signal: there, a test binary that is killed leaves its servers and
// their folder behind. Tests that end, pass or fail, clean up everywhere.

type signal = syscall.Signal

const (
	sigKill   = syscall.SIGKILL
	sigQuit   = syscall.SIGQUIT
	sigPause  = syscall.Signal(0)
	sigResume = syscall.Signal(0)
)

type account struct{ uid, gid int }

func sysProcAttr(signal, *account) *syscall.SysProcAttr { return nil }

func lock(*os.File) error { return errors.ErrUnsupported }
