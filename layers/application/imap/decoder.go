package imap

import (
	"fmt"
	"strconv"
	"strings"

	"mailwire/layers/application"
	"mailwire/layers/application/message"
)

// A Decoder reads one command or response, with its literals in place and without the line end that closes it. Its
// methods are named after the elements of the grammar (RFC 3501 §9). Each answers whether the element stood there; if
// not, it reads nothing, so a grammar rule is one chain of && and ||:
//
//	ok := d.SP() && d.Mailbox(&name) && (d.End() || d.SP() && d.FlagList(&flags) && d.End())
//
// Of all that failed to match, Err tells what got furthest.
type Decoder struct {
	b     []byte
	at    int
	depth int
	fault SyntaxError

	utf8    bool // names of mailboxes are in UTF-8: "&" is a letter like any other (RFC 9051 §5.1)
	badName bool // the name of a mailbox is not in modified UTF-7; it has been kept as it was written
}

// depthMax bounds nested parentheses: of search keys, and of parts within parts.
const depthMax = 64

// A SyntaxError says where bytes leave the grammar.
type SyntaxError struct {
	At   int    // byte of the command or response, from 0
	Want string // the element that should stand there
	Ref  string
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("imap: byte %d: want %s (%s)", e.At, e.Want, e.Ref)
}

// NewDecoder returns a decoder of b, which must not change meanwhile.
func NewDecoder(b []byte) *Decoder { return &Decoder{b: b} }

// Err is the fault of the alternative that got furthest; ask only after a rule has failed.
func (d *Decoder) Err() *SyntaxError {
	e := d.fault
	if e.Want == "" {
		e = SyntaxError{At: d.at, Want: "something else", Ref: "RFC 3501 §9"}
	}
	return &e
}

// At is the position of the next byte.
func (d *Decoder) At() int { return d.at }

// Rest is what has not been read.
func (d *Decoder) Rest() []byte { return d.b[d.at:] }

// want notes that an element does not stand here.
func (d *Decoder) want(element string) bool { return d.wantRef(element, "RFC 3501 §9") }

func (d *Decoder) wantRef(element, ref string) bool {
	if d.fault.Want == "" || d.at > d.fault.At {
		d.fault = SyntaxError{At: d.at, Want: element, Ref: ref}
	}
	return false
}

// back returns to a position, for a rule of which a part has been read. It is false.
func (d *Decoder) back(at int) bool { d.at = at; return false }

func (d *Decoder) enter() bool {
	if d.depth >= depthMax {
		return d.want("less nesting")
	}
	d.depth++
	return true
}

func (d *Decoder) leave() { d.depth-- }

// End stands behind the last byte.
func (d *Decoder) End() bool { return d.at == len(d.b) || d.want("end of line") }

// Special is the one byte c.
func (d *Decoder) Special(c byte) bool {
	if d.at < len(d.b) && d.b[d.at] == c {
		d.at++
		return true
	}
	return d.want(specials[c])
}

// specials are the single bytes of the grammar as an error names them.
var specials = func() (names [256]string) {
	for c := range names {
		names[c] = strconv.QuoteRune(rune(c))
	}
	return names
}()

// is says whether the next byte is c, without calling for it.
func (d *Decoder) is(c byte) bool { return d.at < len(d.b) && d.b[d.at] == c }

// SP is one space.
func (d *Decoder) SP() bool {
	if d.at < len(d.b) && d.b[d.at] == ' ' {
		d.at++
		return true
	}
	return d.want("SP")
}

// atomChar is ATOM-CHAR: no CTL, SP, 8-bit byte or one of ( ) { % * " \ ].
func atomChar(c byte) bool {
	return c > ' ' && c < 0x7f && strings.IndexByte("(){%*\"\\]", c) < 0
}

func astringChar(c byte) bool { return atomChar(c) || c == ']' }

func tagChar(c byte) bool { return astringChar(c) && c != '+' }

func listChar(c byte) bool { return astringChar(c) || c == '%' || c == '*' }

// run reads one or more bytes that are in class.
func (d *Decoder) run(class func(byte) bool, element string, to *string) bool {
	end := d.at
	for end < len(d.b) && class(d.b[end]) {
		end++
	}
	if end == d.at {
		return d.want(element)
	}
	*to, d.at = string(d.b[d.at:end]), end
	return true
}

// Atom is an atom.
func (d *Decoder) Atom(to *string) bool { return d.run(atomChar, "atom", to) }

// Tag is what pairs a command with its completion.
func (d *Decoder) Tag(to *string) bool { return d.run(tagChar, "tag", to) }

// Keyword is an atom in upper case: the name of a command, an item, a code.
func (d *Decoder) Keyword(to *string) bool {
	if !d.Atom(to) {
		return false
	}
	*to = application.Upper(*to)
	return true
}

// Word is the given atom, or part of one, in any case.
func (d *Decoder) Word(word string) bool { return d.maybe(word) || d.want(word) }

// maybe is a word for which there are alternatives: that it does not stand here is no fault yet.
func (d *Decoder) maybe(word string) bool {
	if len(d.b)-d.at >= len(word) && strings.EqualFold(string(d.b[d.at:d.at+len(word)]), word) {
		d.at += len(word)
		return true
	}
	return false
}

// Number is an unsigned 32-bit number.
func (d *Decoder) Number(to *uint32) bool {
	var n int64
	at := d.at
	if !d.Number64(&n) {
		return false
	}
	if n > 1<<32-1 {
		d.at = at
		return d.want("number below 4294967296")
	}
	*to = uint32(n)
	return true
}

// NzNumber is a number that is not zero.
func (d *Decoder) NzNumber(to *uint32) bool {
	at := d.at
	if !d.Number(to) {
		return false
	}
	if *to == 0 {
		d.at = at
		return d.want("nz-number")
	}
	return true
}

