// Package save writes the mails that pass in a trace to a directory: each as a file of its own, and what is attached to it
// beside it.
//
// What is written comes from strangers. A name is made anew from what the mail says and holds letters and digits; a file
// is never written over another, never executable, and one of a kind that some system would run gets a harmless ending.
//
// Not saved: what a client fetches of a mail alone (its header, a part of it), and the parts of mails longer than 64 MiB,
// which are in the mail's file.
package save

import (
	"os"

	"mailwire/layers/application"
)

const (
	buffered   = 64 << 10 // bytes of a mail that are held before they are written
	heldMax    = 32 << 20 // of all mails together; beyond it each piece is written at once
	piecesKept = 1024     // mails that are fetched in pieces and may go on
	partsMax   = 64 << 20 // bytes of a mail whose attachments are written
)

// A Box is the directory that mails are saved in.
type Box struct {
	dir    string
	root   *os.Root
	number int // of the last mail
	held   int // bytes of mails that are not written yet
	pieces []*mail
	saved  Saved
	fault  error // the first that a file had; nothing is saved after it
}

// Saved counts what a box holds.
type Saved struct{ Mails, Incomplete, Attachments int }

// Open makes the directory dir if there is none. The error is the system's.
func Open(dir string) (*Box, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	return &Box{dir: dir, root: root}, nil
}

// Mail saves a mail that begins to pass in a stream. It is what trace.Options.Mails asks for.
func (b *Box) Mail(stream int, start application.MailStart) application.MailWriter {
	if b.fault != nil {
		return nil
	}
	if start.Piece {
		return b.piece(stream, start)
	}
	if start.Origin > 0 {
		return nil
	}
	return b.begin()
}

func (b *Box) begin() *mail {
	b.number++
	return &mail{box: b, number: b.number}
}

// piece goes on with a mail that is fetched in pieces, or begins it.
func (b *Box) piece(stream int, start application.MailStart) application.MailWriter {
	for _, m := range b.pieces {
		if m.stream != stream || m.message != start.Number {
			continue
		}
		if m.length == start.Origin {
			return &pieceWriter{m}
		}
	}
	if start.Origin > 0 {
		return nil // its beginning was not seen
	}
	if len(b.pieces) == piecesKept {
		b.pieces[0].finish()
		b.pieces = b.pieces[1:]
	}
	m := b.begin()
	m.stream, m.message = stream, start.Number
	b.pieces = append(b.pieces, m)
	return &pieceWriter{m}
}

// Err is the first error that a file had; what has passed since is not saved.
func (b *Box) Err() error { return b.fault }

// Close writes what is not written yet. It returns what was saved, and the first error that a file had.
func (b *Box) Close() (Saved, error) {
	for _, m := range b.pieces {
		m.finish()
	}
	b.pieces = nil
	if err := b.root.Close(); b.fault == nil {
		b.fault = err
	}
	return b.saved, b.fault
}
