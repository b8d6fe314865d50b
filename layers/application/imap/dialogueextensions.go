package imap

import (
	"slices"
	"strings"

	"mailwire/layers"
)

// extensionNotes explains what a command says beyond its base: parameters, modifiers, options of extensions.
func extensionNotes(notes []layers.Note, c *Command) []layers.Note {
	add := func(on bool, id string, args ...layers.Arg) {
		if on {
			notes = append(notes, layers.N(id, args...))
		}
	}
	add(c.Select.CondStore, "imap.select.condstore")
	add(c.Select.QResync != nil, "imap.select.qresync")
	if c.ChangedSince != nil {
		add(true, "imap.fetch.changedsince", modSeqArg(*c.ChangedSince))
	}
	add(c.Vanished, "imap.fetch.vanished")
	if c.UnchangedSince != nil {
		add(true, "imap.store.unchangedsince", modSeqArg(*c.UnchangedSince))
	}
	if r := c.Return; r != nil {
		add(r.results(), "imap.search.return")
		add(r.Save, "imap.search.save")
	}
	add(c.Saved || c.Search.has("$"), "imap.search.saved")
	add(c.List.Extended, "imap.list.selection")
	add(len(c.List.ReturnStatus) > 0, "imap.list.status")
	add(len(c.Uses) > 0, "imap.create.use")
	if c.Name == "ENABLE" {
		notes = capabilityNotes(notes, c.Words)
	}
	return notes
}

func modSeqArg(n uint64) layers.Arg { return layers.A("modseq", layers.Int(int64(n))) }

// extensionItems are the items of a FETCH response that extensions have brought.
func extensionItems(notes []layers.Note, told *FetchData) []layers.Note {
	for _, item := range []struct {
		on   bool
		name string
	}{
		{told.ModSeq != 0, "MODSEQ"}, {len(told.BinarySizes) > 0, "BINARY.SIZE"}, {told.Preview != nil, "PREVIEW"},
		{slices.ContainsFunc(told.Sections, func(s SectionData) bool { return s.Name == "BINARY[]" }), "BINARY"},
	} {
		if item.on {
			notes = itemNote(notes, item.name, false)
		}
	}
	return notes
}

// announcesAnother says whether another literal follows behind one of this length: APPEND with several mails (RFC 3502).
func announcesAnother(text string, literal int64) bool {
	if literal >= int64(len(text)) {
		return false
	}
	_, marked := literalAtEnd([]byte(text[literal:]))
	return marked
}

// earlierVanished says whether a VANISHED tells of removals while the client was away.
func earlierVanished(data string) bool { return strings.HasPrefix(strings.ToUpper(data), "(EARLIER)") }
