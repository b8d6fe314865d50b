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
	writer  *capture.Writer
	words   *lexicon.Lexicon
	begun   bool           // an interface was described
	names   []capture.Name // to be written behind it
	secrets []capture.Secrets
	held    int // bytes of both
}

// heldMax is how many bytes of names and secrets wait for the first packet.
const heldMax = 16 << 20

// New returns a face that writes to w, beginning with the file's header.
func New(w io.Writer, words *lexicon.Lexicon) (*Face, error) {
	writer, err := capture.NewWriter(w, "mailwire")
	return &Face{writer: writer, words: words}, err
}

// Show writes the frame of a packet, what addresses are called, and secrets for decryption. Other events have no place
// in a capture.
func (f *Face) Show(e trace.Event) error {
	switch e := e.(type) {
	case trace.Names:
		for _, n := range e {
			f.names = append(f.names, capture.Name(n))
			f.held += len(n.Name)
		}
	case trace.Secrets:
		for _, s := range e {
			f.secrets = append(f.secrets, capture.Secrets(s))
			f.held += len(s.Data)
		}
	case *trace.Packet:
		if err := f.begin(e); err != nil {
			return err
		}
		return f.writer.Frame(e.Frame, f.explanation(e))
	}
	if f.begun || f.held > heldMax {
		return f.writeHeld()
	}
	return nil
}

// begin describes the first interface in front of all else: editcap knows the kind of a file by it.
func (f *Face) begin(p *trace.Packet) error {
	if f.begun {
		return nil
	}
	f.begun = true
	if err := f.writer.Interface(p.Frame.Interface); err != nil {
		return err
	}
	return f.writeHeld()
}

// writeHeld writes the names and secrets that came.
func (f *Face) writeHeld() error {
	names, secrets := f.names, f.secrets
	f.names, f.secrets, f.held = nil, nil, 0
	if err := f.writer.Names(names); err != nil {
		return err
	}
	for _, s := range secrets {
		if err := f.writer.Secrets(s); err != nil {
			return err
		}
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
