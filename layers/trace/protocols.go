package trace

import (
	"bytes"
	"slices"

	"mailwire/layers"
	"mailwire/layers/application"
	"mailwire/layers/application/dns"
	"mailwire/layers/application/http"
	"mailwire/layers/application/imap"
	"mailwire/layers/application/pop3"
	"mailwire/layers/application/smtp"
	"mailwire/layers/application/socks"
	"mailwire/layers/application/tls"
)

// A protocol is one row of the table of what can be followed above TCP.
type protocol struct {
	name     string
	mail     bool     // its bytes count as mail in the summary
	ports    []uint16 // where its servers wait: a hint
	secure   []uint16 // likewise, inside TLS
	dialogue func(setting) application.Dialogue
	inside   func(greets bool) application.Dialogue // inside TLS, when it can be read; greets: TLS came first (RFC 8314 §3)
	says     func(start opening) likeness           // how the first bytes of a side look
}

// An opening is the first bytes of a side.
type opening struct {
	side  layers.Side
	first bool // the other side has said nothing before
	bytes []byte
}

// A likeness is how much some bytes look like a protocol.
type likeness uint8

const (
	unlike   likeness = iota // cannot be it
	possible                 // may be it, if something else speaks for it: the port, or what the other side says
	certain                  // is it
)

// protocols are asked in this order. A port alone never decides.
var protocols = []*protocol{
	{name: "tls", ports: []uint16{443, 465, 993, 995, 2465, 2993, 2995}, says: saysTLS,
		dialogue: func(s setting) application.Dialogue { return newTLS(s) }},
	{name: "smtp", mail: true, ports: []uint16{25, 587, 2525, 2587}, secure: []uint16{465, 2465}, says: saysSMTP,
		dialogue: newSMTP,
		inside:   func(bool) application.Dialogue { return smtp.NewDialogue().UnderTLS() }},
	{name: "pop3", mail: true, ports: []uint16{110, 1110, 2110}, secure: []uint16{995, 2995}, says: saysPOP3,
		dialogue: func(s setting) application.Dialogue { return pop3.NewDialogue(!s.midStream) },
		inside:   func(greets bool) application.Dialogue { return pop3.NewSecureDialogue(greets) }},
	{name: "imap", mail: true, ports: []uint16{143, 1143, 2143}, secure: []uint16{993, 2993}, says: saysIMAP,
		dialogue: func(setting) application.Dialogue { return imap.NewDialogue() },
		inside:   func(bool) application.Dialogue { return imap.NewDialogue().UnderTLS() }},
	{name: "socks", ports: []uint16{socks.Port}, says: saysSOCKS,
		dialogue: func(setting) application.Dialogue { return socks.NewDialogue() }},
	{name: "http", ports: []uint16{80, 3128, 8080}, says: saysHTTP,
		dialogue: func(setting) application.Dialogue { return http.NewDialogue() }},
	{name: "dns", ports: []uint16{dns.Port}, says: saysDNS,
		dialogue: func(setting) application.Dialogue { return dns.NewStream() }},
}

// A setting is what a dialogue begins with.
type setting struct {
	midStream bool
	keys      *tls.Keys
}

// newSMTP is a dialogue that in the midst of a stream waits for a command to begin.
func newSMTP(s setting) application.Dialogue {
	if s.midStream {
		return smtp.NewDialogue().InTheMidst()
	}
	return smtp.NewDialogue().FromTheStart()
}

// newTLS is a dialogue that in the midst of a stream waits for a record to begin.
func newTLS(s setting) *tls.Dialogue {
	d := tls.NewDialogue(s.keys)
	if s.midStream {
		d.Gap(layers.Client, 0)
		d.Gap(layers.Server, 0)
	}
	return d
}

// protocolNamed finds a row; nil when there is none.
func protocolNamed(name string) *protocol {
	for _, p := range protocols {
		if p.name == name {
			return p
		}
	}
	return nil
}

// protocolAt finds the row of a server's port; nil when there is none.
func protocolAt(port uint16) *protocol {
	for _, p := range protocols {
		if slices.Contains(p.ports, port) {
			return p
		}
	}
	return nil
}

// protocolInside finds the row of a server's port where TLS comes first; nil when there is none.
func protocolInside(port uint16) *protocol {
	for _, p := range protocols {
		if slices.Contains(p.secure, port) {
			return p
		}
	}
	return nil
}

// isService tells whether servers wait at the port.
func isService(port uint16) bool {
	return protocolAt(port) != nil || port == 21 || port == 22 || port == 23
}

