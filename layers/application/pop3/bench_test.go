package pop3

import (
	"bytes"
	"testing"

	"mailwire/layers"
)

// A picture of 2.9 MB fetched in segments of 1460 bytes: what following costs for each segment.
func BenchmarkFollowMail(b *testing.B) {
	segment := bytes.Repeat([]byte("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9\r\n"), 18)
	d := NewDialogue(true)
	d.Receive(layers.Server, []byte("+OK\r\n"))
	d.Receive(layers.Client, []byte("RETR 1\r\n"))
	d.Receive(layers.Server, []byte("+OK\r\n"))
	b.ReportAllocs()
	for b.Loop() {
		d.Receive(layers.Server, segment)
		d.Pending(layers.Server)
	}
}
