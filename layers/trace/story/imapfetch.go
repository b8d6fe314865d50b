package story

import (
	"strconv"
	"strings"

	"mailwire/layers/application"
)

// brought is what FETCH has brought.
type brought struct {
	whole, parts, heads, broken int
	bytes, partBytes            int64
}

// A fetched is a FETCH response of which pieces have come.
type fetched struct {
	open  bool
	what  share
	bytes int64
	named bool   // the beginning of a whole mail was seen
	id    string // … and this is its Message-ID
}

// A share is how much of a mail a FETCH response brings.
type share uint8

const (
	flags share = iota // flags, sizes, dates: nothing that was written
	heads
	part
	whole
)

// piece takes a literal of a FETCH response with the rest of its line, where the next one may be announced.
func (t *imapTalk) piece(b *Book, r *Record, m *application.Message) {
	f := &t.fetch
	if !f.open || m.Tag != "*" {
		return
	}
	if !m.Complete {
		if f.what >= part {
			t.broken++
		}
		f.open = false
		return
	}
	n, _ := strconv.Atoi(fieldText(m, "literal"))
	f.bytes += int64(n)
	if f.what == whole && !f.named {
		f.id = headOf(m.Text[:min(n, len(m.Text))]).id
		f.named = true
	}
	if n < len(m.Text) {
		f.take(m.Text[n:])
	}
}

// take reads the items of a FETCH response, up to a literal.
func (f *fetched) take(items string) {
	items = application.Upper(items)
	for rest := items; ; {
		at := strings.Index(rest, "BODY[")
		if at < 0 {
			break
		}
		rest = rest[at+len("BODY["):]
		section, behind, _ := strings.Cut(rest, "]")
		switch {
		case section == "" && !strings.HasPrefix(behind, "<"):
			f.what = max(f.what, whole)
		case strings.HasPrefix(section, "HEADER"):
			f.what = max(f.what, heads)
		default:
			f.what = max(f.what, part)
		}
	}
	for _, item := range [...]struct {
		word string
		what share
	}{{"RFC822 ", whole}, {"RFC822.TEXT", part}, {"BINARY[", part}, {"RFC822.HEADER", heads}, {"ENVELOPE", heads}, {"BODYSTRUCTURE", heads}, {"BODY (", heads}} {
		if strings.Contains(items, item.word) {
			f.what = max(f.what, item.what)
		}
	}
}

// endFetch counts a FETCH response that is complete.
func (t *imapTalk) endFetch(b *Book, r *Record) {
	f := &t.fetch
	if !f.open {
		return
	}
	switch f.what {
	case whole:
		t.whole++
		t.bytes += f.bytes
		b.fetched(r, f.id)
		b.readable(r, f.bytes)
	case part:
		t.parts++
		b.glimpse(r)
		t.partBytes += f.bytes
	case heads:
		t.brought.heads++
		b.glimpse(r)
	}
	*f = fetched{}
}
