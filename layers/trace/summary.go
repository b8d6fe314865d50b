package trace

import (
	"time"

	"mailwire/layers"
)

// A summary counts while the trace goes on.
type summary struct {
	Summary
	first, last time.Time // the earliest and the latest frame
}

// frame counts a frame.
func (s *summary) frame(f *layers.Frame) {
	// Captures of several queues or files may step back in time.
	if s.Packets == 0 || f.Time.Before(s.first) {
		s.first = f.Time
	}
	if s.Packets == 0 || f.Time.After(s.last) {
		s.last = f.Time
	}
	s.Packets++
	s.Bytes += int64(f.Length)
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
