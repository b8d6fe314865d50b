package imap

import (
	"slices"

	"mailwire/layers/application/message"
)

// fetch does FETCH (RFC 3501 §6.4.5): message after message, and only as fast as the output is taken.
func (s *Server) fetch() {
	c := &s.command
	places, ok := s.named()
	if !ok {
		return
	}
	if c.UID() && !slices.ContainsFunc(c.Items, func(i FetchItem) bool { return i.Name == "UID" }) {
		c.Items = append(c.Items, FetchItem{Name: "UID"}) // RFC 3501 §6.4.8
	}
	missing := false
	s.job = func() bool {
		if len(places) > 0 {
			missing = !s.fetchOne(places[0]) || missing
			places = places[1:]
			return true
		}
		if missing {
			s.refuse(ErrExpunged) // RFC 5530 §3
		} else {
			s.done("", c.Name+" completed")
		}
		return false
	}
}

// fetchOne tells what the command asks for of one message; false when the message is gone.
func (s *Server) fetchOne(place int) bool {
	v := s.box
	m := &v.messages[place]
	data := FetchData{Seq: uint32(place + 1)}
	seen := false
	for _, item := range s.command.Items {
		seen = seen || item.SetsSeen()
		if !v.datum(m, item, &data) {
			return false
		}
	}
	// RFC 3501 §6.4.5: \Seen is set implicitly, and the client is told of it.
	if seen && !v.readOnly && !m.has(Seen) {
		if flags, modSeq, err := v.mailbox.Store(m.UID, AddFlags, []string{Seen}); err == nil {
			m.Flags, m.ModSeq, m.dirty = flags, modSeq, false
			data.HasFlags = true
		}
	}
	if data.HasFlags {
		data.Flags, m.dirty = m.flags(), false
	}
	s.write(NewEncoder().Atom("* ").Number(int64(data.Seq)).Atom(" FETCH ").FetchData(&data))
	return true
}

// datum adds one item of a message; false when the message is gone.
func (v *view) datum(m *viewed, item FetchItem, data *FetchData) bool {
	switch item.Name {
	case "FLAGS":
		data.HasFlags = true
		return true
	case "UID":
		data.UID = m.UID
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
		if ok && !data.Extended {
			data.Structure, data.Extended = whole.BodyStructure(), item.Name == "BODYSTRUCTURE"
		}
		return ok
	}
	section, ok := v.section(m.UID, item)
	if ok && !slices.ContainsFunc(data.Sections, section.same) {
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
	case len(of.Path) == 0 && of.Specifier == message.Everything:
		s.Bytes, ok = v.body(uid)
		found = true
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
	if p := item.Partial; p != nil && found {
		// RFC 3501 §6.4.5: an origin beyond the end gives an empty string.
		s.Origin = int64(p.Offset)
		from := min(s.Origin, int64(len(s.Bytes)))
		s.Bytes = s.Bytes[from:min(from+int64(p.Count), int64(len(s.Bytes)))]
	}
	return s, ok
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
