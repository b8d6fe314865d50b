package main

import (
	"errors"

	"golang.org/x/sys/windows"
)

// isTaken says that somebody else waits at the address.
func isTaken(err error) bool { return errors.Is(err, windows.WSAEADDRINUSE) }

// isForbidden says that the port is kept for others.
func isForbidden(err error) bool { return errors.Is(err, windows.WSAEACCES) }
