package imap

import (
	"strings"
	"time"

	"mailwire/layers/application/message"
)

// search does SEARCH (RFC 3501 §6.4.4).
func (s *Server) search() {
	c, v := &s.command, s.box
	switch strings.ToUpper(c.Charset) {
	case "", "US-ASCII", "UTF-8":
	default:
		s.refuse(&Refusal{"BADCHARSET (US-ASCII UTF-8)", "Unknown charset"})
		return
	}
	e := NewEncoder().Atom("* SEARCH")
	lower(&c.Search)
	for i := range v.messages {
		m := &v.messages[i]
		if m.gone || !v.fits(&c.Search, i) {
			continue
		}
		n := int64(i + 1)
		if c.UID() {
			n = int64(m.UID)
		}
		e.SP().Number(n)
	}
	s.write(e)
	s.done("", c.Name+" completed")
}

// lower prepares the texts for comparing without regard to case.
func lower(k *SearchKey) {
	k.Text = strings.ToLower(k.Text)
	for i := range k.Keys {
		lower(&k.Keys[i])
	}
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
		return k.Set.Contains(uint32(place+1), uint32(len(v.messages)))
	case "UID":
		return k.Set.Contains(m.UID, v.largestUID())
	case "LARGER":
		return m.Size > int64(k.Number)
	case "SMALLER":
		return m.Size < int64(k.Number)
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
	case "TEXT":
		if contains(string(header.Bytes), k.Text) {
			return true
		}
		for _, f := range fields {
			if contains(f.Decoded(), k.Text) {
				return true
			}
		}
	case "BODY":
	default:
		return fieldContains(fields, k.Name, k.Text)
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
