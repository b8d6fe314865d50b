package imap

import (
	"slices"
	"strings"
	"time"

	"mailwire/layers/application/message"
)

// search does SEARCH (RFC 3501 §6.4.4).
func (s *Server) search() {
	c := &s.command
	places, ok := s.searched()
	if !ok {
		return
	}
	s.tellFound("SEARCH", places)
	s.done(s.box.issued(), c.Name+" completed")
}

// searched lists the places of the messages that meet the keys of the command; it refuses the command itself when their
// charset is unknown. Messages that another session has expunged, and of which this client does not know, are searched by
// what is known of them still; in the answer to a UID command they are gone.
func (s *Server) searched() (places []int, ok bool) {
	c, v := &s.command, s.box
	if c.Charset != "" && s.uses(utf8Accept) {
		s.bad("With UTF8=ACCEPT a SEARCH has no charset", "RFC 9755 §3")
		return nil, false
	}
	if c.Charset != "" && !c.Search.decode(c.Charset) {
		s.save(nil) // RFC 5182 §2.1: a SEARCH that is refused leaves nothing saved
		s.refuse(&Refusal{"BADCHARSET (US-ASCII UTF-8)", "Unknown charset"})
		return nil, false
	}
	if c.Search.has("MODSEQ") && !s.needsModSeq() {
		return nil, false
	}
	v.now = s.now
	c.Search.prepare()
	for i := range v.messages {
		if m := &v.messages[i]; !(m.gone && c.UID()) && v.fits(&c.Search, i) {
			places = append(places, i)
		}
	}
	return places, true
}

// decode turns the texts of the keys from a charset into UTF-8; false when nobody knows it.
func (k *SearchKey) decode(charset string) (ok bool) {
	if k.Text, ok = message.FromCharset(charset, []byte(k.Text)); !ok {
		return false
	}
	for i := range k.Keys {
		if !k.Keys[i].decode(charset) {
			return false
		}
	}
	return true
}

// prepare makes the texts ready for comparing without regard to case, and puts the keys that need no bytes of a message
// before those that do.
func (k *SearchKey) prepare() {
	k.Text = strings.ToLower(k.Text)
	for i := range k.Keys {
		k.Keys[i].prepare()
	}
	if k.Name == "AND" {
		slices.SortStableFunc(k.Keys, func(a, b SearchKey) int { return a.cost() - b.cost() })
	}
}

// cost is 0 for a key that looks at what the view knows, 1 at the header, 2 at the whole message.
func (k *SearchKey) cost() (n int) {
	switch k.Name {
	case "BCC", "CC", "FROM", "TO", "SUBJECT", "HEADER", "SENTBEFORE", "SENTON", "SENTSINCE":
		return 1
	case "BODY", "TEXT":
		return 2
	}
	for i := range k.Keys {
		n = max(n, k.Keys[i].cost())
	}
	return n
}

// fits says whether the message at a place meets a key.
func (v *view) fits(k *SearchKey, place int) bool {
	m := &v.messages[place]
	switch k.Name {
	case "AND":
		for i := range k.Keys {
			if !v.fits(&k.Keys[i], place) {
				return false
			}
		}
		return true
	case "OR":
		return v.fits(&k.Keys[0], place) || v.fits(&k.Keys[1], place)
	case "NOT":
		return !v.fits(&k.Keys[0], place)
	case "ALL":
		return true
	case "SET":
		return v.covers(k.Set, place)
	case "$":
		return spans(v.saved).has(m.UID)
	case "MODSEQ":
		return m.ModSeq >= k.ModSeq
	case "OLDER": // RFC 5032 §3: at that instant or earlier
		return !m.InternalDate.After(v.now.Add(-time.Duration(k.Number) * time.Second))
	case "YOUNGER":
		return !m.InternalDate.Before(v.now.Add(-time.Duration(k.Number) * time.Second))
	case "UID":
		return k.Set.Contains(m.UID, v.largestUID())
	case "LARGER":
		return m.Size > k.Number
	case "SMALLER":
		return m.Size < k.Number
	case "BEFORE", "ON", "SINCE":
		return compareDays(k.Name, m.InternalDate, k.Date)
	case "BCC", "CC", "FROM", "TO", "SUBJECT", "HEADER", "SENTBEFORE", "SENTON", "SENTSINCE", "BODY", "TEXT":
		return v.fitsText(k, m.UID)
	}
	return m.fitsFlag(k)
}

