package imap

import (
	"bytes"
	"slices"

	"mailwire/layers/application/message"
)

// fetch does FETCH (RFC 3501 §6.4.5): message after message, and only as fast as the output is taken.
func (s *Server) fetch() {
	c := &s.command
	if c.Vanished && !s.uses(qResync) {
		s.bad("QRESYNC has not been enabled", "RFC 7162 §3.2.6")
		return
	}
	asksModSeq := slices.ContainsFunc(c.Items, func(i FetchItem) bool { return i.Name == "MODSEQ" })
	if (asksModSeq || c.ChangedSince != nil) && !s.needsModSeq() {
		return
	}
	places, ok := s.named()
	if !ok {
		return
	}
	if c.ChangedSince != nil {
		if !asksModSeq {
			c.Items = append(c.Items, FetchItem{Name: "MODSEQ"}) // RFC 7162 §3.1.4.1
		}
		places = slices.DeleteFunc(places, func(i int) bool { return s.box.messages[i].ModSeq <= *c.ChangedSince })
		if c.Vanished {
			named := c.Set
			if c.Saved {
				named = s.box.saved
			}
			s.tellVanished(named, *c.ChangedSince, 0)
		}
	}
	if c.UID() && !slices.ContainsFunc(c.Items, func(i FetchItem) bool { return i.Name == "UID" }) {
		c.Items = append(c.Items, FetchItem{Name: "UID"}) // RFC 3501 §6.4.8
	}
	s.job = func() bool {
		if len(places) > 0 {
			if !s.fetchOne(places[0]) {
				s.refuse(&Refusal{"LIMIT", "That is too much of one message at once"})
				return false
			}
			places = places[1:]
			return true
		}
		if s.box.unknownCTE {
			s.refuse(errUnknownCTE)
			return false
		}
		s.done(s.box.issued(), c.Name+" completed")
		return false
	}
}

// fetchOne tells what the command asks for of one message. Of one that another session has expunged it tells what is
// known still, and NIL for bytes (RFC 2180 §4.1); a UID that is no more is passed over (RFC 3501 §6.4.8). It is false when
// the command names the same bytes so often that no server should send them.
func (s *Server) fetchOne(place int) bool {
	c, v := &s.command, s.box
	m := &v.messages[place]
	if m.gone && c.UID() {
		return true
	}
	data := FetchData{Seq: uint32(place + 1)}
	seen, there := false, true
	for _, item := range c.Items {
		seen = seen || item.SetsSeen()
		there = v.datum(m, item, &data) && there
		if data.bytes() > max(fetchTimes*m.Size, fetchLeast) {
			return false
		}
	}
	if !there && c.UID() {
		return true
	}
	v.lost = v.lost || !there
	// RFC 3501 §6.4.5: \Seen is set implicitly, and the client is told of it.
	if seen && there && !v.readOnly && !m.has(Seen) {
		if flags, modSeq, err := v.mailbox.Store(m.UID, AddFlags, []string{Seen}); err == nil {
			m.Flags, m.ModSeq = flags, modSeq
			data.HasFlags = true
			s.addModSeq(m, &data)
		}
	}
	if data.HasFlags {
		data.Flags = s.flagsOf(m)
	}
	if !data.empty() {
		s.write(NewEncoder().Atom("* ").Number(int64(data.Seq)).Atom(" FETCH ").FetchData(&data))
	}
	return true
}

// The bytes of one message that one FETCH may ask for: each a few times over, in overlapping parts.
const (
	fetchTimes = 8       // the message's size
	fetchLeast = 1 << 20 // or this, if that is more
)

// bytes is how many bytes of the message are told.
func (f *FetchData) bytes() (n int64) {
	for _, s := range f.Sections {
		n += int64(len(s.Bytes))
	}
	return n
}

// empty says whether there is nothing to tell of a message.
func (f *FetchData) empty() bool {
	return f.UID == 0 && !f.HasFlags && !f.HasSize && f.InternalDate.IsZero() && f.Envelope == nil && f.Structure == nil && len(f.Sections) == 0 &&
		f.ModSeq == 0 && len(f.BinarySizes) == 0 && f.Preview == nil
}

