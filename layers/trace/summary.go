package trace

import (
	"time"

	"mailwire/layers"
)

// A summary counts while the trace goes on.
type summary struct {
	Summary
	first, last time.Time // the earliest and the latest that was seen
}

// frame counts a frame.
func (s *summary) frame(f *layers.Frame) {
	s.at(f.Time)
	s.Packets++
	s.Bytes += int64(f.Length)
}

// at takes a time. Captures of several queues or files may step back.
func (s *summary) at(t time.Time) {
	if s.first.IsZero() || t.Before(s.first) {
		s.first = t
	}
	if s.last.IsZero() || t.After(s.last) {
		s.last = t
	}
}

// socket counts a connection that is followed without frames.
func (s *summary) socket(at time.Time) {
	s.at(at)
	if s.Sockets == nil {
		s.Sockets = &Sockets{}
	}
	s.Sockets.Connections++
}

// heard counts n bytes of such a connection.
func (s *summary) heard(at time.Time, c *conversation, n int) {
	s.at(at)
	s.Sockets.Bytes += int64(n)
	s.inside(c, n)
}

// pdus counts the headers of a packet. Application data are counted by data.
func (s *summary) pdus(pdus []layers.PDU) {
	for i := range pdus {
		if l := pdus[i].Layer; l != layers.Application {
			s.Headers[l] += int64(pdus[i].Length)
		}
	}
}

// data counts n bytes of application data of a connection, as often as they were on the cable.
func (s *summary) data(c *conversation, n int) {
	s.Headers[layers.Application] += int64(n)
	if c.protocol != nil && c.protocol.mail {
		s.Mail += int64(n)
	}
}

// inside counts n bytes that became readable inside TLS or another protocol.
func (s *summary) inside(c *conversation, n int) {
	if c.protocol != nil && c.protocol.mail {
		s.Mail += int64(n)
	}
}

// total is what has been counted.
func (s *summary) total() *Summary {
	s.Duration = s.last.Sub(s.first)
	return &s.Summary
}
