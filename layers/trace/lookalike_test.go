package trace

import (
	"testing"

	"mailwire/layers"
	"mailwire/layers/transport/tcp/observe"
)

// What is spoken is told by what is said: mail on any port is mail, and what only looks like it is not.
func TestLookalikes(t *testing.T) {
	for _, tt := range []struct {
		what           string
		port           uint16
		server, client string // what each says first
		asks           bool   // the client speaks first
		want           string // "" for none
	}{
		{"SMTP", 12025, "220 mail.example.org ready\r\n", "EHLO ana\r\n", false, "smtp"},
		{"SMTP with ESMTP in its greeting", 10025, "220 mail.example.org ESMTP\r\n", "", false, "smtp"},
		{"LMTP", 24, "220 mail.example.org LMTP\r\n", "LHLO a\r\n", false, "smtp"},
		{"SMTP that greets in lines", 4025, "220-mail.example.org\r\n220 no spam\r\n", "HELO a\r\n", false, "smtp"},
		{"POP3", 8110, "+OK ready\r\n", "USER bob\r\n", false, "pop3"},
		{"IMAP", 1430, "* OK hello\r\n", "1 LOGIN a b\r\n", false, "imap"},
		{"IMAP with an odd tag", 1430, "* OK hello\r\n", ". CAPABILITY\r\n", false, "imap"},
		{"FTP", 2121, "220 files.example.org ready\r\n", "USER bob\r\n", false, ""},
		{"FTP that is asked for help", 2121, "220 files.example.org FTP server\r\n", "HELP\r\n", false, ""},
		{"NNTP", 119, "200 news.example.org ready\r\n", "MODE READER\r\n", false, ""},
		{"DICT", 2628, "220 dict.example.org dictd <auth.mime>\r\n", "SHOW DB\r\n", false, ""},
		{"Redis", 6379, "+OK\r\n", "*2\r\n$4\r\nAUTH\r\n$6\r\nsecret\r\n", true, ""},
		{"Redis, typed", 6379, "+PONG\r\n", "PING\r\n", true, ""},
		{"IRC", 6667, ":irc.example.org 001 bob :Welcome\r\n", "NICK bob\r\n", true, ""},
		{"SIP", 5060, "SIP/2.0 200 OK\r\n", "REGISTER sip:example.org SIP/2.0\r\n", true, ""},
		{"MPD", 6600, "OK MPD 0.23\r\n", "status\r\n", false, ""},
		{"ManageSieve", 4190, "\"IMPLEMENTATION\" \"x\"\r\nOK\r\n", "LOGOUT\r\n", false, ""},
		{"SSH", 22, "SSH-2.0-OpenSSH\r\n", "SSH-2.0-PuTTY\r\n", false, ""},
	} {
		var o overture
		say := func(from layers.Side, s string) {
			if s != "" {
				o.keep(observe.Delivery{From: from, Bytes: []byte(s)})
			}
		}
		if tt.asks {
			say(layers.Client, tt.client)
		}
		say(layers.Server, tt.server)
		if !tt.asks {
			say(layers.Client, tt.client)
		}
		c := &conversation{overture: &o, hint: protocolAt(tt.port), begun: true}
		p, _ := c.recognise()
		got := ""
		if p != nil && p.mail {
			got = p.name
		}
		if got != tt.want {
			t.Errorf("%s on port %d is taken for %q, want %q", tt.what, tt.port, got, tt.want)
		}
	}
}
