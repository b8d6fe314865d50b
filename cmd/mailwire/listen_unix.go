//go:build !windows

package main

import (
	"errors"
	"syscall"
)

// isTaken says that somebody else waits at the address.
func isTaken(err error) bool { return errors.Is(err, syscall.EADDRINUSE) }

// isForbidden says that the port is for the privileged alone.
func isForbidden(err error) bool { return errors.Is(err, syscall.EACCES) }
