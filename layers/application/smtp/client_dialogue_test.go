package smtp

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"mailwire/layers/application/sasl"
)

// A turn is what a client says, and what the server answers to it; "\n" stands for CRLF.
type turn struct{ says, answer string }

// hello begins most sessions.
func hello(keywords string) []turn {
	return []turn{{"", "220 mail.example.net ESMTP\n"}, {"EHLO [127.0.0.1]\n", "250-mail.example.net\n" + keywords + "250 HELP\n"}}
}

var clientDialogues = []struct {
	ref, name string
	config    ClientConfig
	mails     []*Outgoing
	turns     []turn
	fared     string // for each mail the code of each recipient, with + for those who get it
	why       string // how the session ended: "" for well
}{
	{"RFC 2920 §3.1", "a group", ClientConfig{}, []*Outgoing{note("bob@example.net", "hi")}, append(hello("250-PIPELINING\n250-SIZE 1000\n"),
		turn{"MAIL FROM:<ana@example.net> SIZE=4\nRCPT TO:<bob@example.net>\nDATA\n", "250 a\n250 b\n354 c\n"},
		turn{"hi\n.\n", "250 d\n"}, turn{"QUIT\n", "221 e\n"}), "250+", ""},
	{"RFC 5321 §4.2.1", "answers of many lines", ClientConfig{}, []*Outgoing{note("bob@example.net", "hi")}, []turn{{"", "220-mail.example.net\n220-welcomes\n220 you\n"},
		{"EHLO [127.0.0.1]\n", "250-mail.example.net\n250-FOO bar\n250\n"}, {"MAIL FROM:<ana@example.net>\n", "250-2.1.0 a\n250 2.1.0 b\n"},
		{"RCPT TO:<bob@example.net>\n", "250-\n250-\n250 \n"}, {"DATA\n", "354-go\n354 on\n"}, {"hi\n.\n", "250-2.0.0 a\n250-2.0.0 b\n250 2.0.0 c\n"}, {"QUIT\n", "221-a\n221 b\n"}}, "250+", ""},
	{"RFC 5321 §3.2", "back to HELO", ClientConfig{}, []*Outgoing{note("bob@example.net", "hi")}, []turn{{"", "220 x\n"}, {"EHLO [127.0.0.1]\n", "502 x\n"}, {"HELO [127.0.0.1]\n", "250 x\n"},
		{"MAIL FROM:<ana@example.net>\n", "250 a\n"}, {"RCPT TO:<bob@example.net>\n", "250 b\n"}, {"DATA\n", "354 c\n"}, {"hi\n.\n", "250 d\n"}, {"QUIT\n", "221 e\n"}}, "250+", ""},
	{"RFC 5321 §3.3", "some are refused", ClientConfig{}, []*Outgoing{note("a@example.net b@example.net c@example.net", ".x\n.\n")}, append(hello("250-PIPELINING\n"),
		turn{"MAIL FROM:<ana@example.net>\nRCPT TO:<a@example.net>\nRCPT TO:<b@example.net>\nRCPT TO:<c@example.net>\nDATA\n", "250 a\n550 5.1.1 b\n251 c\n452 d\n354 e\n"},
		turn{"..x\n..\n.\n", "250 f\n"}, turn{"QUIT\n", "221 e\n"}), "550 251+ 452", ""},
	{"RFC 5321 §4.5.3.1.10", "too many at once go in another round", ClientConfig{}, []*Outgoing{note("a@example.net b@example.net c@example.net", "hi")}, append(hello(""),
		turn{"MAIL FROM:<ana@example.net>\n", "250 ok\n"}, turn{"RCPT TO:<a@example.net>\n", "250 ok\n"}, turn{"RCPT TO:<b@example.net>\n", "452 4.5.3 too many\n"},
		turn{"RCPT TO:<c@example.net>\n", "550 5.1.1 nobody\n"}, turn{"DATA\n", "354 go\n"}, turn{"hi\n.\n", "250 ok\n"},
		turn{"MAIL FROM:<ana@example.net>\n", "250 ok\n"}, turn{"RCPT TO:<b@example.net>\n", "250 ok\n"}, turn{"DATA\n", "354 go\n"}, turn{"hi\n.\n", "250 ok\n"},
		turn{"QUIT\n", "221 bye\n"}), "250+ 250+ 550", ""},
	{"RFC 5321 §4.5.3.1.10", "another round fails", ClientConfig{}, []*Outgoing{note("a@example.net b@example.net c@example.net", "hi")}, append(hello("250-PIPELINING\n"),
		turn{"MAIL FROM:<ana@example.net>\nRCPT TO:<a@example.net>\nRCPT TO:<b@example.net>\nRCPT TO:<c@example.net>\nDATA\n", "250 ok\n250 ok\n452 4.5.3 too many\n552 5.5.3 too many\n354 go\n"}, turn{"hi\n.\n", "250 ok\n"},
		turn{"MAIL FROM:<ana@example.net>\nRCPT TO:<b@example.net>\nRCPT TO:<c@example.net>\nDATA\n", "250 ok\n250 ok\n550 no\n354 go\n"}, turn{"hi\n.\n", "451 later\n"},
		turn{"QUIT\n", "221 bye\n"}), "250+ 451 550", ""},
	{"RFC 5321 §3.8", "the server leaves in another round", ClientConfig{}, []*Outgoing{note("a@example.net b@example.net", "hi")}, append(hello(""),
		turn{"MAIL FROM:<ana@example.net>\n", "250 ok\n"}, turn{"RCPT TO:<a@example.net>\n", "250 ok\n"}, turn{"RCPT TO:<b@example.net>\n", "452 4.5.3 too many\n"},
		turn{"DATA\n", "354 go\n"}, turn{"hi\n.\n", "250 ok\n"}, turn{"MAIL FROM:<ana@example.net>\n", "250 ok\n"}, turn{"RCPT TO:<b@example.net>\n", "250 ok\n"}, turn{"DATA\n", "421 bye\n"}), "250+ -", "421 bye"},
	{"RFC 5321 §4.1.1", "an address with a line end in it", ClientConfig{}, []*Outgoing{{To: []Recipient{{Path: Path{Mailbox: Mailbox{Local: "a\r\nQUIT\r\n", Domain: "x"}}}}}}, append(hello(""),
		turn{"QUIT\n", "221 bye\n"}), "-", ""},
	{"RFC 2920 §3.1", "all are refused, and 354 comes all the same", ClientConfig{}, []*Outgoing{note("a@example.net", "hi"), note("b@example.net", "ho")}, append(hello("250-PIPELINING\n"),
		turn{"MAIL FROM:<ana@example.net>\nRCPT TO:<a@example.net>\nDATA\n", "250 a\n550 b\n354 c\n"}, turn{".\n", "554 none\n"},
		turn{"MAIL FROM:<ana@example.net>\nRCPT TO:<b@example.net>\nDATA\n", "250 a\n250 b\n354 c\n"}, turn{"ho\n.\n", "250 d\n"}, turn{"QUIT\n", "221 e\n"}), "550|250+", ""},
	{"RFC 5321 §4.1.1.5", "the sender is refused", ClientConfig{}, []*Outgoing{note("a@example.net", "hi"), note("b@example.net", "ho")}, append(hello(""),
		turn{"MAIL FROM:<ana@example.net>\n", "550 5.7.1 not you\n"}, turn{"RSET\n", "250 ok\n"}, turn{"MAIL FROM:<ana@example.net>\n", "250 ok\n"},
		turn{"RCPT TO:<b@example.net>\n", "250 ok\n"}, turn{"DATA\n", "354 go\n"}, turn{"ho\n.\n", "452 4.3.1 full\n"}, turn{"QUIT\n", "221 bye\n"}), "-|250", ""},
	{"RFC 5321 §3.8", "421 in place of the greeting", ClientConfig{}, []*Outgoing{note("a@example.net", "hi")}, []turn{{"", "421 busy\n"}}, "-", "421 busy"},
	{"RFC 5321 §3.1", "554 in place of the greeting", ClientConfig{}, []*Outgoing{note("a@example.net", "hi")}, []turn{{"", "554 no\n"}, {"QUIT\n", "221 bye\n"}}, "-", "554 no"},
	{"RFC 5321 §3.8", "421 behind RCPT", ClientConfig{}, []*Outgoing{note("a@example.net b@example.net", "hi")}, append(hello(""), turn{"MAIL FROM:<ana@example.net>\n", "250 ok\n"},
		turn{"RCPT TO:<a@example.net>\n", "421 4.3.2 going down\n"}), "- -", "421 4.3.2 going down"},
	{"RFC 5321 §3.8", "421 behind the mail", ClientConfig{}, []*Outgoing{note("a@example.net", "hi")}, append(hello(""), turn{"MAIL FROM:<ana@example.net>\n", "250 ok\n"},
		turn{"RCPT TO:<a@example.net>\n", "250 ok\n"}, turn{"DATA\n", "354 go\n"}, turn{"hi\n.\n", "421 4.4.2 too slow\n"}), "250", "421 4.4.2 too slow"},
	{"RFC 3207 §4.2", "TLS, and what follows 220 in the clear is not believed", ClientConfig{TLS: NeedTLS, User: "ana", Password: "secret", Auth: sasl.Policy{Clear: true}}, []*Outgoing{note("a@example.net", "hi")}, append(hello("250-STARTTLS\n250-AUTH LOGIN\n"),
		turn{"STARTTLS\n", "220 go\n250-evil\n250 AUTH PLAIN\n"}, turn{"EHLO [127.0.0.1]\n", "250-x\n250 AUTH LOGIN PLAIN\n"}, turn{"AUTH PLAIN AGFuYQBzZWNyZXQ=\n", "235 ok\n"},
		turn{"MAIL FROM:<ana@example.net>\n", "250 ok\n"}, turn{"RCPT TO:<a@example.net>\n", "250 ok\n"}, turn{"DATA\n", "354 go\n"}, turn{"hi\n.\n", "250 ok\n"}, turn{"QUIT\n", "221 bye\n"}), "250+", ""},
	{"RFC 3207 §4.1", "TLS is not to be had", ClientConfig{TLS: NeedTLS}, []*Outgoing{note("a@example.net", "hi")}, append(hello("250-STARTTLS\n"),
		turn{"STARTTLS\n", "454 4.7.0 not now\n"}, turn{"QUIT\n", "221 bye\n"}), "-", "454 4.7.0 not now"},
	{"RFC 4954 §4", "the strongest mechanism", ClientConfig{User: "ana", Password: "secret"}, nil, append(hello("250-AUTH PLAIN CRAM-MD5 LOGIN\n"),
		turn{"AUTH CRAM-MD5\n", "334 PDFAeD4=\n"}, turn{encode64("ana "+sasl.CramDigest("secret", "<1@x>")) + "\n", "235 ok\n"}, turn{"QUIT\n", "221 bye\n"}), "", ""},
	{"RFC 4954 §4", "no password in the clear", ClientConfig{User: "ana", Password: "secret"}, nil, append(hello("250-AUTH PLAIN LOGIN\n"), turn{"QUIT\n", "221 bye\n"}), "", "sasl: no mechanism"},
	{"RFC 4954 §4", "a challenge that is none is given up", ClientConfig{User: "ana", Password: "secret", Auth: sasl.Policy{Clear: true, Only: "LOGIN"}}, nil, append(hello("250-AUTH LOGIN\n"),
		turn{"AUTH LOGIN\n", "334 ???\n"}, turn{"*\n", "501 ok\n"}, turn{"QUIT\n", "221 bye\n"}), "", "illegal base64"},
	{"RFC 3030 §2", "chunks", ClientConfig{ChunkSize: 4}, []*Outgoing{note("a@example.net", ".\nhi")}, append(hello("250-CHUNKING\n250-PIPELINING\n"),
		turn{"MAIL FROM:<ana@example.net>\nRCPT TO:<a@example.net>\n", "250 ok\n250 ok\n"}, turn{"BDAT 4\n.\nh", "250 ok\n"}, turn{"BDAT 3 LAST\ni\n", "250 ok\n"}, turn{"QUIT\n", "221 bye\n"}), "250+", ""},
	{"RFC 3030 §2", "a chunk is refused", ClientConfig{ChunkSize: 4}, []*Outgoing{note("a@example.net", "hello")}, append(hello("250-CHUNKING\n"),
		turn{"MAIL FROM:<ana@example.net>\n", "250 ok\n"}, turn{"RCPT TO:<a@example.net>\n", "250 ok\n"}, turn{"BDAT 4\nhell", "452 4.3.1 full\n"}, turn{"QUIT\n", "221 bye\n"}), "250", ""},
	{"RFC 6152 §3", "eight bits where seven are offered", ClientConfig{}, []*Outgoing{note("a@example.net", "Subject: x\n\nö")}, append(hello(""), turn{"QUIT\n", "221 bye\n"}), "-", ""},
	{"RFC 6531 §3.2", "UTF-8 where it is not offered", ClientConfig{}, []*Outgoing{note("ü@example.net", "hi")}, append(hello("250-8BITMIME\n"), turn{"QUIT\n", "221 bye\n"}), "-", ""},
	{"RFC 1870 §6.1", "a mail that is too large is not tried", ClientConfig{}, []*Outgoing{note("a@example.net", "hello")}, append(hello("250-SIZE 3\n"), turn{"QUIT\n", "221 bye\n"}), "-", ""},
	{"RFC 3461 §4", "reports that are wanted", ClientConfig{}, []*Outgoing{{From: MustPath("<ana@example.net>"), Return: ReturnFull, ID: "a b",
		To: []Recipient{{Path: MustPath("<a@example.net>"), Notify: NotifyNever, Original: "rfc822;x+y@example.net"}}}}, append(hello("250-DSN\n"),
		turn{"MAIL FROM:<ana@example.net> RET=FULL ENVID=a+20b\n", "250 ok\n"}, turn{"RCPT TO:<a@example.net> NOTIFY=NEVER ORCPT=rfc822;x+2By@example.net\n", "250 ok\n"},
		turn{"DATA\n", "354 go\n"}, turn{".\n", "250 ok\n"}, turn{"QUIT\n", "221 bye\n"}), "250+", ""},
	{"RFC 3461 §4", "reports that are wanted where DSN is not offered", ClientConfig{}, []*Outgoing{{From: MustPath("<ana@example.net>"), Return: ReturnFull,
		To: []Recipient{{Path: MustPath("<a@example.net>"), Notify: NotifyNever}}}}, append(hello(""),
		turn{"MAIL FROM:<ana@example.net>\n", "250 ok\n"}, turn{"RCPT TO:<a@example.net>\n", "250 ok\n"}, turn{"DATA\n", "354 go\n"}, turn{".\n", "250 ok\n"}, turn{"QUIT\n", "221 bye\n"}), "250+", ""},
	{"RFC 5321 §4.2", "what is no answer", ClientConfig{}, []*Outgoing{note("a@example.net", "hi")}, []turn{{"", "+OK POP3 ready\n"}}, "-", "smtp: byte 1: a reply begins with three digits"},
	{"RFC 5321 §4.2.1", "lines that differ in their code", ClientConfig{}, nil, []turn{{"", "220-x\n220 x\n"}, {"EHLO [127.0.0.1]\n", "250-x\n550 no\n"}, {"HELO [127.0.0.1]\n", "250 x\n"}, {"QUIT\n", "221 bye\n"}}, "", ""},
	{"RFC 5321 §4.1.1.10", "the server leaves without 221", ClientConfig{}, nil, append(hello(""), turn{"QUIT\n", ""}), "", "smtp: the server closed the connection"},
}

