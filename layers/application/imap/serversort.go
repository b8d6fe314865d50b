package imap

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"mailwire/layers/application/message"
)

// sort does SORT (RFC 5256 §3): a SEARCH whose result is put into an order.
func (s *Server) sort() {
	places, ok := s.searched()
	if !ok {
		return
	}
	s.box.order(places, s.command.Sort)
	s.tellFound("SORT", places)
	s.done(s.box.issued(), s.command.Name+" completed")
}

// A sortable is a message with what it is sorted by, one value for each key.
type sortable struct {
	place  int
	values []sortValue
}

// A sortValue is a text, a time or a size.
type sortValue struct {
	text string
	time time.Time
	size int64
}

func (a sortValue) compare(b sortValue) int {
	return cmp.Or(strings.Compare(a.text, b.text), a.time.Compare(b.time), cmp.Compare(a.size, b.size))
}

// order sorts places; what is equal by all keys keeps the order of the mailbox (RFC 5256 §3).
func (v *view) order(places []int, keys []SortKey) {
	all := make([]sortable, len(places))
	for i, place := range places {
		all[i] = sortable{place, make([]sortValue, len(keys))}
		for k, key := range keys {
			all[i].values[k] = v.sortValue(&v.messages[place], key.Name)
		}
	}
	slices.SortStableFunc(all, func(a, b sortable) int {
		for i, key := range keys {
			order := a.values[i].compare(b.values[i])
			if key.Reverse {
				order = -order
			}
			if order != 0 {
				return order
			}
		}
		return 0
	})
	for i := range all {
		places[i] = all[i].place
	}
}

func (v *view) sortValue(m *viewed, key string) (value sortValue) {
	switch key {
	case "ARRIVAL":
		value.time = m.InternalDate
		return value
	case "SIZE":
		value.size = m.Size
		return value
	}
	header, ok := v.header(m.UID)
	if !ok {
		v.lost = true
		return value
	}
	fields := header.Root.Fields
	switch key {
	case "DATE":
		value.time = sentDate(fields, m.InternalDate)
	case "SUBJECT":
		base, _ := baseSubject(fields.Decoded("Subject"))
		value.text = caseMap(base)
	case "DISPLAYFROM":
		value.text = caseMap(displayOf(fields, "From"))
	case "DISPLAYTO":
		value.text = caseMap(displayOf(fields, "To"))
	default: // CC, FROM, TO
		if first, ok := firstAddress(fields, key); ok {
			value.text = caseMap(first.Mailbox)
		}
	}
	return value
}

// sentDate is the date that the sender gave, or when the message arrived, where there is none (RFC 5256 §2.2).
func sentDate(fields message.Header, arrived time.Time) time.Time {
	if f, ok := fields.Get("Date"); ok {
		if sent, ok := message.ParseDate(f.Unfolded()); ok {
			return sent
		}
	}
	return arrived
}

// firstAddress is the first address of the first field of a name.
func firstAddress(fields message.Header, name string) (a message.Address, ok bool) {
	f, _ := fields.Get(name)
	all := message.ParseAddresses(f.Unfolded())
	if len(all) == 0 {
		return a, false
	}
	return all[0], true
}

// displayOf is the name that a mail program shows for the first address (RFC 5957 §3).
func displayOf(fields message.Header, name string) string {
	a, ok := firstAddress(fields, name)
	switch display := strings.TrimSpace(message.DecodeWords(a.Name)); {
	case !ok:
		return ""
	case display != "":
		return display
	case a.Host != "":
		return a.Mailbox + "@" + a.Host
	}
	return a.Mailbox
}

// caseMap makes texts comparable as i;unicode-casemap does (RFC 5051 §2): in title case, decomposed.
func caseMap(s string) string {
	return norm.NFKD.String(strings.Map(unicode.ToTitle, s))
}
