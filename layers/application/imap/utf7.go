package imap

import (
	"encoding/base64"
	"errors"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// base64Comma is the alphabet of modified UTF-7: "," stands for "/", and there is no padding (RFC 3501 §5.1.3).
var base64Comma = base64.NewEncoding("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,").
	WithPadding(base64.NoPadding)

// ErrUTF7 says that a mailbox name is not in the only form that modified UTF-7 allows for it.
var ErrUTF7 = errors.New("imap: mailbox name is not modified UTF-7 (RFC 3501 §5.1.3)")

// EncodeUTF7 writes a mailbox name for the wire: printable ASCII as it is, "&" as "&-", everything else as base64 of
// UTF-16 between "&" and "-".
func EncodeUTF7(name string) string {
	if strings.IndexFunc(name, func(r rune) bool { return r < ' ' || r > '~' || r == '&' }) < 0 {
		return name
	}
	var out []byte
	var shifted []uint16
	flush := func() {
		if len(shifted) > 0 {
			b := make([]byte, 0, 2*len(shifted))
			for _, u := range shifted {
				b = append(b, byte(u>>8), byte(u))
			}
			out = append(base64Comma.AppendEncode(append(out, '&'), b), '-')
			shifted = shifted[:0]
		}
	}
	for _, r := range name {
		switch {
		case r == '&':
			flush()
			out = append(out, "&-"...)
		case r >= ' ' && r <= '~':
			flush()
			out = append(out, byte(r))
		default:
			shifted = utf16.AppendRune(shifted, r)
		}
	}
	flush()
	return string(out)
}

// DecodeUTF7 reads a mailbox name from the wire. What is not the shortest form is ErrUTF7. A name in plain UTF-8, as
// IMAP4rev2 has it, is returned as it is.
func DecodeUTF7(wire string) (string, error) {
	if strings.IndexByte(wire, '&') < 0 {
		return wire, nil
	}
	if strings.IndexFunc(wire, func(r rune) bool { return r >= utf8.RuneSelf }) >= 0 {
		if utf8.ValidString(wire) {
			return wire, nil
		}
		return "", ErrUTF7
	}
	var out []byte
	for rest := wire; rest != ""; {
		before, after, found := strings.Cut(rest, "&")
		out = append(out, before...)
		if !found {
			break
		}
		code, tail, closed := strings.Cut(after, "-")
		if !closed {
			return "", ErrUTF7
		}
		if code == "" {
			out = append(out, '&')
		} else if out = appendUTF16(out, code); out == nil {
			return "", ErrUTF7
		}
		rest = tail
	}
	if EncodeUTF7(string(out)) != wire {
		return "", ErrUTF7
	}
	return string(out), nil
}

// appendUTF16 adds the characters that stand in base64 as UTF-16; nil when they can't.
func appendUTF16(out []byte, code string) []byte {
	b, err := base64Comma.DecodeString(code)
	if err != nil || len(b)%2 != 0 || len(b) == 0 {
		return nil
	}
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = uint16(b[2*i])<<8 | uint16(b[2*i+1])
	}
	for _, r := range utf16.Decode(units) {
		out = utf8.AppendRune(out, r)
	}
	return out
}