// note is a mail from ana.
func note(to, text string) *Outgoing {
	return &Outgoing{From: MustPath("<ana@example.net>"), To: addresses(strings.Fields(to)...), Data: []byte(strings.ReplaceAll(text, "\n", "\r\n"))}
}

func TestClientHoweverTheAnswersCome(t *testing.T) {
	for _, tt := range clientDialogues {
		for _, cut := range []int{1 << 20, 1, 3} {
			c := NewClient(epoch, tt.config)
			for _, m := range tt.mails {
				c.Send(epoch, m)
			}
			c.Quit(epoch)
			var events []Event
			for i, turn := range tt.turns {
				var said []byte
				for out := c.Output(); len(out) > 0; out = c.Output() {
					said = append(said, out...)
				}
				if want := strings.ReplaceAll(turn.says, "\n", "\r\n"); string(said) != want {
					t.Fatalf("%s: %s, cut %d, turn %d: says %q, want %q", tt.ref, tt.name, cut, i, said, want)
				}
				for rest := strings.ReplaceAll(turn.answer, "\n", "\r\n"); rest != ""; rest = rest[min(cut, len(rest)):] {
					c.Receive(epoch, []byte(rest[:min(cut, len(rest))]))
				}
				for e, ok := c.Next(); ok; e, ok = c.Next() {
					events = append(events, e)
					if _, is := e.(*Secure); is {
						c.Secured(epoch)
					}
				}
			}
			if out := c.Output(); len(out) > 0 {
				t.Errorf("%s, cut %d: it also says %q", tt.name, cut, out)
			}
			c.End(epoch, nil)
			for e, ok := c.Next(); ok; e, ok = c.Next() {
				events = append(events, e)
			}
			fared, why := ended(events)
			told := ""
			if why != nil {
				told = why.Error()
			}
			if got := strings.Join(fared, "|"); got != tt.fared || !strings.HasPrefix(told, tt.why) || (told == "") != (tt.why == "") {
				t.Errorf("%s: %s, cut %d: fared %q, want %q; ended %q, want %q", tt.ref, tt.name, cut, got, tt.fared, told, tt.why)
			}
		}
	}
}

