package save

import (
	"fmt"
	"io"
	"os"

	"mailwire/layers/application/message"
)

// A mail is being saved. Its file is open only while bytes are written to it, because thousands of mails may pass at once.
type mail struct {
	box    *Box
	number int
	held   []byte // not written yet
	length int64
	holes  bool
	file   string // "" until it has one

	stream  int    // of a mail that is fetched in pieces
	message string // its number there
}

// A pieceWriter takes one piece of a mail; the next one may follow.
type pieceWriter struct{ *mail }

// Close ends the piece.
func (p *pieceWriter) Close(complete bool) { p.holes = p.holes || !complete }

// Write takes the mail's next bytes.
func (m *mail) Write(b []byte) {
	m.length += int64(len(b))
	m.held = append(m.held, b...)
	m.box.held += len(b)
	if len(m.held) >= buffered || m.box.held >= heldMax {
		m.write()
	}
}

// Gap says that bytes are missing: what is known of the mail goes on behind them.
func (m *mail) Gap(n int64) {
	m.length += n
	m.holes = true
}

// Close ends the mail.
func (m *mail) Close(complete bool) {
	m.holes = m.holes || !complete
	m.finish()
}

// write moves what is held to the mail's file, which gets its name with the first bytes.
func (m *mail) write() {
	box := m.box
	box.held -= len(m.held)
	if box.fault == nil {
		box.fault = m.append()
	}
	m.held = m.held[:0]
}

func (m *mail) append() error {
	if m.file == "" {
		name, err := m.box.create(fmt.Sprintf("%04d-%s", m.number, title(message.Parse(m.held).Root.Fields.Decoded("Subject"))), "eml")
		if err != nil {
			return err
		}
		m.file = name
	}
	f, err := m.box.root.OpenFile(m.file, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return err
	}
	_, err = f.Write(m.held)
	if e := f.Close(); err == nil {
		err = e
	}
	return err
}

// finish writes the rest of the mail and what is attached to it.
func (m *mail) finish() {
	box := m.box
	if m.length == 0 || box.fault != nil {
		box.held -= len(m.held)
		return
	}
	m.write()
	box.saved.Mails++
	if m.holes {
		box.saved.Incomplete++
	}
	if box.fault == nil {
		box.fault = m.finishFiles()
	}
	m.held = nil
}

func (m *mail) finishFiles() error {
	if m.length <= partsMax {
		if err := m.saveParts(); err != nil {
			return err
		}
	}
	if !m.holes {
		return nil
	}
	// Whoever finds the file later has to see that it is not the whole mail.
	name, err := m.box.create(m.file[:len(m.file)-len(".eml")]+".incomplete", "eml")
	if err != nil {
		return err
	}
	return m.box.root.Rename(m.file, name)
}

// saveParts writes the mail's attachments: parts of it, or the whole of its body.
func (m *mail) saveParts() error {
	f, err := m.box.root.Open(m.file)
	if err != nil {
		return err
	}
	bytes, err := io.ReadAll(io.LimitReader(f, partsMax))
	f.Close()
	if err != nil {
		return err
	}
	parsed := message.Parse(bytes)
	parsed.Walk(func(p *message.Part, _ int) bool {
		if p.IsAttachment() {
			err = m.savePart(parsed, p)
		}
		return err == nil
	})
	return err
}

func (m *mail) savePart(parsed *message.Message, p *message.Part) error {
	stem, ending := attachmentName(p.FileName(), p.Type)
	name, err := m.box.create(fmt.Sprintf("%04d-%s", m.number, stem), ending)
	if err != nil {
		return err
	}
	m.box.saved.Attachments++
	f, err := m.box.root.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.Write(parsed.Content(p))
	if e := f.Close(); err == nil {
		err = e
	}
	return err
}
