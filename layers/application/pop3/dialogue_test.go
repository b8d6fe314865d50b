package pop3

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"mailwire/layers"
	"mailwire/layers/application"
)

var _ application.Dialogue = (*Dialogue)(nil)

// A turn is what one side said; follow feeds turns in pieces of n and returns a line for each message.
type turn struct {
	from layers.Side
	says string
}

func c(s string) turn { return turn{layers.Client, s} }
func s(s string) turn { return turn{layers.Server, s} }

func follow(d *Dialogue, n int, turns []turn) []application.Message {
	var all []application.Message
	drain := func() {
		for m, ok := d.Next(); ok; m, ok = d.Next() {
			all = append(all, m)
		}
	}
	for _, t := range turns {
		for piece := range slices.Chunk([]byte(t.says), n) {
			d.Receive(t.from, piece)
			d.Pending(t.from)
			drain()
		}
	}
	d.End(layers.Client)
	d.End(layers.Server)
	drain()
	return all
}

// line shows a message: who, kind, verb or status, text with secrets as *, length, the ids of its notes.
func line(m application.Message) string {
	text := []byte(m.Text)
	for _, s := range m.Secrets {
		for i := s.Offset; i < min(s.End(), len(text)); i++ {
			text[i] = '*'
		}
	}
	var ids []string
	for _, n := range m.Notes {
		if strings.HasPrefix(n.ID, "pop3.") {
			ids = append(ids, strings.TrimPrefix(n.ID, "pop3."))
		} else if strings.HasPrefix(n.ID, "sasl.") {
			ids = append(ids, n.ID)
		}
	}
	broken := ""
	if !m.Complete {
		broken = " broken"
	}
	return fmt.Sprintf("%s %s %s%s %q @%d+%d%s %s", m.From, m.Kind, m.Verb, m.Status, text, m.Offset, m.Length, broken, strings.Join(ids, " "))
}

