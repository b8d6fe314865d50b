package maildir

import (
	"os"

	"golang.org/x/sys/windows"
)

// infoMark stands between a file's name and its flags: Maildir's colon is no part of a name on this system.
const infoMark = ";2,"

// exclude keeps other processes out, until the file is closed or the process ends.
func exclude(lock *os.File) error {
	return windows.LockFileEx(windows.Handle(lock.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, new(windows.Overlapped))
}

// syncFolder has nothing to do: this system keeps names safe by itself.
func syncFolder(string) error { return nil }