// RFC 5321 §4.2: a reply begins with three digits and a space or a hyphen. FTP's replies do too, so a greeting alone
// is certain only when it names the protocol (RFC 5321 §4.2: "220 <domain> ESMTP …" is customary).
func saysSMTP(o opening) likeness {
	b := o.bytes
	if o.side == layers.Server {
		if len(b) < 4 || b[0] < '2' || b[0] > '5' || !digit(b[1]) || !digit(b[2]) || b[3] != ' ' && b[3] != '-' && b[3] != '\r' {
			return unlike
		}
		if line, _, _ := bytes.Cut(b, []byte("\n")); bytes.Contains(bytes.ToUpper(line), []byte("SMTP")) {
			return certain
		}
		return possible
	}
	if startsWithWord(b, "EHLO", "HELO", "LHLO", "MAIL FROM:", "RCPT TO:") {
		return certain
	}
	return text(b)
}

// RFC 1939 §3: a reply begins with "+OK" or "-ERR".
func saysPOP3(o opening) likeness {
	b := o.bytes
	if o.side == layers.Server {
		switch {
		case !bytes.HasPrefix(b, []byte("+OK")) && !bytes.HasPrefix(b, []byte("-ERR")):
			return unlike
		case o.first:
			return certain // others that say +OK (Redis) wait for a command
		}
		return possible
	}
	if startsWithWord(b, "CAPA", "APOP", "STLS", "UIDL", "RETR", "STAT", "DELE", "TOP") {
		return certain
	}
	return text(b)
}

// RFC 9051 §7: a server's greeting is an untagged OK, PREAUTH or BYE; §2.2.1: a command begins with a tag.
func saysIMAP(o opening) likeness {
	b := o.bytes
	if o.side == layers.Server {
		if startsWithWord(b, "* OK", "* PREAUTH", "* BYE") {
			return certain
		}
		if startsWithWord(b, "* ", "+ ") {
			return possible
		}
		if _, rest, found := bytes.Cut(b[:min(len(b), 40)], []byte(" ")); found && startsWithWord(rest, "OK", "NO", "BAD") {
			return possible
		}
		return unlike
	}
	if tag, rest, found := bytes.Cut(b[:min(len(b), 40)], []byte(" ")); found && len(tag) > 0 &&
		startsWithWord(rest, "LOGIN", "CAPABILITY", "AUTHENTICATE", "STARTTLS", "SELECT", "EXAMINE", "UID ", "ID ", "LOGOUT", "NOOP", "LIST ", "FETCH ") {
		return certain
	}
	return text(b)
}

// RFC 8446 §5.1 and RFC 5246 §6.2.1: a record begins with its type, the version 3.x, and its length.
func saysTLS(o opening) likeness {
	b := o.bytes
	switch {
	case len(b) < 3 || b[0] < 20 || b[0] > 24 || b[1] != 3 || b[2] > 4:
		return unlike
	case len(b) >= 6 && b[0] == 22 && b[3] < 0x48:
		return certain
	}
	return possible
}

// RFC 1928 §3: the client names its methods, each by a byte, behind their number. Version 4 has a command, a port, an address, and
// text up to a zero.
func saysSOCKS(o opening) likeness {
	b := o.bytes
	if o.side == layers.Server {
		if len(b) >= 2 && (b[0] == 5 && (b[1] <= 2 || b[1] == 0xff) || b[0] == 0 && b[1] >= 90 && b[1] <= 93) {
			return possible
		}
		return unlike
	}
	switch {
	case len(b) >= 3 && b[0] == 5 && b[1] > 0 && b[1] < 16 && len(b) >= 2+int(b[1]):
		if rest := b[2+int(b[1]):]; len(rest) == 0 || rest[0] == 5 || rest[0] == 1 {
			return certain
		}
	case len(b) >= 9 && b[0] == 4 && (b[1] == 1 || b[1] == 2) && b[len(b)-1] == 0:
		return certain
	}
	return unlike
}

// RFC 9112 §3, §4: a request line ends with the version, a status line begins with it.
func saysHTTP(o opening) likeness {
	line, _, whole := bytes.Cut(o.bytes[:min(len(o.bytes), 1024)], []byte("\n"))
	if o.side == layers.Server {
		if startsWithWord(line, "HTTP/1.") {
			return certain
		}
		return unlike
	}
	if startsWithWord(line, "CONNECT ", "GET ", "HEAD ", "POST ", "PUT ", "DELETE ", "OPTIONS ", "PATCH ", "PROPFIND ") &&
		(!whole || bytes.Contains(line, []byte(" HTTP/1."))) {
		return certain
	}
	return unlike
}

// What comes to a name server's TCP port is taken for DNS: two octets of length and a header have no look of their own.
func saysDNS(opening) likeness { return possible }

// text tells whether b may be a line of a protocol of lines.
func text(b []byte) likeness {
	for _, c := range b[:min(len(b), 64)] {
		if c < ' ' && c != '\r' && c != '\n' && c != '\t' || c == 0x7f {
			return unlike
		}
	}
	return possible
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

// startsWithWord tells whether b begins with one of the words, in any case.
func startsWithWord(b []byte, words ...string) bool {
	for _, w := range words {
		if len(b) >= len(w) && bytes.EqualFold(b[:len(w)], []byte(w)) {
			return true
		}
	}
	return false
}
