package tcp

import (
	"encoding/binary"
	"testing"
	"time"
)

// FuzzConn throws any segments at a connection in any state: it never panics, never sends without end, and keeps to
// its memory.
func FuzzConn(f *testing.F) {
	f.Add([]byte{0}, uint8(0))
	f.Add([]byte("\x02\x00\x00\x00\x01\x10\x00\x01\x00\x01\x05\x18\x00\x01\x00\x01\x30\x11\x00\x31\x00\x02\x00"), uint8(3))
	f.Add([]byte("\x10\x00\x05\x00\x01\x40\x10\x01\x05\x00\x01\x40\x14\x00\x01\x00\x00\x00"), uint8(1))
	f.Fuzz(func(t *testing.T, b []byte, start uint8) {
		s := newStory(t, Config{WindowScaling: start&1 == 0, SACK: start&2 == 0, Timestamps: start&64 != 0, ReceiveBuffer: 20_000, KeepAlive: KeepAlive{Idle: time.Hour}})
		s.stall = start&4 == 0
		if start&8 == 0 {
			s.server()
			s.in("S 0:0(0) win 5000 <mss 500,sackOK,wscale 3>")
		} else {
			s.client()
		}
		c := s.conn
		c.Write(pattern(3000))
		if start&16 != 0 {
			c.CloseWrite()
		}
		sent := func() {
			var o Outgoing
			for n := 0; s.stack.NextSegment(s.now, &o); n++ {
				if n > 1000 {
					t.Fatal("it never stops sending")
				}
				if out := o.Segment.Append(nil, o.From, o.To); !Verify(o.From, o.To, out) {
					t.Fatal("wrong checksum")
				}
			}
			s.drain()
		}
		sent()
		if start&8 == 0 {
			s.in(". 1:1(0) ack 1 win 5000")
			sent()
		}
		// Seven bytes each: flags and a choice, number, acknowledgement, length.
		for len(b) >= 7 {
			g := Segment{SourcePort: peerAddr.Port(), DestinationPort: localAddr.Port(), Flags: Flags(b[0])}
			g.Seq = c.receive.nxt.Add(int(int16(binary.BigEndian.Uint16(b[1:]))))
			g.Ack = c.send.una.Add(int(int16(binary.BigEndian.Uint16(b[3:]))))
			g.Window = uint16(b[5]) << (b[6] & 7)
			g.Payload = make([]byte, int(b[6])*8)
			if b[6]&1 != 0 {
				g.Options.Blocks = 2
				g.Options.SACK[0] = Block{g.Ack.Add(int(b[5])), g.Ack.Add(int(b[6]) * 9)}
				g.Options.SACK[1] = Block{c.send.una.Add(int(b[6])), c.send.una.Add(int(b[5]) * 10)}
			}
			s.stack.Receive(s.now, peerAddr.Addr(), localAddr.Addr(), &g)
			sent()
			if b[6]&2 != 0 {
				s.now = s.now.Add(time.Duration(b[5]) * 10 * time.Millisecond)
				s.stack.Expire(s.now)
				sent()
			}
			switch b[6] & 0x1c {
			case 4:
				c.Close()
			case 8:
				c.Write(pattern(100))
			case 12:
				c.Discard(c.Readable() / 2)
			}
			sent()
			b = b[7:]
		}
		if n := len(c.receive.queue.b); n > 40_000 {
			t.Fatalf("%d bytes of memory", n)
		}
		// In the end everything comes to rest, or a peer is waited for.
		for range 200 {
			d := s.stack.Deadline()
			if d.IsZero() {
				break
			}
			if d.After(s.now) {
				s.now = d
			}
			s.stack.Expire(s.now)
			sent()
		}
	})
}
