package jsonl

import (
	"encoding/binary"
	"strconv"
	"time"
	"unicode"
	"unicode/utf8"

	"mailwire/layers"
)

// An object is written member by member. It is a slice, so that a line costs no allocation once it has grown.
type object []byte

func (o object) key(name string) object {
	if last := o[len(o)-1]; last != '{' && last != '[' && last != ',' {
		o = append(o, ',')
	}
	o = append(o, '"')
	o = append(o, name...)
	return append(o, '"', ':')
}

func (o object) text(name, value string) object { return appendString(o.key(name), value) }

func (o object) number(name string, n int64) object { return strconv.AppendInt(o.key(name), n, 10) }

func (o object) unsigned(name string, n uint64) object {
	return strconv.AppendUint(o.key(name), n, 10)
}

func (o object) time(name string, t time.Time) object {
	var d dates
	return d.append(o.key(name), t)
}

func (o object) boolean(name string, b bool) object { return strconv.AppendBool(o.key(name), b) }

// raw writes what is JSON already.
func (o object) raw(json string) object { return append(o, json...) }

// seconds writes a duration as seconds with nine decimals.
func (o object) seconds(name string, d time.Duration) object {
	d = max(d, 0)
	o = strconv.AppendInt(o.key(name), int64(d/time.Second), 10)
	return appendDigits(append(o, '.'), int(d%time.Second), 9)
}

// appendDigits writes n with so many digits.
func appendDigits(b []byte, n, digits int) []byte {
	b = append(b, "000000000"[:digits]...)
	for i := len(b) - 1; n > 0; i-- {
		b[i] = byte('0' + n%10)
		n /= 10
	}
	return b
}

// Dates writes times. The date and the second are made anew only when they change.
type dates struct {
	second int64
	prefix []byte // up to the point behind the second; nil at first
}

func (d *dates) append(b []byte, t time.Time) []byte {
	if second := t.Unix(); d.prefix == nil || second != d.second {
		d.second = second
		d.prefix = t.UTC().AppendFormat(d.prefix[:0], "2006-01-02T15:04:05.")
	}
	b = append(append(b, '"'), d.prefix...)
	return append(appendDigits(b, t.Nanosecond(), 9), 'Z', '"')
}

func (o object) value(name string, v layers.Value) object { return appendValue(o.key(name), v) }

func appendValue(b []byte, v layers.Value) []byte {
	switch v.Kind() {
	case layers.None:
		return append(b, "null"...)
	case layers.Number, layers.Boolean:
		return v.Append(b)
	case layers.Text:
		return appendString(b, v.String())
	case layers.List:
		b = append(b, '[')
		for i, word := range v.List() {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendString(b, word)
		}
		return append(b, ']')
	}
	b = append(b, '"') // addresses and hexadecimal digits need no escape
	return append(v.Append(b), '"')
}

// appendString writes a JSON string that is also safe in a terminal: control characters, bidirectional controls and
// other invisible characters are escaped, bytes that are not UTF-8 become U+FFFD.
func appendString[S string | []byte](b []byte, s S) []byte {
	return append(appendEscaped(append(b, '"'), s), '"')
}

// appendEscaped writes what stands between the quotes of a JSON string.
func appendEscaped[S string | []byte](b []byte, s S) []byte {
	start := 0
	for i := 0; i < len(s); {
		for len(s)-i >= 8 && plain8([]byte(s[i:i+8])) {
			i += 8
		}
		for i < len(s) && plain[s[i]] {
			i++
		}
		if i == len(s) {
			break
		}
		r, size := decodeRune(s[i:])
		if r >= 0x80 && !(r == utf8.RuneError && size == 1) && unicode.IsPrint(r) {
			i += size
			continue
		}
		b = append(b, s[start:i]...)
		b = appendEscape(b, r)
		i += size
		start = i
	}
	return append(b, s[start:]...)
}

// plain tells which bytes stand for themselves in a string.
var plain = func() (is [256]bool) {
	for c := ' '; c < 0x7f; c++ {
		is[c] = c != '"' && c != '\\'
	}
	return is
}()

// plain8 tells whether eight bytes stand for themselves. Taking ' ' from each sets the high bit of those below it, adding one that
// of '~'+1; those above have it. A byte that is a quote or a backslash is 0 beside one, and then taking 1 from it sets the high bit.
func plain8(b []byte) bool {
	const each = 0x0101010101010101
	w := binary.LittleEndian.Uint64(b)
	quote, slash := w^'"'*each, w^'\\'*each
	return (w|(w-' '*each)|(w+each)|(quote-each)|(slash-each))&(0x80*each) == 0
}

func decodeRune[S string | []byte](s S) (rune, int) {
	return utf8.DecodeRuneInString(string(s[:min(len(s), utf8.UTFMax)]))
}

func appendEscape(b []byte, r rune) []byte {
	switch r {
	case '"', '\\':
		return append(b, '\\', byte(r))
	case '\n':
		return append(b, '\\', 'n')
	case '\r':
		return append(b, '\\', 'r')
	case '\t':
		return append(b, '\\', 't')
	}
	if r > 0xffff {
		r -= 0x10000
		b = appendHex4(b, 0xd800+r>>10)
		return appendHex4(b, 0xdc00+r&0x3ff)
	}
	return appendHex4(b, r)
}

func appendHex4(b []byte, r rune) []byte {
	const digits = "0123456789abcdef"
	return append(b, '\\', 'u', digits[r>>12&15], digits[r>>8&15], digits[r>>4&15], digits[r&15])
}
