package trace

import (
	"bytes"
	"slices"

	"mailwire/layers"
	"mailwire/layers/application"
)

// masked stands for a secret value, whatever its length.
const masked = "********"

// mask hides the secrets of m. Its text keeps its length, so that the ranges of its secrets still hold.
func mask(m *Message) {
	if len(m.Secrets) > 0 {
		m.Masked = true
		m.Text = maskText(m.Text, m.Secrets)
	}
	if slices.ContainsFunc(m.Fields, func(f layers.Field) bool { return f.Secret }) {
		m.Masked = true
		m.Fields = slices.Clone(m.Fields)
		for i := range m.Fields {
			maskField(&m.Fields[i])
		}
	}
	m.Notes = MaskNotes(m.Notes)
}

// maskText puts stars in the place of the bytes that secrets name.
func maskText(text string, secrets []layers.Range) string {
	b := []byte(text)
	for _, r := range secrets {
		if low, high := max(0, r.Offset), min(len(b), r.End()); low < high {
			copy(b[low:high], bytes.Repeat([]byte{'*'}, high-low))
		}
	}
	return string(b)
}

func maskField(f *layers.Field) {
	if f.Secret {
		f.Value = layers.String(masked)
	}
}

// MaskNotes returns notes with stars in the place of secret arguments; notes without any are returned as they are. The
// follower does it unless secrets are shown; a face that tells notes to somebody else than its reader does it always.
func MaskNotes(notes []layers.Note) []layers.Note {
	hides := false
	for i := range notes {
		hides = hides || hidesArg(&notes[i])
	}
	if !hides {
		return notes
	}
	notes = slices.Clone(notes)
	for i := range notes {
		if !hidesArg(&notes[i]) {
			continue
		}
		notes[i].Args = slices.Clone(notes[i].Args)
		for j := range notes[i].Args {
			if a := &notes[i].Args[j]; a.Secret {
				a.Value = layers.String(masked)
			}
		}
	}
	return notes
}

// hidesArg tells whether an argument of a note is secret.
func hidesArg(n *layers.Note) bool {
	for i := range n.Args {
		if n.Args[i].Secret {
			return true
		}
	}
	return false
}

// hideSegment notes where secrets lie in the frame: known ones, and what the client said that is not understood yet.
func (f *Follower) hideSegment(c *conversation, side layers.Side, start int64, at int, length int) {
	if f.options.ShowSecrets || length == 0 {
		return
	}
	if c.protocol == nil && c.overture == nil {
		// It has been decided that nobody here knows the protocol, and no more bytes will tell it. To hide all would leave a
		// reader who wants to know what this connection is with stars alone; so what looks like a login is hidden, as
		// Options.ShowSecrets says.
		if side == layers.Client || c.stream.MidStream {
			for _, r := range application.LoginsWithin(string(f.segment.Payload)) {
				f.packet.Secrets = append(f.packet.Secrets, layers.Range{Offset: at + r.Offset, Length: r.Length})
			}
		}
		return
	}
	w := &c.ways[side]
	from := len(f.packet.Secrets)
	end := start + int64(length)
	if c.stream.MidStream && start < 0 {
		// Sent again from before the place where the recording begins: nobody reads it.
		f.packet.Secrets = append(f.packet.Secrets, layers.Range{Length: int(min(0, end) - start)})
	}
	f.packet.Secrets = w.appendSecrets(f.packet.Secrets, start, end)
	if unread := max(w.read, start); unread < end && (side == layers.Client || c.stream.MidStream) {
		f.packet.Secrets = append(f.packet.Secrets, layers.Range{Offset: int(unread - start), Length: int(end - unread)})
	}
	for i := range f.packet.Secrets[from:] {
		f.packet.Secrets[from+i].Offset += at
	}
}
