package imap

import (
	"bytes"
	"strconv"
	"strings"

	"mailwire/layers"
	"mailwire/layers/application"
	"mailwire/layers/application/message"
)

// A mail is a literal that holds a mail's bytes, or the first of them. Its methods do nothing on nil.
type mail struct {
	passing *message.Passing
	whole   bool // all of the mail, not its header alone
	first   bool // its first bytes are here
}

// beginMail finds whether the literal at the end of a line is a mail's, or a mail's header. Of a mail that is fetched in pieces
// the first counts.
func (d *Dialogue) beginMail(from layers.Side, line []byte, c *commandText) *mail {
	start := application.MailStart{From: from, Verb: "APPEND"}
	section, ok := "", appends(c)
	if from == layers.Server {
		start.Verb = "FETCH"
		var piece piece
		start.Number, section, piece, ok = fetched(line)
		start.Piece, start.Origin = piece.is, piece.origin
	}
	if !ok {
		return nil
	}
	m := &mail{whole: section == "", first: start.Origin == 0}
	if !m.whole && !strings.HasPrefix(section, string(message.HeaderOnly)) {
		return nil
	}
	var copy application.MailWriter
	if m.whole && d.keep != nil {
		copy = d.keep(start)
	}
	m.passing = message.NewPassing(copy)
	return m
}

// appends tells whether the literals of a command are mails.
func appends(command *commandText) bool {
	if command == nil {
		return false
	}
	var c Command
	_, readable := commandOf(command.text, &c)
	return readable && c.Name == "APPEND" && !strings.Contains(application.Upper(string(command.text)), "CATENATE (")
}

// A piece is what stands between < and > behind a section: where in it the bytes begin (RFC 9051 §7.5.2).
type piece struct {
	is     bool
	origin int64
}

// fetched reads what the literal at the end of a FETCH response's line holds: the section of a message ("" for all of it, as
// IMAP names sections), or a piece of that.
func fetched(line []byte) (number, section string, p piece, ok bool) {
	text := string(line[:bytes.LastIndexByte(line, '{')])
	text = strings.TrimRight(text, " ~")
	if rest, found := strings.CutPrefix(text, "* "); found {
		number, _, _ = strings.Cut(rest, " ")
	}
	if before, behind, found := cutLast(text, "<"); found && strings.HasSuffix(behind, ">") {
		p.is = true
		p.origin, _ = strconv.ParseInt(strings.TrimSuffix(behind, ">"), 10, 63)
		text = before
	}
	if before, found := strings.CutSuffix(text, "]"); found {
		_, section, ok = cutLast(before, "[")
		return number, application.Upper(section), p, ok
	}
	switch item := application.Upper(text[strings.LastIndexAny(text, " (")+1:]); item {
	case "RFC822":
		return number, "", p, true
	case "RFC822.HEADER":
		return number, "HEADER", p, true
	}
	return "", "", piece{}, false
}

// cutLast cuts s around the last sep.
func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

func (m *mail) write(b []byte) {
	if m != nil {
		m.passing.Write(b)
	}
}

func (m *mail) gap(n int64) {
	if m != nil {
		m.passing.Gap(n)
	}
}

func (m *mail) end(complete bool) {
	if m != nil {
		m.passing.End(complete)
	}
}

// notes explains the mail, which has ended.
func (m *mail) notes(complete bool) []layers.Note {
	if m == nil || !m.first {
		return nil
	}
	var notes []layers.Note
	if m.whole && complete {
		notes = m.passing.TreeNotes()
	}
	return append(notes, m.passing.HeadNotes(complete && m.whole)...)
}

// KeepMails hands on the mails that pass.
func (d *Dialogue) KeepMails(open func(application.MailStart) application.MailWriter) { d.keep = open }
