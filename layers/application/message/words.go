package message

import "strings"

// DecodeWords turns the encoded words in s (RFC 2047) into the characters they stand for. Blanks between two encoded
// words vanish (§6.2). What cannot be decoded stays as it is. The result is valid UTF-8.
func DecodeWords(s string) string {
	if !strings.Contains(s, "=?") {
		return strings.ToValidUTF8(s, "\uFFFD")
	}
	var out strings.Builder
	var pending run // neighbouring words of one charset: some programs cut a character in two
	flush := func() {
		out.WriteString(decodeCharset(pending.charset, pending.bytes))
		pending = run{}
	}
	for s != "" {
		i := strings.Index(s, "=?")
		if i < 0 {
			break
		}
		w, length := encodedWord(s[i:])
		if length == 0 {
			flush()
			out.WriteString(decodeCharset("", []byte(s[:i+2])))
			s = s[i+2:]
			continue
		}
		between := s[:i]
		if !pending.word || strings.Trim(between, " \t") != "" {
			flush()
			out.WriteString(decodeCharset("", []byte(between)))
		} else if !strings.EqualFold(pending.charset, w.charset) {
			flush()
		}
		pending = run{charset: w.charset, bytes: append(pending.bytes, w.bytes...), word: true}
		s = s[i+length:]
	}
	flush()
	out.WriteString(decodeCharset("", []byte(s)))
	return out.String()
}

// A run is the bytes of encoded words in one charset.
type run struct {
	charset string
	bytes   []byte
	word    bool
}

// encodedWord reads =?charset?encoding?text?= at the beginning of s. Length is 0 when there is none.
func encodedWord(s string) (w run, length int) {
	rest := s[2:]
	charset, rest, ok := cutWord(rest)
	if !ok {
		return run{}, 0
	}
	encoding, rest, ok := cutWord(rest)
	if !ok {
		return run{}, 0
	}
	text, rest, ok := cutWord(rest)
	if !ok || !strings.HasPrefix(rest, "=") {
		return run{}, 0
	}
	// RFC 2231 §5: a language may stand behind the charset.
	charset, _, _ = strings.Cut(charset, "*")
	if !KnowsCharset(charset) {
		return run{}, 0
	}
	w = run{charset: charset, word: true}
	switch encoding {
	case "B", "b":
		w.bytes = decodeBase64([]byte(text))
	case "Q", "q":
		w.bytes = decodeQ(text)
	default:
		return run{}, 0
	}
	return w, len(s) - len(rest) + 1
}

// cutWord cuts s at its first "?". No piece of an encoded word is longer than a line may be.
func cutWord(s string) (piece, rest string, ok bool) {
	i := strings.IndexByte(s[:min(len(s), 1000)], '?')
	if i < 0 {
		return "", s, false
	}
	return s[:i], s[i+1:], true
}

// decodeQ undoes the "Q" encoding (RFC 2047 §4.2).
func decodeQ(s string) []byte {
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '_':
			out = append(out, ' ')
		case c == '=' && i+2 < len(s) && fromHex(s[i+1]) >= 0 && fromHex(s[i+2]) >= 0:
			out = append(out, byte(fromHex(s[i+1])<<4|fromHex(s[i+2])))
			i += 2
		default:
			out = append(out, c)
		}
	}
	return out
}
