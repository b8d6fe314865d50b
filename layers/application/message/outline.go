package message

import (
	"bytes"
	"strconv"
	"strings"
)

// The bounds of an outline.
const (
	outlineMax    = 64       // parts that are listed; more are counted
	outlineHeader = 16 << 10 // bytes of one header that are read
	outlineLine   = 2000     // bytes of a line that may be a delimiter; RFC 5322 §2.1.1 allows 998 and the line end
)

// An Outline reads a mail piece by piece, as it passes, and keeps its plan alone: which parts it has and how long each is.
// It finds the parts that [Parse] finds, without holding the mail. The zero value is ready.
type Outline struct {
	Parts []OutlinePart // in the order of their bytes, a part before what it holds; at most 64
	More  int           // parts beyond these

	place      outlinePlace
	reading    OutlinePart // the part whose header is read
	root       bool        // it is a whole message, not a part that a multipart counts
	leaf       int         // index in Parts of the leaf whose body is read; -1 where none is
	count      int         // all parts so far
	boundaries []string    // of the open multiparts, the innermost last
	levels     []level     // beside boundaries
	header     []byte      // of the part being read: the fields that tell what it is
	told       bool        // the field being read is one of them
	line       []byte      // the line being read, where it is looked at as a whole
	lineEnd    int         // bytes of the line end before this line
	cr         bool        // the byte before was CR
}

// An OutlinePart is one part in an outline.
type OutlinePart struct {
	Path     string // as IMAP numbers it: "1.2"; "" for a mail that is a multipart (RFC 9051 §6.4.5.1)
	Depth    int    // how many parts are around it
	Type     string // "image/png"
	Encoding Encoding
	Name     string // the file name that the sender gave it, decoded; untrusted
	Leaf     bool   // it holds no other parts
	Length   int64  // of a leaf: bytes of its body, as they were sent
}

// An outlinePlace is where the next byte belongs.
type outlinePlace uint8

const (
	beforeMail outlinePlace = iota
	inHeader
	atBodyLine // at the start of a line of a body
	withinBodyLine
	inDelimiter // in a line of a body that begins with a hyphen
)

// A level is a multipart that is open.
type level struct {
	prefix string // of its parts' numbers
	parts  int
	depth  int // of its parts
	digest bool
}

// Write takes the next bytes of the mail. It keeps nothing of b.
func (o *Outline) Write(b []byte) {
	if o.place == beforeMail && len(b) > 0 {
		o.begin(OutlinePart{}, true)
	}
	for len(b) > 0 {
		n := lineLength(b)
		switch {
		case o.place == inHeader:
			o.headerLine(b[:n])
		case len(o.boundaries) == 0:
			n = len(b)
			o.body(b)
		case o.place == inDelimiter || o.place == atBodyLine && b[0] == '-':
			o.delimiterLine(b[:n])
		default:
			if n = bytes.Index(b, []byte("\n-")) + 1; n == 0 {
				n = len(b)
			}
			o.body(b[:n])
		}
		b = b[n:]
	}
}

// Gap says that n bytes are missing here. The part in progress counts them; a header or delimiter that lies in them is
// not found.
func (o *Outline) Gap(n int64) {
	o.settle()
	o.place, o.cr = withinBodyLine, false
	o.add(n)
}

// End says that the mail is over.
func (o *Outline) End() {
	o.settle()
	o.leaf = -1
}

// settle takes what there is of a header or of a delimiter for the whole of it.
func (o *Outline) settle() {
	switch o.place {
	case beforeMail:
		o.leaf = -1
	case inHeader:
		o.endHeaderLine()
	case inDelimiter:
		o.endDelimiterLine()
	}
	for o.place == inHeader {
		o.endHeader(false)
	}
}

// begin reads a part's header next.
func (o *Outline) begin(p OutlinePart, root bool) {
	o.count++
	o.reading, o.root, o.leaf = p, root, -1
	o.place, o.header, o.line, o.told = inHeader, o.header[:0], o.line[:0], false
}

// headerLine takes the next piece of a header's line.
func (o *Outline) headerLine(b []byte) {
	o.line = append(o.line, b[:min(len(b), outlineHeader-len(o.line))]...)
	if b[len(b)-1] == '\n' {
		o.endHeaderLine()
	}
}

func (o *Outline) endHeaderLine() {
	line := o.line
	at, closing, found := delimiterIn(line, o.boundaries)
	switch {
	case found:
		o.endHeader(true)
		o.turn(at, closing)
	case len(trimLineEnd(line)) == 0 && len(line) > 0:
		o.endHeader(false)
	case o.tells(line) && len(o.header)+len(line) <= outlineHeader:
		o.header = append(o.header, line...)
	}
	o.line = o.line[:0]
}

// tells says whether a line belongs to a field that tells what a part is: all their names begin with "Content-".
func (o *Outline) tells(line []byte) bool {
	const prefix = "content-"
	if len(line) > 0 && line[0] != ' ' && line[0] != '\t' { // RFC 5322 §2.2.3: a line with a blank goes on with the field above
		o.told = len(line) > len(prefix) && strings.EqualFold(string(line[:len(prefix)]), prefix)
	}
	return o.told
}

