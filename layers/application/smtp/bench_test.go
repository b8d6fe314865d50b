package smtp

import (
	"bytes"
	"testing"

	"mailwire/layers"
)

// A picture's segments go by: what following them costs.
func BenchmarkDialogueContent(b *testing.B) {
	segment := bytes.Repeat([]byte("QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejAxMjM0NTY3OA==\r\n"[:76]+"\r\n"), 19)[:1460]
	d := NewDialogue()
	d.Receive(layers.Server, []byte("220 x\r\n"))
	d.Receive(layers.Client, []byte("DATA\r\n"))
	d.Receive(layers.Server, []byte("354 x\r\n"))
	b.SetBytes(int64(len(segment)))
	for b.Loop() {
		d.Receive(layers.Client, segment)
	}
}

func BenchmarkDialogueCommand(b *testing.B) {
	d := NewDialogue()
	d.Receive(layers.Server, []byte("220 x\r\n"))
	for b.Loop() {
		d.Receive(layers.Client, []byte("RCPT TO:<bob@example.org>\r\n"))
		d.Receive(layers.Server, []byte("250 2.1.5 OK\r\n"))
		for _, ok := d.Next(); ok; _, ok = d.Next() {
		}
	}
}
