//go:build unix

package maildir

import (
	"os"

	"golang.org/x/sys/unix"
)

// infoMark stands between a file's name and its flags.
const infoMark = ":2,"

// exclude keeps other processes out, until the file is closed or the process ends.
func exclude(lock *os.File) error { return unix.Flock(int(lock.Fd()), unix.LOCK_EX|unix.LOCK_NB) }

// syncFolder waits until the disk knows the names in a folder.
func syncFolder(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}
