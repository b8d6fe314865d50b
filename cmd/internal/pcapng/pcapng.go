// Package pcapng shows a trace as a capture file: the frames, each with its explanation as a comment, the names of the
// devices, and the keys of encrypted sessions where secrets are shown. Wireshark opens it, and mailwire replay tells the
// same story from it.
package pcapng

import (
	"io"
	"strings"

	"mailwire/layers/capture"
	"mailwire/layers/lexicon"
	"mailwire/layers/trace"
)

// A Face writes the packets of a trace as pcapng.
type Face struct {
	writer *capture.Writer
	words  *lexicon.Lexicon
}

// New returns a face that writes to w, beginning with the file's header.
func New(w io.Writer, words *lexicon.Lexicon) (*Face, error) {
	writer, err := capture.NewWriter(w, "mailwire")
	return &Face{writer, words}, err
}

// Show writes the frame of a packet, what addresses are called, and secrets for decryption. Other events have no place
// in a capture.
func (f *Face) Show(e trace.Event) error {
	switch e := e.(type) {
	case trace.Names:
		names := make([]capture.Name, len(e))
		for i, n := range e {
			names[i] = capture.Name(n)
		}
		return f.writer.Names(names)
	case trace.Secrets:
		for _, s := range e {
			if err := f.writer.Secrets(capture.Secrets(s)); err != nil {
				return err
			}
		}
	case *trace.Packet:
		return f.writer.Frame(e.Frame, f.explanation(e))
	}
	return nil
}

// explanation is what the trace says of a packet, a line for each note. A file goes from hand to hand, and a password in
// plain words is found sooner than one in base64: it is masked even where the trace shows it.
func (f *Face) explanation(p *trace.Packet) string {
	var lines []string
	for _, n := range trace.MaskNotes(p.Notes) {
		lines = append(lines, f.words.Line(n))
	}
	return strings.Join(lines, "\n")
}
