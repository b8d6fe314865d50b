package anonymize

import (
	"bytes"
	"encoding/base64"
)

// fill takes what is said out of b and leaves its shape: letters become x, digits 0; signs, spaces and line ends stay.
// Escapes of quoted-printable and of URLs stay escapes. What is no text becomes zeros.
func fill(b []byte) {
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case (c == '=' || c == '%') && i+2 < len(b) && isHex(b[i+1]) && isHex(b[i+2]):
			b[i+1], b[i+2] = '5', '8' // X
			i += 2
		case c >= 'A' && c <= 'Z':
			b[i] = 'X'
		case c >= 'a' && c <= 'z', c >= 0x80:
			b[i] = 'x'
		case isDigit(c):
			b[i] = '0'
		case c == 0x7f || c < ' ' && c != '\r' && c != '\n' && c != '\t':
			b[i] = 0
		}
	}
}

// hush takes a password out of b. Where its capitals and digits stood would help whoever guesses it, so they become x too.
func hush(b []byte) {
	fill(b)
	for i, c := range b {
		if isLetter(c) || isDigit(c) {
			b[i] = 'x'
		}
	}
}

func isHex(c byte) bool { return isDigit(c) || c >= 'A' && c <= 'F' || c >= 'a' && c <= 'f' }

// blank takes everything out of bytes that nobody understands: what is a line end stays, what may be read becomes a
// point, the rest zeros.
func blank(b []byte) {
	for i, c := range b {
		switch {
		case c == '\r' || c == '\n':
		case c >= ' ' && c < 0x7f:
			b[i] = '.'
		default:
			b[i] = 0
		}
	}
}

// base64Fill is what base64 text becomes: the code of the letter A again and again.
const base64Fill = "QUFB"

// fill64 fills base64 text, its padding and its line ends staying, and what else stands in it.
func fill64(b []byte) {
	at := 0
	for i, c := range b {
		if !is64(c) {
			fill(b[i : i+1])
			continue
		}
		b[i] = base64Fill[at%4]
		at++
	}
}

func is64(c byte) bool { return isLetter(c) || isDigit(c) || c == '+' || c == '/' }

// looks64 tells a line that is base64 text, and long enough not to be a word.
func looks64(line []byte) bool {
	line = bytes.TrimRight(line, "\r\n")
	if len(line) < 24 {
		return false
	}
	for _, c := range bytes.TrimRight(line, "=") {
		if !is64(c) {
			return false
		}
	}
	return true
}

// recode decodes base64 text, lets change work on it in place, and puts it back. What does not decode is filled.
func recode(b []byte, change func([]byte)) {
	code := base64.StdEncoding
	if len(b)%4 != 0 {
		code = base64.RawStdEncoding
	}
	plain, err := code.DecodeString(string(b))
	if err != nil || code.EncodedLen(len(plain)) != len(b) {
		fill64(b)
		return
	}
	change(plain)
	code.Encode(b, plain)
}

// identify replaces everything in b that may tell who or where: each word, and each address as a whole. The signs
// between them stay, and words that everybody has.
func (a *Anonymizer) identify(b []byte, r role) {
	domain := false // an @ has been met
	for at := 0; at < len(b); {
		if at == 0 || !isWord(b[at-1]) {
			if n := a.addresses.text(b[at:]); n > 0 {
				at += n
				continue
			}
		}
		end := wordEnd(b, at)
		if end == at {
			domain = domain || b[at] == '@'
			if c := b[at]; c < ' ' && c != '\r' && c != '\n' && c != '\t' || c == 0x7f {
				b[at] = 0
			}
			at++
			continue
		}
		now := r
		if domain && at > 0 && (b[at-1] == '@' || b[at-1] == '.') {
			now = host
		}
		if w := b[at:end]; !common.has(lower(w)) && !(services.has(lower(w)) && labels(b[end:]) >= 2) {
			copy(w, a.names.word(w, now))
		}
		at = end
	}
}

// labels counts up to two labels that b goes on with, each behind a point.
func labels(b []byte) (n int) {
	for n < 2 && len(b) > 1 && b[0] == '.' {
		end := 1
		for end < len(b) && (isWord(b[end]) || b[end] == '-') {
			end++
		}
		if end == 1 {
			break
		}
		n, b = n+1, b[end:]
	}
	return n
}

// say replaces what somebody says in a sentence: what looks like an address or a name of the network by its replacement,
// words that servers use stay, all others are filled.
func (a *Anonymizer) say(b []byte) {
	for at := 0; at < len(b); {
		if b[at] == ' ' || b[at] == '\r' || b[at] == '\n' || b[at] == '\t' {
			at++
			continue
		}
		end := at
		for end < len(b) && b[end] != ' ' && b[end] != '\r' && b[end] != '\n' && b[end] != '\t' {
			end++
		}
		a.sayToken(b[at:end])
		at = end
	}
}

func (a *Anonymizer) sayToken(t []byte) {
	inner := bytes.TrimRight(t, ".,;:!?")
	if bytes.ContainsAny(inner, "@<>[]") || bytes.IndexByte(inner, '.') > 0 {
		r := host
		if bytes.IndexByte(inner, '@') >= 0 {
			r = user
		}
		a.identify(t, r)
		return
	}
	for at := 0; at < len(t); {
		end := wordEnd(t, at)
		if end == at {
			fill(t[at : at+1])
			at++
			continue
		}
		if w := t[at:end]; !spoken.has(lower(w)) {
			fill(w)
		}
		at = end
	}
}

// lines calls f with each line of b, its line end included.
func lines(b []byte, f func(line []byte)) {
	for len(b) > 0 {
		n := bytes.IndexByte(b, '\n') + 1
		if n == 0 {
			n = len(b)
		}
		f(b[:n])
		b = b[n:]
	}
}

// fields cuts a line without its line end at its spaces.
func fields(line []byte) [][]byte { return bytes.Fields(bytes.TrimRight(line, "\r\n")) }

// allDigits tells a number of at most so many digits.
func allDigits(b []byte, most int) bool {
	for _, c := range b {
		if !isDigit(c) {
			return false
		}
	}
	return len(b) > 0 && len(b) <= most
}
