package imap

import (
	"strings"
	"unicode"

	"mailwire/layers/application/message"
)

// previewMax is how many characters a preview has at most (RFC 8970 §3.1: 200 are recommended).
const previewMax = 200

// previewOf is the beginning of a message's first text, on one line; "" when there is none.
func previewOf(m *message.Message) (preview string) {
	m.Walk(func(p *message.Part, _ int) bool {
		if !p.Type.Is("text/plain") || p.IsAttachment() {
			return true
		}
		preview = oneLine(m.Text(p), previewMax)
		return preview == ""
	})
	return preview
}

// oneLine is the beginning of a text with single spaces between its words, and without what does not print.
func oneLine(text string, limit int) string {
	var b strings.Builder
	count, space := 0, false
	for _, r := range text {
		switch {
		case unicode.IsSpace(r):
			space = count > 0
			continue
		case !unicode.IsPrint(r):
			continue
		case space && count+1 < limit:
			b.WriteByte(' ')
			count++
		}
		if space = false; count >= limit {
			break
		}
		b.WriteRune(r)
		count++
	}
	return b.String()
}
