// Package pcapng shows a trace as a capture file: the frames, each with its explanation as a comment, and the names of
// the devices. Wireshark opens it, and mailwire replay tells the same story from it.
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

// Show writes the frame of a packet, and the names that a title tells. Other events have no place in a capture.
func (f *Face) Show(e trace.Event) error {
	switch e := e.(type) {
	case *trace.Title:
		var names []capture.Name
		for _, n := range e.Names {
			names = append(names, capture.Name{Addr: n.Addr, Name: n.Name})
		}
		return f.writer.Names(names)
	case *trace.Packet:
		return f.writer.Frame(e.Frame, f.explanation(e))
	}
	return nil
}

// explanation is what the trace says of a packet, a line for each note.
func (f *Face) explanation(p *trace.Packet) string {
	var lines []string
	for _, n := range p.Notes {
		lines = append(lines, f.words.Line(n))
	}
	return strings.Join(lines, "\n")
}
