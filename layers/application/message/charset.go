package message

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/unicode/utf32"
)

// Mails name charsets as IANA registers them (RFC 2045 §5, RFC 2978) and, as often, as their program's maker does.

// furtherCharsets are names and charsets that stand in mails and in neither of the two indexes of golang.org/x/text.
var furtherCharsets = map[string]encoding.Encoding{
	"utf-32": utf32.UTF32(utf32.BigEndian, utf32.UseBOM), "utf-32be": utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM),
	"utf-32le": utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM),
	"cp932":    japanese.ShiftJIS, "cp50220": japanese.ISO2022JP, "iso-2022-jp-1": japanese.ISO2022JP, "iso-2022-jp-ms": japanese.ISO2022JP,
	"eucjp": japanese.EUCJP, "sjis": japanese.ShiftJIS, "cp949": korean.EUCKR, "uhc": korean.EUCKR,
}

// isUTF8 says whether text in the charset is read as UTF-8: ASCII is a part of it, and so is what names no charset.
func isUTF8(charset string) bool {
	switch strings.ToLower(charset) {
	case "", "utf-8", "utf8", "us-ascii", "ascii", "ansi_x3.4-1968", "646":
		return true
	}
	return false
}

// KnowsCharset says whether text in the charset can be turned into characters: the charsets of golang.org/x/text by their
// names in browsers and at IANA, aliases included.
func KnowsCharset(charset string) bool { return isUTF8(charset) || decodingOf(charset) != nil }

// FromCharset turns b into UTF-8; ok is false when nobody knows the charset. What is no character becomes the replacement
// character.
func FromCharset(charset string, b []byte) (text string, ok bool) {
	if !KnowsCharset(charset) {
		return "", false
	}
	return decodeCharset(charset, b), true
}

// decodingOf finds what reads a charset: by the names that browsers know, which take the supersets that programs really
// write (windows-1252 for iso-8859-1), then by those of IANA; nil where nobody knows it.
func decodingOf(charset string) encoding.Encoding {
	name := strings.ToLower(strings.TrimSpace(charset))
	if e, known := furtherCharsets[name]; known {
		return e
	}
	// Browsers read UTF-16 as little-endian; RFC 2781 §4.3 has it big-endian where no mark tells.
	if e, err := htmlindex.Get(name); err == nil && name != "utf-16" && e != encoding.Replacement {
		return e
	}
	return registered(name)
}

// registered finds a charset by its names at IANA.
func registered(name string) encoding.Encoding {
	e, err := ianaindex.MIME.Encoding(name)
	if err != nil {
		return nil
	}
	return e
}

// decodeCharset turns b into UTF-8. Without a charset, or with one that nobody knows, b is UTF-8 where it can be, else
// its bytes above ASCII become the replacement character.
func decodeCharset(charset string, b []byte) string {
	if !isUTF8(charset) {
		if e := decodingOf(charset); e != nil {
			if out, err := e.NewDecoder().Bytes(b); err == nil {
				b = out
			}
		}
	}
	if utf8.Valid(b) {
		return string(b)
	}
	return strings.ToValidUTF8(string(b), "\uFFFD")
}

// encodeCharset turns text into bytes of a charset; ok is false where the charset is not known or lacks a character.
func encodeCharset(charset, text string) (b []byte, ok bool) {
	if isUTF8(charset) {
		utf := strings.EqualFold(charset, "utf-8") || strings.EqualFold(charset, "utf8")
		return []byte(text), utf || isASCII([]byte(text))
	}
	e := registered(charset) // exactly the charset that is named, no superset
	if e == nil {
		e = decodingOf(charset)
	}
	if e == nil {
		return nil, false
	}
	b, err := e.NewEncoder().Bytes([]byte(text))
	return b, err == nil
}
