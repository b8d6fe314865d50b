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
	for _, c := range b {
		if s.cr {
			s.cr, s.inLine = false, false
			dst = append(dst, '\r', '\n')
			if c == '\n' {
				continue
			}
		}
		switch c {
		case '\r':
			s.cr = true
			continue
		case '\n':
			s.inLine = false
			dst = append(dst, '\r', '\n')
			continue
		case '.':
			if !s.inLine {
				dst = append(dst, '.')
			}
		}
		s.inLine = true
		dst = append(dst, c)
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
	add := func(c ...byte) {
		if keep {
			dst = append(dst, c...)
		}
	}
	for n < len(b) {
		if u.state == inLine {
			// The quick way through the midst of a line: nothing but CR and LF matters.
			end := bytes.IndexByte(b[n:], '\n')
			if end < 0 {
				end = len(b) - n
			}
			if cr := bytes.IndexByte(b[n:n+end], '\r'); cr >= 0 {
				end = cr
			}
			add(b[n : n+end]...)
			if n += end; n == len(b) {
				break
			}
		}
		c := b[n]
		n++
		switch u.state {
		case startDot:
			if c == '\r' {
				u.state = startDotCR
				continue
			}
			if c == '\n' {
				u.Lookalikes++
			}
			u.drop(&dst, keep)
		case startDotCR:
			if c == '\n' && !u.lf {
				u.state = lineStart
				return dst, n, true
			}
			if c == '\n' {
				u.Lookalikes++
			}
			u.drop(&dst, keep)
			add('\r')
			u.state = afterCR
		case lineStart:
			if c == '.' {
				u.state = startDot
				continue
			}
		}
		add(c)
		u.next(c)
	}
	return dst, n, false
}

// drop takes the dot that begins a line away. Behind a bare LF no line begins: that dot stays.
func (u *Unstuffer) drop(dst *[]byte, keep bool) {
	if !u.lf {
		u.Stuffed++
	} else if keep {
		*dst = append(*dst, '.')
	}
}

// next finds the state behind the byte c.
func (u *Unstuffer) next(c byte) {
	switch {
	case c == '\n' && u.state == afterCR:
		u.state, u.lf = lineStart, false
	case c == '\n':
		u.state, u.lf = lineStart, true
	case c == '\r':
		u.state, u.lf = afterCR, false
	default:
		u.state, u.lf = inLine, false
	}
}