// RFC 5321 §4.5.3.2: each answer has its time, from the moment on at which it can come.
func TestClientHasPatienceForEachAnswer(t *testing.T) {
	c := NewClient(epoch, ClientConfig{})
	c.Send(epoch, note("bob@example.net", "hi"))
	now := epoch
	for _, turn := range []struct {
		answer string
		wants  time.Duration // the next answer's time
	}{
		{"", 5 * time.Minute}, {"220 x\r\n", 5 * time.Minute}, {"250-x\r\n250 PIPELINING\r\n", 5 * time.Minute},
		{"250 a\r\n", 5 * time.Minute}, {"250 b\r\n", 2 * time.Minute}, {"354 c\r\n", 13 * time.Minute},
	} {
		now = now.Add(time.Minute)
		if turn.answer == "" {
			now = epoch
		}
		c.Receive(now, []byte(turn.answer))
		if got := c.Deadline().Sub(now); got != turn.wants {
			t.Errorf("behind %q: %v, want %v", turn.answer, got, turn.wants)
		}
		for out := c.Output(); len(out) > 0; out = c.Output() {
		}
	}
	c.Receive(now, []byte("250 d\r\n"))
	if !c.Deadline().IsZero() {
		t.Error("it waits for nothing and has a deadline")
	}
	c.Quit(now)
	c.Expire(now.Add(5 * time.Minute))
	if _, why := ended(drain(c)); why == nil || !strings.Contains(why.Error(), "QUIT") || !c.Closing() {
		t.Errorf("%v", why)
	}
}

