package smtp

import "bytes"

// A Stuffer makes a mail's bytes ready for DATA (RFC 5321 §4.5.2): a line that begins with a dot gets a second one. It
// also turns a CR or LF that stands alone into CRLF, which alone may cross the wire (§2.3.8). The zero value is ready.
type Stuffer struct {
	inLine bool
	cr     bool // a CR was the last byte
}

// Append adds b, stuffed, to dst.
func (s *Stuffer) Append(dst, b []byte) []byte {
	for len(b) > 0 {
		if s.cr {
			s.cr, s.inLine = false, false
			dst = append(dst, '\r', '\n')
			if b[0] == '\n' {
				b = b[1:]
				continue
			}
		}
		if b[0] == '.' && !s.inLine {
			dst = append(dst, '.')
		}
		line, rest, ended := bytes.Cut(b, []byte{'\n'})
		if cr := bytes.IndexByte(line, '\r'); cr >= 0 {
			dst = append(dst, line[:cr]...)
			s.cr, b = true, b[cr+1:]
			continue
		}
		dst = append(dst, line...)
		if s.inLine = !ended; ended {
			dst = append(dst, '\r', '\n')
		}
		b = rest
	}
	return dst
}

// End adds what closes the mail: the line end that its last line may lack, and the line with a single dot.
func (s *Stuffer) End(dst []byte) []byte {
	if s.cr || s.inLine {
		dst = append(dst, '\r', '\n')
	}
	*s = Stuffer{}
	return append(dst, '.', '\r', '\n')
}

// An Unstuffer finds the end of a mail after DATA and takes the doubled dots away (RFC 5321 §4.5.2). CRLF.CRLF alone is
// the end (§4.1.1.4). The zero value is ready: the line end of DATA counts as the one before the first line.
type Unstuffer struct {
	Stuffed int // dots taken away so far
	// Lookalikes counts lines with a lone dot whose line ends are not both CRLF, which some servers wrongly take for
	// the end.
	Lookalikes int

	state dotState
	lf    bool // the line began behind a bare LF
}

type dotState uint8

const (
	lineStart dotState = iota
	startDot           // a dot begins the line
	startDotCR
	inLine
	afterCR
)

// Append reads b up to the end of the mail, adds what belongs to the mail to dst, and returns how many bytes it read;
// done says that the end was the last of them.
func (u *Unstuffer) Append(dst, b []byte) (out []byte, n int, done bool) {
	return u.read(dst, b, true)
}

// Skip is Append for who does not need the bytes.
func (u *Unstuffer) Skip(b []byte) (n int, done bool) {
	_, n, done = u.read(nil, b, false)
	return n, done
}

func (u *Unstuffer) read(dst, b []byte, keep bool) (out []byte, n int, done bool) {
	for n < len(b) {
		if u.state != startDot && u.state != startDotCR {
			n = u.skim(b, n, &dst, keep)
			continue
		}
		c := b[n]
		if u.state == startDot && c == '\r' {
			u.state = startDotCR
			n++
			continue
		}
		if c == '\n' && u.state == startDotCR && !u.lf {
			u.state, u.lf = lineStart, false
			return dst, n + 1, true
		}
		u.dot(c, &dst, keep)
	}
	return dst, n, false
}

// skim goes on from b[n] to the next dot that begins a line, or to the end, in one go: nothing else matters.
func (u *Unstuffer) skim(b []byte, n int, dst *[]byte, keep bool) int {
	from := n
	at := 0
	if u.state != lineStart || b[n] != '.' {
		at = bytes.Index(b[n:], lineAndDot)
		if at < 0 {
			if n = len(b); keep {
				*dst = append(*dst, b[from:]...)
			}
			u.end(b[from:])
			return n
		}
		u.end(b[from : from+at+1])
		at++
	}
	if keep {
		*dst = append(*dst, b[from:from+at]...)
	}
	u.state = startDot
	return from + at + 1
}

var lineAndDot = []byte("\n.")

// end finds the state behind a piece of the mail, which is not empty.
func (u *Unstuffer) end(piece []byte) {
	last := len(piece) - 1
	switch piece[last] {
	case '\n':
		u.lf = !(last > 0 && piece[last-1] == '\r' || last == 0 && u.state == afterCR)
		u.state = lineStart
	case '\r':
		u.state, u.lf = afterCR, false
	default:
		u.state, u.lf = inLine, false
	}
}

// dot settles a dot that begins a line and does not end the mail: what follows it, perhaps a CR between, is c, which is read
// next. Behind a bare LF no line begins: that dot stays.
func (u *Unstuffer) dot(c byte, dst *[]byte, keep bool) {
	if c == '\n' {
		u.Lookalikes++
	}
	switch {
	case !u.lf:
		u.Stuffed++
	case keep:
		*dst = append(*dst, '.')
	}
	if u.state == startDotCR {
		u.state = afterCR
		if keep {
			*dst = append(*dst, '\r')
		}
	} else {
		u.state = inLine
	}
	u.lf = false
}
