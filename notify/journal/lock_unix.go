//go:build unix

package journal

import (
	"os"
	"syscall"
)

// tryLock takes a lock that ends with the process, however it ends.
func tryLock(file *os.File) bool {
	return syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil
}