func drain(c *Client) (events []Event) {
	for e, ok := c.Next(); ok; e, ok = c.Next() {
		events = append(events, e)
	}
	return events
}

// A server that never stops answering is left.
func TestClientKeepsLittleOfAnEndlessAnswer(t *testing.T) {
	for _, line := range []string{"x", "220-x\r\n"} {
		c := NewClient(epoch, ClientConfig{})
		for i := 0; !c.Closing(); i++ {
			c.Receive(epoch, []byte(strings.Repeat(line, 1000)))
			if i > 1000 {
				t.Fatal("it reads on and on")
			}
		}
		if _, why := ended(drain(c)); why == nil {
			t.Error(fmt.Sprintf("%q", line), " ends well")
		}
	}
}

// RFC 7677: where both sides have a source of nonces, neither shows the other the password, and each proves that it knows it.
func TestClientAndServerLogInBySCRAM(t *testing.T) {
	for _, tt := range []struct {
		password, want string
	}{{"secret", "SCRAM-SHA-256 SCRAM-SHA-256"}, {"wrong", ""}} {
		s := NewServer(epoch, ServerConfig{Role: Submission, Nonce: always("server"), SaltKey: "salt"}, &house{}, peer)
		c := NewClient(epoch, ClientConfig{User: "ana", Password: tt.password, Auth: sasl.Policy{Nonce: always("client")}})
		c.Quit(epoch)
		var by []string
		for _, e := range converse(epoch, c, s, 1, false) {
			if in, ok := e.(*LoggedIn); ok {
				by = append(by, in.Mechanism)
			}
		}
		for e, ok := s.Next(); ok; e, ok = s.Next() {
			if in, ok := e.(*LoggedIn); ok {
				by = append(by, in.Mechanism)
			}
		}
		if got := strings.Join(by, " "); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.password, got, tt.want)
		}
	}
}
