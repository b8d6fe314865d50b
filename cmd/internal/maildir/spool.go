package maildir

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"mailwire/layers/application/smtp"
	"mailwire/sim/mail"
)

// A Spool keeps the queued mails of a mail host, each in a file: a line of JSON with the envelope, and the mail. It is a
// mail.Spool.
type Spool struct{ folder string }

// An envelope is the first line of a file in the spool.
type envelope struct {
	ID       string      `json:"id"`
	From     string      `json:"from"` // with angle brackets
	Return   smtp.Return `json:"return,omitempty"`
	Envelope string      `json:"envelope,omitempty"`
	Domain   string      `json:"domain"`
	To       []recipient `json:"to"`
	Since    time.Time   `json:"since"`
	Warned   bool        `json:"warned,omitempty"`
	Size     int         `json:"size"` // of the mail
}

type recipient struct {
	Path     string      `json:"path"`
	Notify   smtp.Notify `json:"notify,omitempty"`
	Original string      `json:"original,omitempty"`
}

// Spool is the queue of a mail host of the store.
func (s *Store) Spool(host string) (mail.Spool, error) {
	folder := filepath.Join(s.root, "queue", escape(host))
	return &Spool{folder}, os.MkdirAll(folder, 0o700)
}

// unfinished is the end of the name of a file that is being written.
const unfinished = ".tmp"

// Waiting reads all that is kept; *[Damage].
func (s *Spool) Waiting() ([]mail.QueuedMail, error) {
	entries, err := os.ReadDir(s.folder)
	if err != nil {
		return nil, err
	}
	var all []mail.QueuedMail
	for _, e := range entries {
		path := filepath.Join(s.folder, e.Name())
		if strings.HasSuffix(e.Name(), unfinished) {
			os.Remove(path) // nobody was told that it is kept
			continue
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		m, ok := parseQueued(content)
		if !ok {
			return nil, &Damage{Path: path, Reason: WrongSize}
		}
		all = append(all, m)
	}
	return all, nil
}

func parseQueued(content []byte) (m mail.QueuedMail, ok bool) {
	line, data, _ := bytes.Cut(content, []byte("\n"))
	var e envelope
	if json.Unmarshal(line, &e) != nil || e.Size != len(data) || e.ID == "" || len(e.To) == 0 {
		return m, false
	}
	from, err := smtp.ParsePath(e.From)
	if err != nil {
		return m, false
	}
	m = mail.QueuedMail{ID: e.ID, From: from, Return: e.Return, Envelope: e.Envelope, Domain: e.Domain, Since: e.Since, Warned: e.Warned, Data: data}
	for _, r := range e.To {
		path, err := smtp.ParsePath(r.Path)
		if err != nil {
			return m, false
		}
		m.To = append(m.To, smtp.Recipient{Path: path, Notify: r.Notify, Original: r.Original})
	}
	return m, true
}

// Put writes a mail, or writes it anew.
func (s *Spool) Put(m mail.QueuedMail) error {
	e := envelope{ID: m.ID, From: m.From.String(), Return: m.Return, Envelope: m.Envelope, Domain: m.Domain, Since: m.Since, Warned: m.Warned, Size: len(m.Data)}
	for _, r := range m.To {
		e.To = append(e.To, recipient{r.Path.String(), r.Notify, r.Original})
	}
	line, err := json.Marshal(e)
	if err != nil {
		return err
	}
	return replace(s.path(m.ID), append(append(line, '\n'), m.Data...))
}

// Remove removes a mail.
func (s *Spool) Remove(id string) error {
	if err := os.Remove(s.path(id)); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

func (s *Spool) path(id string) string { return filepath.Join(s.folder, escape(id)) }
