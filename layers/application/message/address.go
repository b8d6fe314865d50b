package message

import "strings"

// A GroupMark says what an entry of an address list does with groups (RFC 5322 §3.4: "Friends: a@b, c@d;").
type GroupMark uint8

// The kinds of entries.
const (
	NoGroup    GroupMark = iota // an address
	GroupStart                  // a group begins; its name is Mailbox
	GroupEnd                    // the group ends
)

// An Address is an entry of an address list, in the four pieces that IMAP tells (RFC 9051 §7.5.2).
type Address struct {
	Name    string // display name, without quotes, encoded words not decoded
	Route   string // obsolete source route ("@a,@b"), called adl by IMAP
	Mailbox string // local part, without quotes; of GroupStart the group's name
	Host    string // domain or [literal]; "" when the address had none
	Group   GroupMark
}

// String is mailbox@host alone, the local part quoted where it must be.
func (a Address) String() string {
	if a.Host == "" {
		return quoteLocal(a.Mailbox)
	}
	return quoteLocal(a.Mailbox) + "@" + a.Host
}

// Display is the name that people see: the display name decoded, or the address without one.
func (a Address) Display() string {
	if a.Name == "" {
		return a.String()
	}
	return DecodeWords(a.Name)
}

// addressesMax bounds how many entries of a list are read.
const addressesMax = 10000

// ParseAddresses reads an address list (RFC 5322 §3.4 and, obsolete, §4.4), unfolded. Groups yield an entry before
// and one behind their members. What cannot be read as an address is passed over.
func ParseAddresses(s string) []Address {
	l := lexer{s: s}
	var list []Address
	inGroup, parted := false, true // parted: from the entry before
	for l.peek() != 0 && len(list) < addressesMax {
		switch {
		case l.accept(','):
			parted = true
			continue
		case l.accept(';'):
			parted = true
			if inGroup {
				list = append(list, Address{Group: GroupEnd})
			}
			inGroup = false
			continue
		}
		before := l.pos
		a, group := l.address()
		switch {
		case group && !inGroup:
			list, inGroup = append(list, Address{Mailbox: a.Mailbox, Group: GroupStart}), true
		case !parted && (a.Mailbox == "" || a.Host == ""): // rubbish behind an address
		case a.Mailbox != "" || a.Host != "" || a.Name != "":
			list = append(list, a)
		}
		parted = group
		if l.pos == before {
			l.pos++ // a character that fits nowhere
		}
	}
	if inGroup {
		list = append(list, Address{Group: GroupEnd})
	}
	return list
}

// address reads one mailbox, or the name of a group with its colon.
func (l *lexer) address() (a Address, group bool) {
	l.comment = ""
	phrase, local := l.words()
	switch l.peek() {
	case '<':
		l.pos++
		a = l.angleAddress()
		a.Name = phrase
		return a, false
	case ':':
		l.pos++
		return Address{Mailbox: phrase}, true
	case '@':
		l.pos++
		a = Address{Mailbox: local, Host: l.domain()}
	default:
		a = Address{Mailbox: phrase}
	}
	l.space()
	// Once the name stood in a comment: jdoe@example.org (John Doe), RFC 822.
	a.Name = l.comment
	return a, false
}

// angleAddress reads what stands between < and >.
func (l *lexer) angleAddress() (a Address) {
	if l.peek() == '@' { // RFC 5322 §4.4: an obsolete route
		a.Route = strings.TrimSpace(l.until(":>"))
		if !l.accept(':') {
			a.Route = ""
		}
	}
	_, a.Mailbox = l.words()
	if l.accept('@') {
		a.Host = l.domain()
	}
	l.until(">,")
	l.accept('>')
	return a
}

// words reads atoms, dots and quoted strings. As a phrase they are joined by one blank where there were blanks, as a
// local part they are not.
func (l *lexer) words() (phrase, local string) {
	var p, q strings.Builder
	for {
		before := l.pos
		c := l.peek()
		blank := l.pos > before && p.Len() > 0
		var word string
		switch {
		case c == '"':
			word = l.quoted()
		case c == '.':
			word = "."
			l.pos++
		case c != 0 && (isAtomChar(c) || c == '\\' || c == ']'):
			start := l.pos
			for l.pos < len(l.s) && (isAtomChar(l.s[l.pos]) || l.s[l.pos] == '\\' || l.s[l.pos] == ']') {
				l.pos++
			}
			word = l.s[start:l.pos]
		case c == '[' && p.Len() > 0: // a phrase such as: Ana [work] <a@example.org>
			word = "["
			l.pos++
		default:
			return p.String(), q.String()
		}
		if blank {
			p.WriteByte(' ')
		}
		p.WriteString(word)
		q.WriteString(word)
	}
}

// domain reads a domain or a literal, its blanks and comments taken out.
func (l *lexer) domain() string {
	if l.peek() == '[' {
		literal := l.until("]")
		if l.accept(']') {
			literal += "]"
		}
		return literal
	}
	var d strings.Builder
	for c := l.peek(); c != 0 && (isAtomChar(c) || c == '.'); c = l.peek() {
		if c == '.' {
			l.pos++
			d.WriteByte('.')
			continue
		}
		if d.Len() > 0 && !strings.HasSuffix(d.String(), ".") {
			break // two words: the second is not of the domain
		}
		d.WriteString(l.run(isAtomChar))
	}
	return d.String()
}

// quoteLocal puts a local part in quotes where RFC 5322 §3.4.1 asks for them.
func quoteLocal(s string) string {
	if isDotAtom(s) {
		return s
	}
	return quote(s)
}

// isDotAtom obeys RFC 5322 §3.2.3.
func isDotAtom(s string) bool {
	dot := true
	for i := range len(s) {
		switch {
		case s[i] == '.' && dot, s[i] != '.' && !isAtomChar(s[i]):
			return false
		}
		dot = s[i] == '.'
	}
	return !dot
}

func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(s) {
		if s[i] == '"' || s[i] == '\\' {
			b.WriteByte('\\')
		}
		b.WriteByte(s[i])
	}
	b.WriteByte('"')
	return b.String()
}
