package tcp

import (
	"testing"

	"mailwire/layers"
)

// Somebody who looks at each of a million headers must not cost the collector a list each.
func TestHeaderSaysItsFieldsWithoutAllocating(t *testing.T) {
	s := Segment{Flags: PSH | ACK, Options: Options{HasTimestamps: true, TSValue: 7, TSReply: 6}, Payload: []byte("QUIT\r\n")}
	b := s.Append(nil, localAddr.Addr(), peerAddr.Addr())
	var h Header
	var fields []layers.Field
	allocations := testing.AllocsPerRun(10, func() {
		if err := h.Decode(b, 34, len(b)); err != nil {
			t.Fatal(err)
		}
		fields = h.AppendFields(fields[:0])
	})
	if allocations > 0 || len(fields) == 0 {
		t.Errorf("%v allocations for %d fields", allocations, len(fields))
	}
}