// datum adds one item of a message; false when its bytes are gone.
func (v *view) datum(m *viewed, item FetchItem, data *FetchData) bool {
	switch item.Name {
	case "FLAGS":
		data.HasFlags = true
		return true
	case "UID":
		data.UID = m.UID
		return true
	case "MODSEQ":
		data.ModSeq = m.ModSeq
		return true
	case "INTERNALDATE":
		data.InternalDate = m.InternalDate
		return true
	case "RFC822.SIZE":
		data.Size, data.HasSize = m.Size, true
		return true
	case "ENVELOPE":
		header, ok := v.header(m.UID)
		if ok {
			data.Envelope = header.Envelope()
		}
		return ok
	case "BODY", "BODYSTRUCTURE":
		whole, ok := v.whole(m.UID)
		if !ok {
			return false
		}
		extended := item.Name == "BODYSTRUCTURE"
		data.Plain = data.Plain || data.Structure != nil && data.Extended != extended
		data.Extended = data.Extended || extended
		data.Structure = whole.BodyStructure()
		return true
	}
	if handled, ok := v.derived(m.UID, item, data); handled {
		return ok
	}
	section, ok := v.section(m.UID, item)
	if !slices.ContainsFunc(data.Sections, section.same) {
		data.Sections = append(data.Sections, section)
	}
	return ok
}

func (s SectionData) same(other SectionData) bool {
	return s.Name == other.Name && s.Origin == other.Origin && len(s.Bytes) == len(other.Bytes) &&
		s.Section.Specifier == other.Section.Specifier && slices.Equal(s.Section.Path, other.Section.Path) &&
		slices.Equal(s.Section.Fields, other.Section.Fields)
}

// section cuts the bytes that an item asks for out of a message.
func (v *view) section(uid uint32, item FetchItem) (s SectionData, ok bool) {
	s = SectionData{Name: item.Name, Section: item.Section, Origin: -1}
	of := item.Section
	switch item.Name { // RFC 3501 §6.4.5: the old names for three sections
	case "RFC822.HEADER":
		of.Specifier = message.HeaderOnly
	case "RFC822.TEXT":
		of.Specifier = message.TextOnly
	}
	var found bool
	switch {
	case item.Name == "BINARY[]":
		s.Bytes, found, ok = v.binary(uid, of)
	case len(of.Path) == 0 && of.Specifier == message.Everything:
		s.Bytes, ok = v.body(uid)
		found = ok
	case len(of.Path) == 0 && of.Specifier != message.TextOnly:
		var header *message.Message
		if header, ok = v.header(uid); ok {
			s.Bytes, found = header.Section(of)
		}
	default:
		var whole *message.Message
		if whole, ok = v.whole(uid); ok {
			s.Bytes, found = whole.Section(of)
		}
	}
	s.Nil = !found
	if item.Name != "BINARY[]" { // RFC 3516 §4.2: only that may hold NUL
		s.Bytes = withoutNUL(s.Bytes)
	}
	if p := item.Partial; p != nil && found {
		// RFC 3501 §6.4.5: an origin beyond the end gives an empty string.
		s.Origin = int64(p.Offset)
		from := min(s.Origin, int64(len(s.Bytes)))
		s.Bytes = s.Bytes[from:min(from+int64(p.Count), int64(len(s.Bytes)))]
	}
	return s, ok
}

// withoutNUL returns b as a literal can hold it: a byte that is no CHAR8 becomes 0x80, so that sizes hold (RFC 3501 §9).
func withoutNUL(b []byte) []byte {
	if bytes.IndexByte(b, 0) < 0 {
		return b
	}
	return bytes.ReplaceAll(b, []byte{0}, []byte{0x80})
}

// A parsed keeps what was read of the message that was asked for last: a client fetches a message's parts one by one.
type parsed struct {
	uid    uint32
	bytes  []byte
	header *message.Message // the header alone
	whole  *message.Message
}

func (v *view) body(uid uint32) ([]byte, bool) {
	if v.parsed.uid == uid {
		return v.parsed.bytes, true
	}
	b, err := v.mailbox.Body(uid)
	if err != nil {
		return nil, false
	}
	v.parsed = parsed{uid: uid, bytes: b}
	return b, true
}

// header reads the header alone: most of what clients ask for needs no more.
func (v *view) header(uid uint32) (*message.Message, bool) {
	b, ok := v.body(uid)
	if ok && v.parsed.header == nil {
		_, n := message.ParseHeader(b)
		v.parsed.header = message.Parse(b[:n])
	}
	return v.parsed.header, ok
}

func (v *view) whole(uid uint32) (*message.Message, bool) {
	b, ok := v.body(uid)
	if ok && v.parsed.whole == nil {
		v.parsed.whole = message.Parse(b)
	}
	return v.parsed.whole, ok
}