// endHeader lists the part whose header has been read, and goes on with what the part holds. cut says that a delimiter
// stands in the midst of the header, so that the part holds nothing.
func (o *Outline) endHeader(cut bool) {
	p, root := o.reading, o.root
	def := ContentType{Type: "text", Subtype: "plain"}
	if !root && o.levels[len(o.levels)-1].digest {
		def = ContentType{Type: "message", Subtype: "rfc822"} // RFC 2046 §5.1.5
	}
	parser := parser{b: o.header}
	parsed := parser.part(def, 0)
	kind := parsed.Type
	p.Type, p.Encoding, p.Name = kind.String(), parsed.Encoding, parsed.FileName()
	o.place, o.lineEnd, o.cr = atBodyLine, 0, false
	boundary := kind.boundary()
	closed := cut || p.Depth >= MaxDepth || o.count >= MaxParts
	switch {
	case kind.Is("multipart") && boundary != "" && !closed:
		o.list(p)
		o.boundaries = append(o.boundaries, boundary)
		o.levels = append(o.levels, level{prefix: p.Path, depth: p.Depth + 1, digest: kind.Is("multipart/digest")})
	case kind.IsMessage() && !closed:
		o.list(p)
		o.begin(OutlinePart{Path: p.Path, Depth: p.Depth + 1}, true)
	default:
		if root {
			p.Path = numbered(p.Path, 1)
		}
		p.Leaf = true
		o.leaf = o.list(p)
	}
}

// list returns the part's index in Parts; -1 when there is no room for it.
func (o *Outline) list(p OutlinePart) int {
	if len(o.Parts) == outlineMax {
		o.More++
		return -1
	}
	o.Parts = append(o.Parts, p)
	return len(o.Parts) - 1
}

// body counts bytes that are no delimiter, whole lines or a piece of one.
func (o *Outline) body(b []byte) {
	o.add(int64(len(b)))
	last := len(b) - 1
	o.place = withinBodyLine
	if b[last] == '\n' {
		o.place, o.lineEnd = atBodyLine, 1
		if last > 0 && b[last-1] == '\r' || last == 0 && o.cr {
			o.lineEnd = 2
		}
	}
	o.cr = b[last] == '\r'
}

// delimiterLine takes the next piece of a line that may be a delimiter.
func (o *Outline) delimiterLine(b []byte) {
	o.place = inDelimiter
	o.line = append(o.line, b...)
	if b[len(b)-1] == '\n' {
		o.endDelimiterLine()
	} else if len(o.line) > outlineLine {
		o.noDelimiter()
	}
}

func (o *Outline) endDelimiterLine() {
	at, closing, found := delimiterIn(o.line, o.boundaries)
	if !found {
		o.noDelimiter()
		return
	}
	// RFC 2046 §5.1.1: the line end before the delimiter belongs to the delimiter.
	o.add(-int64(o.lineEnd))
	o.line = o.line[:0]
	o.turn(at, closing)
}

// noDelimiter counts a line that turned out to be no delimiter.
func (o *Outline) noDelimiter() {
	line := o.line
	o.line = o.line[:0]
	o.cr = false
	o.body(line)
}

// turn acts on a delimiter of an open multipart: a part ends, and perhaps another begins.
func (o *Outline) turn(at int, closing bool) {
	o.leaf = -1
	o.place, o.lineEnd, o.cr = atBodyLine, 0, false
	if closing || o.count >= MaxParts {
		o.boundaries, o.levels = o.boundaries[:at], o.levels[:at]
		return
	}
	o.boundaries, o.levels = o.boundaries[:at+1], o.levels[:at+1]
	l := &o.levels[at]
	l.parts++
	o.begin(OutlinePart{Path: numbered(l.prefix, l.parts), Depth: l.depth}, false)
}

// add counts n bytes for the leaf that is read.
func (o *Outline) add(n int64) {
	if o.leaf >= 0 {
		o.Parts[o.leaf].Length += n
	}
}

func numbered(prefix string, n int) string {
	if prefix == "" {
		return strconv.Itoa(n)
	}
	return prefix + "." + strconv.Itoa(n)
}

// AppendTree adds the leaves in one line of protocol words: `1 text/plain 7bit 310, 2 image/png base64 12345 "a.png"`.
func (o *Outline) AppendTree(dst []byte) []byte {
	first := true
	for i := range o.Parts {
		p := &o.Parts[i]
		if !p.Leaf {
			continue
		}
		if !first {
			dst = append(dst, ", "...)
		}
		first = false
		dst = append(append(append(dst, p.Path...), ' '), p.Type...)
		dst = append(append(append(dst, ' '), p.Encoding...), ' ')
		dst = strconv.AppendInt(dst, p.Length, 10)
		if p.Name != "" {
			dst = append(append(append(dst, ` "`...), p.Name...), '"')
		}
	}
	if o.More > 0 {
		dst = strconv.AppendInt(append(dst, ", +"...), int64(o.More), 10)
	}
	return dst
}
