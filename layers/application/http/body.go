package http

import (
	"bytes"
	"strconv"
	"strings"

	"mailwire/layers"
	"mailwire/layers/application"
)

const chunkLineMax = 4096

// readBody takes bytes of the body in progress and returns how many.
func (d *Dialogue) readBody(from layers.Side, s *side, b []byte) int {
	body := &s.body
	if body.chunked && body.left == 0 {
		return d.readChunkLine(from, s, b)
	}
	n := int64(len(b))
	if body.left != untilClosed {
		n = min(n, body.left)
		body.left -= n
	}
	s.offset += n
	if body.content != data && !body.torn {
		body.text = append(body.text, b[:min(n, int64(application.TextMax-len(body.text)))]...)
	}
	if body.left == 0 && !body.chunked {
		d.endBody(from, s, true)
	}
	return int(n)
}

// readChunkLine takes the line before a chunk, the end of line behind it, or a line of the trailer (RFC 9112 §7.1).
func (d *Dialogue) readChunkLine(from layers.Side, s *side, b []byte) int {
	body := &s.body
	end := bytes.IndexByte(b, '\n') + 1
	n := end
	if end == 0 {
		n = len(b)
	}
	body.line = append(body.line, b[:min(n, max(0, chunkLineMax-len(body.line)))]...)
	s.offset += int64(n)
	if end == 0 {
		return n
	}
	line := strings.TrimSpace(string(body.line))
	body.line = body.line[:0]
	switch {
	case body.trailer && line == "":
		d.endBody(from, s, true)
	case body.trailer, line == "": // a field of the trailer; the end of a chunk
	default:
		size, _, _ := strings.Cut(line, ";")
		length, err := strconv.ParseInt(strings.TrimSpace(size), 16, 63)
		if err != nil || length < 0 {
			d.endBody(from, s, false)
			s.lost = true
			break
		}
		body.left, body.trailer = length, length == 0
	}
	return n
}

// endBody makes a message of a body.
func (d *Dialogue) endBody(from layers.Side, s *side, complete bool) {
	m, kind := d.bodyMessage(from, s), s.body.content
	s.body = body{}
	if m.Length == 0 {
		return
	}
	m.Complete = complete
	m.Notes = []layers.Note{layers.N(bodyNotes[kind], layers.A("bytes", layers.Int(m.Length)))}
	d.ready.Push(&m)
}

// bodyNotes are the notes for what a body holds.
var bodyNotes = [...]string{data: "http.body", page: "http.page", form: "http.form"}

func (d *Dialogue) bodyMessage(from layers.Side, s *side) application.Message {
	m := application.Message{
		Protocol: "http", From: from, Kind: application.Data, Offset: s.body.start, Length: s.offset - s.body.start,
		Text: strings.TrimRight(string(s.body.text), "\r\n"),
	}
	if s.body.content == form {
		m.Secrets = []layers.Range{{Length: int(m.Length)}}
	}
	return m
}
