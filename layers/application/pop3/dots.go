package pop3

import "bytes"

// A stuffer writes a mail as the lines of a multi-line reply: it doubles the dot at the start of a line, and closes with the line
// that holds a dot alone (RFC 1939 §3).
type stuffer struct {
	rest   []byte
	within bool // a line
}

// next adds what is next until dst holds about limit bytes, and says whether there is more.
func (s *stuffer) next(dst []byte, limit int) (out []byte, more bool) {
	for len(s.rest) > 0 {
		room := limit - len(dst)
		if room <= 0 {
			return dst, true
		}
		if !s.within && s.rest[0] == '.' {
			dst = append(dst, '.')
		}
		end := bytes.IndexByte(s.rest[:min(len(s.rest), room)], '\n') + 1
		if end == 0 {
			end = min(len(s.rest), room)
		}
		dst = append(dst, s.rest[:end]...)
		s.within = s.rest[end-1] != '\n'
		s.rest = s.rest[end:]
	}
	if s.within { // the mail's last line has no end of its own
		dst = append(dst, "\r\n"...)
	}
	return append(dst, ".\r\n"...), false
}

// Unstuffed is the lines of a multi-line reply as they were before the dots were doubled, up to the lone dot.
func Unstuffed(lines []byte) []byte {
	out := make([]byte, 0, len(lines))
	for len(lines) > 0 {
		end := bytes.IndexByte(lines, '\n') + 1
		if end == 0 {
			end = len(lines)
		}
		line := lines[:end]
		lines = lines[end:]
		if line[0] == '.' {
			if len(bytes.TrimRight(line, "\r\n")) == 1 {
				break
			}
			line = line[1:]
		}
		out = append(out, line...)
	}
	return out
}

// top is the header of a mail, the empty line, and n lines of its body (RFC 1939 §7).
func top(mail []byte, n int) []byte {
	inBody := false
	for at := 0; at < len(mail); {
		if inBody && n == 0 {
			return mail[:at]
		}
		end := bytes.IndexByte(mail[at:], '\n') + 1
		if end == 0 {
			return mail
		}
		if inBody {
			n--
		}
		if !inBody && len(bytes.TrimRight(mail[at:at+end], "\r\n")) == 0 {
			inBody = true
		}
		at += end
	}
	return mail
}

// A scanner finds the lone dot that ends a multi-line reply, however the stream is cut.
type scanner struct {
	place   place
	stuffed int // lines whose first dot was doubled
}

type place uint8

const (
	lineStart place = iota
	afterDot
	afterDotCR
	withinLine
)

// scan returns how many bytes of p belong to the reply, and whether the last of them ends it. It adds these bytes to dst,
// without doubled dots and without the line with the lone dot.
func (s *scanner) scan(dst, p []byte) (out []byte, n int, done bool) {
	for n < len(p) {
		if s.place == withinLine {
			// The quick way to the next line that begins with a dot.
			end := bytes.Index(p[n:], []byte("\n.")) + 1
			if end == 0 {
				end = len(p) - n
			}
			dst = append(dst, p[n:n+end]...)
			n += end
			if p[n-1] == '\n' {
				s.place = lineStart
			}
			continue
		}
		c := p[n]
		n++
		switch {
		case c == '\n' && s.place != lineStart:
			s.place = lineStart
			return dst, n, true
		case c == '\n':
			dst = append(dst, c)
		case c == '.' && s.place == lineStart:
			s.place = afterDot
		case c == '\r' && s.place == afterDot:
			s.place = afterDotCR
		default:
			if c == '.' && s.place == afterDot {
				s.stuffed++
			}
			if s.place == afterDotCR {
				dst = append(dst, '\r')
			}
			dst = append(dst, c)
			s.place = withinLine
		}
	}
	return dst, n, false
}
