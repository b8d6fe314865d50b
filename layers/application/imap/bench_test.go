package imap

import (
	"fmt"
	"testing"

	"mailwire/layers"
)

// BenchmarkDialogue follows a session of small replies and of one long mail, packet by packet.
func BenchmarkDialogue(b *testing.B) {
	mail := make([]byte, 1460)
	d := NewDialogue()
	d.Receive(layers.Server, []byte("* OK hi\r\n"))
	d.Next()
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		d.Receive(layers.Client, fmt.Appendf(nil, "a%d FETCH %d (FLAGS BODY.PEEK[])\r\n", n, n))
		d.Receive(layers.Server, fmt.Appendf(nil, "* %d FETCH (FLAGS (\\Seen) BODY[] {1460}\r\n", n))
		d.Receive(layers.Server, mail)
		d.Pending(layers.Server)
		d.Receive(layers.Server, fmt.Appendf(nil, ")\r\na%d OK done\r\n", n))
		for _, ok := d.Next(); ok; _, ok = d.Next() {
		}
	}
}
