package imap

import (
	"strconv"
	"strings"
	"time"

	"mailwire/layers/application/message"
)

// An Encoder writes commands and responses: the mirror of [Decoder], a method per element of the grammar, each of
// which returns the encoder so that a rule is one chain.
type Encoder struct {
	b      []byte
	client bool  // literals announce themselves and wait
	plus   int   // how long a literal may be that does not wait, {n+} (RFC 7888); all wait that are longer
	utf8   bool  // names of mailboxes are written in UTF-8
	waits  []int // positions at which a client waits for "+"
}

// NewEncoder returns an encoder of responses, in which literals follow their marker at once.
func NewEncoder() *Encoder { return &Encoder{} }

// newCommandEncoder returns an encoder of a client's command, in which literals of up to plus bytes do not wait.
func newCommandEncoder(plus int) *Encoder { return &Encoder{client: true, plus: plus} }

// Bytes is what has been written.
func (e *Encoder) Bytes() []byte { return e.b }

// Atom writes s as it is: it must be an atom.
func (e *Encoder) Atom(s string) *Encoder { e.b = append(e.b, s...); return e }

// SP writes a space.
func (e *Encoder) SP() *Encoder { e.b = append(e.b, ' '); return e }

// Special writes the byte c.
func (e *Encoder) Special(c byte) *Encoder { e.b = append(e.b, c); return e }

// CRLF ends a command or response.
func (e *Encoder) CRLF() *Encoder { e.b = append(e.b, "\r\n"...); return e }

// Number writes n.
func (e *Encoder) Number(n int64) *Encoder { e.b = strconv.AppendInt(e.b, n, 10); return e }

// Nil writes NIL.
func (e *Encoder) Nil() *Encoder { return e.Atom("NIL") }

// quotedMax is how long a string may be that is written in quotes; longer ones are literals.
const quotedMax = 1024

// String writes s in quotes, or as a literal where quotes can't hold it: 8-bit bytes and line ends (RFC 3501 §4.3).
func (e *Encoder) String(s string) *Encoder {
	if len(s) > quotedMax {
		return e.Literal([]byte(s))
	}
	for i := range len(s) {
		if s[i] == '\r' || s[i] == '\n' || s[i] == 0 || s[i] >= 0x80 {
			return e.Literal([]byte(s))
		}
	}
	e.b = append(e.b, '"')
	for i := range len(s) {
		if s[i] == '"' || s[i] == '\\' {
			e.b = append(e.b, '\\')
		}
		e.b = append(e.b, s[i])
	}
	e.b = append(e.b, '"')
	return e
}

// Literal writes b as a literal.
func (e *Encoder) Literal(b []byte) *Encoder {
	e.b = append(e.b, '{')
	e.b = strconv.AppendInt(e.b, int64(len(b)), 10)
	waits := e.client && len(b) > e.plus
	if e.client && !waits {
		e.b = append(e.b, '+')
	}
	e.b = append(e.b, "}\r\n"...)
	if waits {
		e.waits = append(e.waits, len(e.b))
	}
	e.b = append(e.b, b...)
	return e
}

// Astring writes s without quotes where it can.
func (e *Encoder) Astring(s string) *Encoder {
	if s == "" || strings.EqualFold(s, "NIL") {
		return e.String(s)
	}
	for i := range len(s) {
		if !astringChar(s[i]) {
			return e.String(s)
		}
	}
	return e.Atom(s)
}

// Nstring writes a string or NIL.
func (e *Encoder) Nstring(s message.Optional) *Encoder {
	if !s.Present {
		return e.Nil()
	}
	return e.String(s.Value)
}

// Mailbox writes the name of a mailbox: in modified UTF-7, or as it is where both sides speak UTF-8 (RFC 9051 §5.1).
func (e *Encoder) Mailbox(name string) *Encoder {
	if e.utf8 {
		return e.utf8String(name)
	}
	return e.Astring(EncodeUTF7(name))
}

// ListMailbox writes a pattern of LIST; it is quoted, so that % and * need no care.
func (e *Encoder) ListMailbox(pattern string) *Encoder {
	if e.utf8 {
		return e.utf8Quoted(pattern)
	}
	return e.String(EncodeUTF7(pattern))
}

// utf8String writes a text as an atom where it can, else in quotes.
func (e *Encoder) utf8String(s string) *Encoder {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return e.utf8Quoted(s)
		}
	}
	return e.Astring(s)
}

// utf8Quoted writes a text in quotes, in which letters beyond ASCII stand as they are (RFC 9051 §9 quoted).
func (e *Encoder) utf8Quoted(s string) *Encoder {
	for i := range len(s) {
		if s[i] < ' ' || s[i] == 0x7f {
			return e.Literal([]byte(s))
		}
	}
	e.b = append(e.b, '"')
	e.b = append(e.b, strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s)...)
	return e.Special('"')
}

// Flags writes flags in parentheses.
func (e *Encoder) Flags(flags []string) *Encoder {
	return e.list(len(flags), func(i int) { e.Atom(flags[i]) })
}

// list writes n items in parentheses.
func (e *Encoder) list(n int, item func(i int)) *Encoder {
	e.Special('(')
	for i := range n {
		if i > 0 {
			e.SP()
		}
		item(i)
	}
	return e.Special(')')
}

// DateTime writes t in the form of INTERNALDATE.
func (e *Encoder) DateTime(t time.Time) *Encoder {
	e.b = append(t.AppendFormat(append(e.b, '"'), dateTimeLayout), '"')
	return e
}
