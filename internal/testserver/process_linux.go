package testserver

import (
	"os"
	"syscall"
)

type signal = syscall.Signal

const (
	sigKill   = syscall.SIGKILL
	sigQuit   = syscall.SIGQUIT
	sigPause  = syscall.SIGSTOP
	sigResume = syscall.SIGCONT
)

// account is the user a server runs as when it must not run as the current one.
type account struct{ uid, gid int }

func sysProcAttr(death signal, as *account) *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{
		Pdeathsig: death,
		Setpgid:   true, // Ctrl-C is for the test binary; its end stops the servers
	}
	if as != nil {
		attr.Credential = &syscall.Credential{Uid: uint32(as.uid), Gid: uint32(as.gid)}
	}
	return attr
}

// lock takes an exclusive lock that the kernel releases when this process ends. It does not wait.
func lock(f *os.File) error {
	return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
}
