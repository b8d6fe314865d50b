package message

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// The order of what RFC 2046 §5.2.2.1 has a fragment's own header keep: all fields of the whole but those that describe its
// body and its name, which the first fragment carries inside.
var inner = []string{"Subject", "Message-ID", "Encrypted", "MIME-Version"}

func isInner(f *Field) bool {
	return len(f.Name) > 8 && strings.EqualFold(f.Name[:8], "Content-") || f.isOneOf(inner)
}

// fragmentsMax bounds how many fragments a mail may come in.
const fragmentsMax = 10000

// Fragments cuts a mail into pieces of about size bytes of its own, each a mail of the type message/partial (RFC 2046
// §5.2.2). The id, without < and >, names the whole; fragment n is named n.id. Only what is 7bit may be cut.
func Fragments(mail []byte, id string, size int) ([][]byte, error) {
	if !isASCII(mail) {
		return nil, fmt.Errorf("message: only a mail of ASCII may come in fragments (RFC 2046 §5.2.2.1)")
	}
	if size < 1 || !isPlain(id) || strings.ContainsAny(id, `<>"\`) || id == "" {
		return nil, fmt.Errorf("message: %q, %d: fragments need an identifier and a size", id, size)
	}
	h, length := ParseHeader(mail)
	var outer, within []byte
	subject := ""
	for i := range h {
		if isInner(&h[i]) {
			within = append(within, h[i].Bytes()...)
		} else {
			outer = append(outer, h[i].Bytes()...)
		}
		if h[i].Is("Subject") {
			subject = h[i].Unfolded()
		}
	}
	whole := append(append(within, "\r\n"...), mail[length:]...)
	var pieces [][]byte
	for len(whole) > 0 {
		n := min(size, len(whole))
		// RFC 2046 §5.2.2: fragments end at the end of a line.
		if end := bytes.IndexByte(whole[n-1:], '\n'); end >= 0 {
			n += end
		} else {
			n = len(whole)
		}
		pieces = append(pieces, whole[:n])
		whole = whole[n:]
	}
	if len(pieces) > fragmentsMax {
		return nil, fmt.Errorf("message: %d fragments are too many", len(pieces))
	}
	for i, piece := range pieces {
		b := append([]byte{}, outer...)
		b = appendFolded(b, "Subject", strings.Split(fmt.Sprintf("%s (%d/%d)", subject, i+1, len(pieces)), " "))
		b = fmt.Appendf(b, "Message-ID: <%d.%s>\r\nMIME-Version: 1.0\r\n", i+1, id)
		b = fmt.Appendf(b, "Content-Type: message/partial; number=%d; total=%d;\r\n\tid=\"%s\"\r\n\r\n", i+1, len(pieces), id)
		pieces[i] = append(b, piece...)
	}
	return pieces, nil
}

// A fragment is one piece as it was received.
type fragment struct {
	number, total int
	mail          *Message
}

// Join puts a mail together from its fragments, in whatever order they came (RFC 2046 §5.2.2.1). An error says which is
// missing or does not belong.
func Join(mails [][]byte) ([]byte, error) {
	if len(mails) == 0 || len(mails) > fragmentsMax {
		return nil, fmt.Errorf("message: %d fragments", len(mails))
	}
	id, total := "", 0
	var fragments []fragment
	for _, b := range mails {
		m := Parse(b)
		p := m.Root.Type.Params
		switch {
		case !m.Root.Type.Is("message/partial"):
			return nil, fmt.Errorf("message: %q is no fragment (RFC 2046 §5.2.2)", m.Root.Type.String())
		case id != "" && p.Get("id") != id:
			return nil, fmt.Errorf("message: fragments of %q and of %q (RFC 2046 §5.2.2)", id, p.Get("id"))
		}
		id = p.Get("id")
		total = max(total, p.Number("total")) // only the last must say it
		fragments = append(fragments, fragment{p.Number("number"), total, m})
	}
	slices.SortStableFunc(fragments, func(a, b fragment) int { return cmp.Compare(a.number, b.number) })
	for i, f := range fragments {
		if f.number != i+1 {
			return nil, fmt.Errorf("message: fragment %d is missing (RFC 2046 §5.2.2)", i+1)
		}
	}
	if len(fragments) != total {
		return nil, fmt.Errorf("message: %d fragments of %d (RFC 2046 §5.2.2)", len(fragments), total)
	}
	return join(fragments), nil
}

// join takes the header of the first fragment, without what stands inside of it, and all the bodies.
func join(fragments []fragment) []byte {
	first := fragments[0].mail
	var whole, body []byte
	for i := range first.Root.Fields {
		if f := &first.Root.Fields[i]; !isInner(f) {
			whole = append(whole, f.Bytes()...)
		}
	}
	h, length := ParseHeader(first.BodyBytes(first.Root))
	for i := range h {
		if isInner(&h[i]) {
			whole = append(whole, h[i].Bytes()...)
		}
	}
	body = append(body, first.BodyBytes(first.Root)[length:]...)
	for _, f := range fragments[1:] {
		body = append(body, f.mail.BodyBytes(f.mail.Root)...)
	}
	return append(append(whole, "\r\n"...), body...)
}
