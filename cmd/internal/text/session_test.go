package text

import (
	"bytes"
	"testing"
	"time"

	"mailwire/cmd/internal/words"
	"mailwire/layers"
	"mailwire/layers/application"
	"mailwire/layers/lexicon"
	"mailwire/layers/trace"
)

// Two sessions without packets stand side by side: each line says whose it is, when it was said, and whether to the server
// or by it.
func TestSessionsSideBySide(t *testing.T) {
	local := time.Local
	time.Local = time.UTC
	defer func() { time.Local = local }()
	at := time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
	names := [2]string{layers.Client: "localhost", layers.Server: "mail"}
	say := func(stream int, from layers.Side, protocol, within, text string) *trace.Message {
		at = at.Add(time.Second)
		return &trace.Message{Message: application.Message{Protocol: protocol, From: from, Kind: application.Command, Text: text, Complete: true},
			Stream: stream, Within: within, Names: names, Time: at}
	}
	events := []trace.Event{
		&trace.Contact{Time: at, Stream: 3, Service: "submission", Protocol: "smtp", Names: names, Note: layers.N("trace.socket.opened",
			layers.A("client", layers.String("127.0.0.1:50000")), layers.A("service", layers.String("submission")), layers.A("port", layers.Int(2587)))},
		say(3, layers.Server, "smtp", "", "220 mail.example.org ESMTP"),
		say(12, layers.Client, "imap", "tls", "a1 FETCH 1:* (UID FLAGS BODY.PEEK[HEADER.FIELDS (FROM TO SUBJECT DATE)])"),
		say(3, layers.Client, "smtp", "", "EHLO laptop"),
	}
	for _, c := range []struct {
		ascii bool
		want  string
	}{
		{false, `   #3  09:00:00  → mail  SMTP  127.0.0.1:50000 connects to submission on port
                               2587.
   #3  09:00:01  ← mail  SMTP  220 mail.example.org ESMTP
  #12  09:00:02  → mail  IMAP  a1 FETCH 1:* (UID FLAGS BODY.PEEK[HEADER.FIELDS
                               (FROM TO SUBJECT DATE)])  inside TLS
   #3  09:00:03  → mail  SMTP  EHLO laptop
`},
		{true, `   #3  09:00:00  -> mail  SMTP  127.0.0.1:50000 connects to submission on port
                                2587.
   #3  09:00:01  <- mail  SMTP  220 mail.example.org ESMTP
  #12  09:00:02  -> mail  IMAP  a1 FETCH 1:* (UID FLAGS BODY.PEEK[HEADER.FIELDS
                                (FROM TO SUBJECT DATE)])  inside TLS
   #3  09:00:03  -> mail  SMTP  EHLO laptop
`},
	} {
		var out bytes.Buffer
		f := New(&out, Options{Lexicon: lexicon.New(lexicon.English, lexicon.Notes, words.Source), Width: 80, Explain: Never, Detail: Packets, ASCII: c.ascii})
		for _, e := range events {
			if err := f.Show(e); err != nil {
				t.Fatal(err)
			}
		}
		if out.String() != c.want {
			t.Errorf("got\n%s\nwant\n%s", out.String(), c.want)
		}
	}
}