// Number64 is a number below 2^63 (RFC 9051 §9 number64).
func (d *Decoder) Number64(to *int64) bool {
	end := d.at
	for end < len(d.b) && d.b[end] >= '0' && d.b[end] <= '9' {
		end++
	}
	if end == d.at {
		return d.want("number")
	}
	n, err := strconv.ParseInt(string(d.b[d.at:end]), 10, 64)
	if err != nil {
		return d.want("number")
	}
	*to, d.at = n, end
	return true
}

// Quoted is a quoted string. 8-bit bytes are let through as they are: many programs send them.
func (d *Decoder) Quoted(to *string) bool {
	if d.at >= len(d.b) || d.b[d.at] != '"' {
		return d.want("quoted")
	}
	var text []byte
	for i := d.at + 1; i < len(d.b); i++ {
		switch c := d.b[i]; c {
		case '"':
			*to, d.at = string(text), i+1
			return true
		case '\\':
			i++
			if i == len(d.b) || d.b[i] != '"' && d.b[i] != '\\' {
				return d.back(d.at) || d.wantRef(`a quoted string where only \ and " follow a \`, "RFC 3501 §9 quoted")
			}
			text = append(text, d.b[i])
		case '\r', '\n', 0:
			return d.wantRef("a quoted string on one line", "RFC 3501 §4.3")
		default:
			text = append(text, c)
		}
	}
	return d.wantRef("the quoted string's end", "RFC 3501 §4.3")
}

// Literal is {n} or {n+} or ~{n}, a line end, and n bytes. The bytes are not copied.
func (d *Decoder) Literal(to *[]byte) bool {
	rest := d.b[d.at:]
	end := strings.IndexByte(string(rest[:min(len(rest), 32)]), '\n')
	if len(rest) == 0 || rest[0] != '{' && rest[0] != '~' || end < 0 {
		return d.want("literal")
	}
	marker, ok := literalAtEnd(trimLineEnd(rest[:end+1]))
	if !ok || marker.start != 0 || int64(len(rest)-end-1) < marker.Length {
		return d.want("literal")
	}
	start := end + 1
	*to = rest[start : start+int(marker.Length) : start+int(marker.Length)]
	d.at += start + int(marker.Length)
	return true
}

// String is a quoted string or a literal.
func (d *Decoder) String(to *string) bool {
	var b []byte
	if d.Quoted(to) {
		return true
	}
	if d.Literal(&b) {
		*to = string(b)
		return true
	}
	return d.want("string")
}

// Astring is an atom-like word or a string.
func (d *Decoder) Astring(to *string) bool {
	return d.run(astringChar, "astring", to) || d.String(to)
}

// Nil is the atom NIL.
func (d *Decoder) Nil() bool {
	at := d.at
	if d.Word("NIL") && (d.at == len(d.b) || !atomChar(d.b[d.at])) {
		return true
	}
	return d.back(at)
}

// Nstring is a string or NIL.
func (d *Decoder) Nstring(to *message.Optional) bool {
	if d.Nil() {
		*to = message.Optional{}
		return true
	}
	to.Present = d.String(&to.Value)
	return to.Present
}

// List is parentheses around items, which are separated by single spaces. Without items it is "()".
func (d *Decoder) List(item func() bool) bool {
	at := d.at
	if !d.Special('(') || !d.enter() {
		return d.back(at)
	}
	defer d.leave()
	if d.is(')') {
		d.at++
		return true
	}
	for item() {
		if d.Special(')') {
			return true
		}
		if !d.SP() {
			break
		}
	}
	return d.back(at)
}

// Flag is a system flag, or a keyword; canonical.
func (d *Decoder) Flag(to *string) bool {
	at := d.at
	if d.Atom(to) {
		return true
	}
	var name string
	if d.Special('\\') && (d.Atom(&name) || d.Special('*')) {
		*to = CanonicalFlag(string(d.b[at:d.at]))
		return true
	}
	return d.back(at) || d.want("flag")
}

// FlagList is flags in parentheses. A flag named twice is listed once.
func (d *Decoder) FlagList(to *[]string) bool {
	return d.List(func() bool { return d.addFlag(to) })
}

func (d *Decoder) addFlag(to *[]string) bool {
	var flag string
	if !d.Flag(&flag) {
		return false
	}
	if !HasFlag(*to, flag) {
		*to = append(*to, flag)
	}
	return true
}

// Mailbox is the name of a mailbox, as UTF-8; INBOX in any case is "INBOX" (RFC 3501 §5.1). A name that is not valid
// modified UTF-7 is kept as it was written.
func (d *Decoder) Mailbox(to *string) bool {
	if !d.Astring(to) {
		return false
	}
	*to = d.mailboxName(*to)
	return true
}

// ListMailbox is the name of a mailbox in which % and * may stand unquoted.
func (d *Decoder) ListMailbox(to *string) bool {
	if !d.run(listChar, "list-mailbox", to) && !d.String(to) {
		return false
	}
	*to = d.mailboxName(*to)
	return true
}

func (d *Decoder) mailboxName(wire string) string {
	name, err := wire, error(nil)
	if !d.utf8 {
		name, err = DecodeUTF7(wire)
	}
	if err != nil {
		name, d.badName = wire, true
	}
	level, below, deeper := strings.Cut(name, string(Delimiter))
	switch {
	case !strings.EqualFold(level, Inbox):
		return name
	case deeper:
		return Inbox + string(Delimiter) + below
	}
	return Inbox
}

// Inbox is the mailbox that every account has (RFC 3501 §5.1).
const Inbox = "INBOX"
