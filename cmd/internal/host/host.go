// Package host is where mailwire meets the real world: live interfaces, files that still grow, a standard input that
// waits, and programs that are let into a simulated world ([Serve]). Sockets, the real clock and goroutines live here and
// nowhere else.
//
// What comes from here ends when a context does, as on a signal: a read then fails with [ErrStopped], which is no fault.
// Before a read waits, an idle function is called, so that what was found so far can be shown first.
//
// Modelled: capturing on Linux by packet sockets, one interface or all of them, with the kernel's times and its count of
// what was dropped; TCP connections that a world serves at the pace of the real clock. Not modelled: capturing on other systems; promiscuous mode; filters in the kernel; interfaces in
// monitor mode (what they deliver is read if somebody else set them up).
package host

import "errors"

// ErrStopped ends a reading because it was to be stopped.
var ErrStopped = errors.New("host: stopped")

// Idle is called before something waits. Its error ends the waiting.
type Idle func() error
