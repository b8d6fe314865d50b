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

// A discard takes every mail and keeps none.
type discard struct{}

func (discard) Login(*Session, string, string) error       { return nil }
func (discard) Mail(*Session, Path, []Param) error         { return nil }
func (discard) Rcpt(*Session, Path, []Param) error         { return nil }
func (discard) Deliver(*Envelope, []byte) error            { return nil }
func (discard) Verify(_ *Session, _ string, _ bool) *Reply { return nil }

// letter is a mail of 4 KiB, with a dot to be doubled now and then.
func letter() []byte {
	line := []byte("The quick brown fox jumps over the lazy dog, and the dog does not mind at all.\r\n")
	b := []byte("From: ana@example.net\r\nTo: bob@example.org\r\nSubject: Foxes\r\n\r\n.\r\n")
	for len(b) < 4<<10 {
		b = append(b, line...)
	}
	return b
}

// What a mail of 4 KiB costs a server whose sessions are kept: five commands and the mail, each in a packet of its own.
func BenchmarkServerMail(b *testing.B) {
	var stuffer Stuffer
	mail := stuffer.End(stuffer.Append(nil, letter()))
	turns := [][]byte{[]byte("MAIL FROM:<ana@example.net> SIZE=4200\r\n"), []byte("RCPT TO:<bob@example.org>\r\n"), []byte("DATA\r\n"), mail[:1460], mail[1460:2920], mail[2920:]}
	s := NewServer(epoch, ServerConfig{}, discard{}, peer)
	s.Receive(epoch, []byte("EHLO ana.example.net\r\n"))
	s.Output()
	b.SetBytes(int64(len(mail)))
	b.ReportAllocs()
	for b.Loop() {
		for _, turn := range turns {
			s.Receive(epoch, turn)
			s.Output()
		}
		for _, ok := s.Next(); ok; _, ok = s.Next() {
		}
	}
	if s.State() != Ready {
		b.Fatal(s.State())
	}
}

// Finding the end of a mail and taking the doubled dots away.
func BenchmarkUnstuffer(b *testing.B) {
	var stuffer Stuffer
	mail := stuffer.End(stuffer.Append(nil, letter()))
	room := make([]byte, 0, len(mail))
	b.SetBytes(int64(len(mail)))
	for b.Loop() {
		var u Unstuffer
		if _, n, done := u.Append(room, mail); !done || n != len(mail) {
			b.Fatal("no end")
		}
	}
}

func BenchmarkStuffer(b *testing.B) {
	mail := letter()
	room := make([]byte, 0, 2*len(mail))
	b.SetBytes(int64(len(mail)))
	for b.Loop() {
		var s Stuffer
		s.End(s.Append(room, mail))
	}
}

// What the same mail costs a client.
func BenchmarkClientMail(b *testing.B) {
	mail := &Outgoing{From: MustPath("<ana@example.net>"), To: addresses("bob@example.org"), Data: letter()}
	c := NewClient(epoch, ClientConfig{})
	c.Receive(epoch, []byte("220 x\r\n250-x\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SIZE 1000000\r\n"))
	answers := []byte("250 2.1.0 OK\r\n250 2.1.5 OK\r\n354 go on\r\n")
	b.ReportAllocs()
	for b.Loop() {
		c.Send(epoch, mail)
		c.Output()
		c.Receive(epoch, answers)
		c.Output()
		c.Receive(epoch, []byte("250 2.0.0 OK\r\n"))
		for _, ok := c.Next(); ok; _, ok = c.Next() {
		}
	}
}