func TestDialogues(t *testing.T) {
	for _, d := range []struct {
		name  string
		turns []turn
		want  []string
	}{
		{"fetch and delete", []turn{s("+OK hi\r\n"), c("USER bob\r\n"), s("+OK\r\n"), c("PASS se cret\r\n"), s("+OK\r\n"),
			c("LIST\r\n"), s("+OK 1 message\r\n1 20\r\n.\r\n"), c("RETR 1\r\n"), s("+OK\r\nA: b\r\n\r\n..\r\n.\r\n"), c("DELE 1\r\n"), s("+OK\r\n"),
			c("STAT\r\n"), s("+OK 0 0\r\n"), c("QUIT\r\n"), s("+OK\r\n")},
			[]string{`server greeting +OK "+OK hi" @0+8 greeting`,
				`client command USER "USER bob" @0+10 user`, `server reply +OK "+OK" @8+5 reply.user`,
				`client command PASS "PASS *******" @10+14 pass cleartext`, `server reply +OK "+OK" @13+5 reply.login`,
				`client command LIST "LIST" @24+6 list`, `server reply +OK "+OK 1 message\r\n1 20\r\n." @18+24 reply.list`,
				`client command RETR "RETR 1" @30+8 retr`, `server reply +OK "+OK" @42+5 reply.retr`, `server data  "A: b\r\n\r\n..\r\n." @47+15 data data.stuffed`,
				`client command DELE "DELE 1" @38+8 dele`, `server reply +OK "+OK" @62+5 reply.dele`,
				`client command STAT "STAT" @46+6 stat`, `server reply +OK "+OK 0 0" @67+9 reply.stat.marked`,
				`client command QUIT "QUIT" @52+6 quit.update`, `server reply +OK "+OK" @76+5 reply.quit`}},
		{"AUTH PLAIN and LOGIN", []turn{s("+OK\r\n"), c("AUTH PLAIN\r\n"), s("+ \r\n"), c("AGJvYgB4\r\n"), s("-ERR [AUTH] no\r\n"),
			c("AUTH LOGIN\r\n"), s("+ VXNlcm5hbWU6\r\n"), c("Ym9i\r\n"), s("+ UGFzc3dvcmQ6\r\n"), c("c2VjcmV0\r\n"), s("+OK\r\n"), c("AUTH PLAIN AGJvYgB4\r\n"), s("-ERR\r\n")},
			[]string{`server greeting +OK "+OK" @0+5 greeting`, `client command AUTH "AUTH PLAIN" @0+12 auth sasl.plain`, `server continuation  "+ " @5+4 sasl.continue`,
				`client auth  "********" @12+10 sasl.credentials sasl.cleartext`, `server reply -ERR "-ERR [AUTH] no" @9+16 err.login code.auth`,
				`client command AUTH "AUTH LOGIN" @22+12 auth sasl.login`, `server continuation  "+ VXNlcm5hbWU6" @25+16 sasl.login.user`, `client auth  "Ym9i" @34+6 sasl.user`,
				`server continuation  "+ UGFzc3dvcmQ6" @41+16 sasl.login.password`, `client auth  "********" @40+10 sasl.credentials sasl.cleartext`, `server reply +OK "+OK" @57+5 reply.login`,
				`client command AUTH "AUTH PLAIN ********" @50+21 wrong-state sasl.plain sasl.credentials sasl.cleartext`, `server reply -ERR "-ERR" @62+6 err.login`}},
		{"pipelined", []turn{s("+OK\r\n"), c("USER b\r\nPASS x\r\nUIDL\r\nRETR 1\r\nQUIT\r\n"), s("+OK\r\n+OK\r\n+OK\r\n.\r\n-ERR none\r\n+OK\r\n")},
			[]string{`server greeting +OK "+OK" @0+5 greeting`, `client command USER "USER b" @0+8 user`, `client command PASS "PASS *" @8+8 pass cleartext pipelined`,
				`client command UIDL "UIDL" @16+6 uidl pipelined`, `client command RETR "RETR 1" @22+8 retr pipelined`, `client command QUIT "QUIT" @30+6 quit.authorization pipelined`,
				`server reply +OK "+OK" @5+5 reply.user`, `server reply +OK "+OK" @10+5 reply.login`, `server reply +OK "+OK\r\n." @15+8 reply.uidl`,
				`server reply -ERR "-ERR none" @23+11 err.message`, `server reply +OK "+OK" @34+5 reply.quit.nothing`}},
		{"the line breaks within a mail", []turn{s("+OK\r\n"), c("RETR 1\r\n"), s("+OK\r\nA: b\r\n"), c("ST")},
			[]string{`server greeting +OK "+OK" @0+5 greeting`, `client command RETR "RETR 1" @0+8 wrong-state`, `server reply +OK "+OK" @5+5 reply.retr`,
				`client command ST "ST" @8+2 broken `, `server data  "A: b" @10+6 broken data.incomplete`}},
		{"the server's side alone", []turn{s("+OK\r\n+OK\r\n+OK 2 mails\r\n1 10\r\n2 20\r\n.\r\n-ERR\r\n")},
			[]string{`server greeting +OK "+OK" @0+5 greeting`, `server reply +OK "+OK" @5+5 +ok`, `server reply +OK "+OK 2 mails" @10+13 +ok`,
				`server data  "1 10\r\n2 20\r\n." @23+15 data`, `server reply -ERR "-ERR" @38+6 err`}},
		{"the client's side alone", []turn{c("AUTH PLAIN\r\nAGJvYgB4\r\nSTAT\r\nQUIT\r\n")},
			[]string{`client command AUTH "AUTH PLAIN" @0+12 auth sasl.plain`, `client auth  "********" @12+10 sasl.credentials sasl.cleartext`, `client command STAT "STAT" @22+6 stat pipelined`,
				`client command QUIT "QUIT" @28+6 quit.authorization pipelined`}},
	} {
		for _, n := range []int{1, 3, 1 << 10} {
			var got []string
			for _, m := range follow(NewDialogue(true), n, d.turns) {
				got = append(got, line(m))
			}
			if !slices.Equal(got, d.want) {
				t.Errorf("%s, pieces of %d: got\n%s\nwant\n%s", d.name, n, strings.Join(got, "\n"), strings.Join(d.want, "\n"))
			}
		}
	}
}

func TestSTLSHandsOver(t *testing.T) {
	d := NewDialogue(true)
	follow(d, 1000, []turn{s("+OK\r\n"), c("STLS\r\n\x16\x03\x01"), s("+OK go\r\n\x16")})
	u, ok := d.Upgrade()
	if !ok || u.Protocol != "tls" || u.From != [2]int64{6, 13} {
		t.Errorf("%+v %v", u, ok)
	}
	d = NewDialogue(true)
	got := follow(d, 1000, []turn{s("+OK\r\n"), c("STLS\r\nQUIT\r\n"), s("-ERR\r\n+OK\r\n")})
	if _, ok := d.Upgrade(); ok || len(got) != 5 || got[3].Verb != "QUIT" {
		t.Errorf("a refused STLS: %v, %d messages", ok, len(got))
	}
}

