package trace

import (
	"bytes"
	"slices"

	"mailwire/layers"
	"mailwire/layers/application"
	"mailwire/layers/application/dns"
	"mailwire/layers/application/imap"
	"mailwire/layers/application/pop3"
	"mailwire/layers/application/smtp"
	"mailwire/layers/application/tls"
)

// A protocol is one row of the table of what can be followed above TCP.
type protocol struct {
	name     string
	mail     bool     // its bytes count as mail in the summary
	ports    []uint16 // where its servers wait: a hint
	dialogue func(midStream bool) application.Dialogue
	inside   func() application.Dialogue  // inside TLS, when it can be read
	says     func(start opening) likeness // how the first bytes of a side look
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
		dialogue: func(midStream bool) application.Dialogue { return newTLS(midStream) }},
	{name: "smtp", mail: true, ports: []uint16{25, 587, 2525, 2587}, says: saysSMTP,
		dialogue: func(bool) application.Dialogue { return smtp.NewDialogue() },
		inside:   func() application.Dialogue { return smtp.NewDialogue().UnderTLS() }},
	{name: "pop3", mail: true, ports: []uint16{110, 1110, 2110}, says: saysPOP3,
		dialogue: func(midStream bool) application.Dialogue { return pop3.NewDialogue(!midStream) },
		inside:   func() application.Dialogue { return pop3.NewSecureDialogue(false) }},
	{name: "imap", mail: true, ports: []uint16{143, 1143, 2143}, says: saysIMAP,
		dialogue: func(bool) application.Dialogue { return imap.NewDialogue() },
		inside:   func() application.Dialogue { return imap.NewDialogue().UnderTLS() }},
	{name: "dns", ports: []uint16{dns.Port}, says: saysDNS,
		dialogue: func(bool) application.Dialogue { return dns.NewStream() }},
}

// newTLS is a dialogue that in the midst of a stream waits for a record to begin.
func newTLS(midStream bool) *tls.Dialogue {
	d := tls.NewDialogue()
	if midStream {
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

// isService tells whether servers wait at the port.
func isService(port uint16) bool {
	return protocolAt(port) != nil || port == 21 || port == 22 || port == 23 || port == 80 || port == 8080 || port == 1080
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
