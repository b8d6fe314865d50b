package message

import (
	"bytes"
	"encoding/base64"
	"mime/quotedprintable"
)

// An Encoding is a content transfer encoding (RFC 2045 §6), in lower case when it was read or is one of these.
type Encoding string

// The encodings of RFC 2045 §6.1.
const (
	Bit7            Encoding = "7bit"             // lines of ASCII, as it is
	Bit8            Encoding = "8bit"             // lines of any bytes but NUL, as they are
	Binary          Encoding = "binary"           // any bytes, as they are
	QuotedPrintable Encoding = "quoted-printable" // =E9 for what is not ASCII
	Base64          Encoding = "base64"           // four characters for three bytes
)

var encodings = []Encoding{Bit7, Bit8, Binary, QuotedPrintable, Base64}

// The shape of base64 on the wire (RFC 2045 §6.8: lines of at most 76 characters).
const (
	base64Line = 76
	base64Raw  = 57 // bytes in a full line
)

// Encode returns b as it is sent in encoding e, every line with its CRLF.
func (e Encoding) Encode(b []byte) []byte {
	switch e {
	case Base64:
		return encodeBase64(b)
	case QuotedPrintable:
		return encodeQuotedPrintable(b)
	}
	return b
}

// Decode returns what stands in b, which is in encoding e. What is broken is left out; what is no known encoding stays
// as it is. The result is at most as long as b.
func (e Encoding) Decode(b []byte) []byte {
	switch e {
	case Base64:
		return decodeBase64(b)
	case QuotedPrintable:
		return decodeQuotedPrintable(b)
	}
	return b
}

func encodeBase64(b []byte) []byte {
	out := make([]byte, 0, EncodedLength(len(b)))
	for len(b) > 0 {
		n := min(len(b), base64Raw)
		out = base64.StdEncoding.AppendEncode(out, b[:n])
		out = append(out, "\r\n"...)
		b = b[n:]
	}
	return out
}

// EncodedLength is how many bytes n bytes are in base64 with line ends: four characters for three bytes, CRLF behind
// each 76 characters and at the end.
func EncodedLength(n int) int {
	lines := (n + base64Raw - 1) / base64Raw
	return (n+2)/3*4 + 2*lines
}

// decodeBase64 passes over everything that is not of the alphabet, as RFC 2045 §6.8 asks. Behind padding it begins
// anew: some programs put pieces together that were encoded one by one.
func decodeBase64(b []byte) []byte {
	out := make([]byte, 0, len(b)/4*3+3)
	var bits uint32
	n := 0
	for _, c := range b {
		v := base64Value(c)
		switch {
		case v >= 0:
			bits = bits<<6 | uint32(v)
			if n++; n == 4 {
				out = append(out, byte(bits>>16), byte(bits>>8), byte(bits))
				bits, n = 0, 0
			}
		case c == '=':
			out = appendRest(out, bits, n)
			bits, n = 0, 0
		}
	}
	return appendRest(out, bits, n)
}

// appendRest adds the whole bytes that n characters of an unfinished group stand for.
func appendRest(out []byte, bits uint32, n int) []byte {
	switch n {
	case 2:
		return append(out, byte(bits>>4))
	case 3:
		return append(out, byte(bits>>10), byte(bits>>2))
	}
	return out
}

func base64Value(c byte) int {
	switch {
	case c >= 'A' && c <= 'Z':
		return int(c - 'A')
	case c >= 'a' && c <= 'z':
		return int(c-'a') + 26
	case c >= '0' && c <= '9':
		return int(c-'0') + 52
	case c == '+':
		return 62
	case c == '/':
		return 63
	}
	return -1
}

// encodeQuotedPrintable takes text with LF or CRLF line ends.
func encodeQuotedPrintable(b []byte) []byte {
	var out bytes.Buffer
	w := quotedprintable.NewWriter(&out)
	w.Write(b)
	w.Close()
	return CRLF(out.Bytes())
}

// decodeQuotedPrintable keeps what is no code as it stands (RFC 2045 §6.7). Blanks at the end of a line were added on
// the way and are dropped.
func decodeQuotedPrintable(b []byte) []byte {
	out := make([]byte, 0, len(b))
	for len(b) > 0 {
		line := b[:lineLength(b)]
		b = b[len(line):]
		text := trimLineEnd(line)
		end := line[len(text):]
		if len(end) > 0 {
			text = bytes.TrimRight(text, " \t")
		}
		for i := 0; i < len(text); i++ {
			switch c := text[i]; {
			case c == '=' && i+2 < len(text) && fromHex(text[i+1]) >= 0 && fromHex(text[i+2]) >= 0:
				out = append(out, byte(fromHex(text[i+1])<<4|fromHex(text[i+2])))
				i += 2
			case c == '=' && i+1 == len(text):
				end = nil // a soft line end
			default:
				out = append(out, c)
			}
		}
		out = append(out, end...)
	}
	return out
}

// CRLF returns b with each lone LF and each lone CR made a CRLF, as mail wants its line ends (RFC 5322 §2.3).
func CRLF(b []byte) []byte {
	out := make([]byte, 0, len(b)+bytes.Count(b, []byte{'\n'}))
	for i, c := range b {
		switch {
		case c == '\n' && (i == 0 || b[i-1] != '\r'):
			out = append(out, '\r', '\n')
		case c == '\r' && (i+1 == len(b) || b[i+1] != '\n'):
			out = append(out, '\r', '\n')
		default:
			out = append(out, c)
		}
	}
	return out
}

// LineEnds returns a mail as a host has to keep it, since POP3 and IMAP count and give CRLF (RFC 1939 §3, RFC 5322 §2.3): b itself,
// or, where a line of it ends with LF alone, CRLF of b.
func LineEnds(b []byte) []byte {
	if bytes.Count(b, []byte("\n")) == bytes.Count(b, []byte("\r\n")) {
		return b
	}
	return CRLF(b)
}

// Known says whether Decode knows the encoding: one of RFC 2045 §6.1, or none at all, which is 7bit.
func (e Encoding) Known() bool {
	switch e {
	case "", Bit7, Bit8, Binary, QuotedPrintable, Base64:
		return true
	}
	return false
}