func TestInsideTLS(t *testing.T) {
	for _, row := range []struct {
		greeting bool
		turns    []turn
		want     string
	}{
		{true, []turn{s("+OK\r\n"), c("PASS x\r\n"), s("+OK\r\n")}, "greeting command reply"},
		{false, []turn{s("+OK\r\n"), c("PASS x\r\n"), s("+OK\r\n")}, "greeting command reply"},
		{false, []turn{c("CAPA\r\n"), s("+OK\r\nTOP\r\n.\r\n"), c("PASS x\r\n"), s("+OK\r\n")}, "command reply command reply"},
	} {
		var kinds []string
		for _, m := range follow(NewSecureDialogue(row.greeting), 3, row.turns) {
			kinds = append(kinds, string(m.Kind))
			for _, n := range m.Notes {
				if n.ID == "pop3.cleartext" {
					t.Error("a password inside TLS is called readable")
				}
			}
		}
		if got := strings.Join(kinds, " "); got != row.want {
			t.Errorf("%s, want %s", got, row.want)
		}
	}
}

func TestMidstream(t *testing.T) {
	var got []string
	for _, m := range follow(NewDialogue(false), 5, []turn{s("half a line\r\nmore\r\n.\r\n"), c("cret\r\nDELE 2\r\n"), s("+OK\r\n")}) {
		got = append(got, line(m))
	}
	want := []string{`server data  "half a line\r\nmore\r\n." @0+22 broken data.incomplete`, `client command  "****" @0+6 broken `,
		`client command DELE "DELE 2" @6+8 dele`, `server reply +OK "+OK" @22+5 reply.dele`}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestGaps(t *testing.T) {
	d := NewDialogue(true)
	d.Receive(layers.Server, []byte("+OK\r\n"))
	d.Receive(layers.Client, []byte("RETR 1\r\n"))
	d.Receive(layers.Server, []byte("+OK\r\nA: b\r\n"))
	d.Gap(layers.Server, 1000)
	d.Receive(layers.Server, []byte("the end\r\n.\r\n"))
	d.Receive(layers.Client, []byte("PASS se"))
	d.Gap(layers.Client, 2)
	d.Receive(layers.Client, []byte("et\r\n"))
	var got []string
	for m, ok := d.Next(); ok; m, ok = d.Next() {
		got = append(got, line(m))
	}
	want := []string{`server data  "A: b\r\nthe end\r\n." @10+1018 broken data.incomplete`, `client command PASS "PASS **" @8+7 broken `, `client command  "**" @17+4 broken `}
	if tail := got[max(0, len(got)-3):]; !slices.Equal(tail, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func FuzzDialogue(f *testing.F) {
	f.Add([]byte("+OK\r\n+OK\r\n1 2\r\n.\r\n+ x\r\n"), []byte("LIST\r\nAUTH PLAIN\r\nx\r\n"), 4)
	f.Add([]byte("+OK\r\n+OK\r\n..\r\n\r\n.\r"), []byte("RETR 1\r\nSTLS\r\n"), 7)
	f.Fuzz(func(t *testing.T, server, client []byte, at int) {
		for _, start := range []bool{true, false} {
			d := NewDialogue(start)
			at = min(max(0, at), len(server))
			d.Receive(layers.Server, server[:at])
			d.Receive(layers.Client, client)
			d.Gap(layers.Client, 3)
			d.Receive(layers.Server, server[at:])
			d.Gap(layers.Server, 0)
			d.Receive(layers.Client, client)
			d.End(layers.Server)
			d.End(layers.Client)
			var end [2]int64
			for m, ok := d.Next(); ok; m, ok = d.Next() {
				if m.Offset < end[m.From] || m.Length <= 0 || len(m.Text) > application.TextMax {
					t.Fatalf("message %+v after offset %d", m, end[m.From])
				}
				end[m.From] = m.Offset + m.Length
				for _, s := range m.Secrets {
					if s.Offset < 0 || s.End() > len(m.Text) {
						t.Fatalf("secret %v in %q", s, m.Text)
					}
				}
			}
		}
	})
}
