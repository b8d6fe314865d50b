package trace

import (
	"time"

	"mailwire/layers"
)

// A summary counts while the trace goes on.
type summary struct {
	Summary
	first, last time.Time
}

// frame counts a frame.
func (s *summary) frame(f *layers.Frame) {
	if s.Packets == 0 {
		s.first = f.Time
	}
	s.last = f.Time
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

// total is what has been counted.
func (s *summary) total() *Summary {
	s.Duration = s.last.Sub(s.first)
	return &s.Summary
}
