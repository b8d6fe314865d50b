package observe

import (
	"testing"
	"time"

	"mailwire/layers/transport/tcp"
)

// A wrong checksum among right ones: the segment was damaged on the way.
func TestDamaged(t *testing.T) {
	const wrong = true
	for name, story := range map[string][]step{
		"what a damaged segment says is not said, and the sound copy counts": opened(
			step{from: "ana", flags: psh, seq: 101, ack: 501, data: "MAIX", damaged: wrong, want: "damaged"},
			step{from: "ana", flags: psh, seq: 105, ack: 501, data: "rest", want: ""},
			step{from: "mail", flags: ack, seq: 501, ack: 101, want: "duplicate-ack"},
			step{after: time.Second, from: "ana", flags: psh, seq: 101, ack: 501, data: "MAIL", want: "retransmission", reading: `C"MAIL" C"rest"`}),
		"a damaged flag ends nothing": opened(
			step{from: "mail", flags: tcp.RST | tcp.ACK, seq: 501, ack: 101, damaged: wrong, want: "damaged"},
			step{from: "mail", flags: psh, seq: 501, ack: 101, data: "250", reading: `S"250"`}),
		"a damaged number leads nowhere": opened(
			step{from: "ana", flags: psh, seq: 1 << 30, ack: 501, data: "lost", damaged: wrong, want: "damaged"},
			step{from: "ana", flags: psh, seq: 101, ack: 501, data: "MAIL", reading: `C"MAIL"`}),
		"what is acknowledged without a sound copy was what the receiver got": opened(
			step{from: "ana", flags: psh, seq: 101, ack: 501, data: "MAIL", damaged: wrong, want: "damaged"},
			step{from: "mail", flags: psh, seq: 501, ack: 105, data: "250", damaged: wrong, want: "damaged", reading: `C"MAIL"`},
			step{from: "ana", flags: psh, seq: 105, ack: 504, data: "RCPT", damaged: wrong, want: "damaged", reading: `S"250"`},
			step{from: "mail", flags: psh, seq: 504, ack: 109, data: "550", reading: `C"RCPT" S"550"`}),
		"the card of the computer that captured puts the checksums in: nothing is damaged": {
			{from: "ana", flags: syn, seq: 100, damaged: wrong},
			{from: "mail", flags: synAck, seq: 500, ack: 101},
			{from: "ana", flags: ack, seq: 101, ack: 501, damaged: wrong, want: "handshake.complete"},
			{from: "ana", flags: psh, seq: 101, ack: 501, data: "EHLO", damaged: wrong, reading: `C"EHLO"`},
		},
	} {
		t.Run(name, func(t *testing.T) { run(t, New(Options{}), story) })
	}
}