// fitsFlag does the keys that look at flags.
func (m *viewed) fitsFlag(k *SearchKey) bool {
	switch k.Name {
	case "RECENT":
		return m.Recent
	case "OLD":
		return !m.Recent
	case "NEW": // §6.4.4: RECENT and UNSEEN together
		return m.Recent && !m.has(Seen)
	case "KEYWORD":
		return m.has(k.Text)
	case "UNKEYWORD":
		return !m.has(k.Text)
	}
	if name, un := strings.CutPrefix(k.Name, "UN"); un {
		return !m.has(`\` + name)
	}
	return m.has(`\` + k.Name)
}

// compareDays compares days, without regard to time and zone (§6.4.4).
func compareDays(how string, t, day time.Time) bool {
	year, month, date := t.Date()
	given := time.Date(year, month, date, 0, 0, 0, 0, time.UTC)
	switch strings.TrimPrefix(how, "SENT") {
	case "BEFORE":
		return given.Before(day)
	case "ON":
		return given.Equal(day)
	}
	return !given.Before(day)
}

// fitsText does the keys that look into the message.
func (v *view) fitsText(k *SearchKey, uid uint32) bool {
	header, ok := v.header(uid)
	if !ok {
		v.lost = true
		return false
	}
	fields := header.Root.Fields
	switch k.Name {
	case "SENTBEFORE", "SENTON", "SENTSINCE":
		f, _ := fields.Get("Date")
		sent, ok := message.ParseDate(f.Unfolded())
		return ok && compareDays(k.Name, sent, k.Date)
	case "HEADER":
		return fieldContains(fields, k.Field, k.Text)
	case "SUBJECT":
		return fieldContains(fields, "Subject", k.Text)
	case "BCC", "CC", "FROM", "TO":
		return fieldContains(fields, k.Name, k.Text) || addressContains(fields, k.Name, k.Text)
	case "TEXT":
		if contains(string(header.Bytes), k.Text) {
			return true
		}
		for _, f := range fields {
			if contains(f.Decoded(), k.Text) {
				return true
			}
		}
	}
	whole, _ := v.whole(uid)
	return bodyContains(whole, k.Text)
}

// fieldContains looks into all fields of a name; an empty text asks whether there is one (§6.4.4 HEADER).
func fieldContains(h message.Header, name, text string) bool {
	for _, f := range h {
		if f.Is(name) && (contains(f.Decoded(), text) || contains(f.Unfolded(), text)) {
			return true
		}
	}
	return false
}

// addressContains looks into the addresses of the fields of a name as ENVELOPE tells them (§6.4.4): without comments, the
// parts of an address put together.
func addressContains(h message.Header, name, text string) bool {
	for _, f := range h {
		if !f.Is(name) {
			continue
		}
		for _, a := range message.ParseAddresses(f.Unfolded()) {
			if contains(message.DecodeWords(a.Name)+" <"+a.Mailbox+"@"+a.Host+">", text) {
				return true
			}
		}
	}
	return false
}

// bodyContains looks into the text parts, decoded, and into the headers of messages within the message.
func bodyContains(m *message.Message, text string) (found bool) {
	m.Walk(func(p *message.Part, depth int) bool {
		switch {
		case p.Type.Is("text"):
			found = contains(m.Text(p), text)
		case p.Message != nil:
			found = contains(string(m.HeaderBytes(p.Message)), text)
		}
		return !found
	})
	return found
}

// contains looks for a text, which is in lower case already, in any case.
func contains(s, text string) bool { return strings.Contains(strings.ToLower(s), text) }
