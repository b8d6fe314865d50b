package imap

import (
	"bytes"
	"fmt"
	"strconv"
)

// A LiteralMarker is the {n} at the end of a line that says: the next n bytes are a string (RFC 3501 §4.3).
type LiteralMarker struct {
	Length        int64
	Synchronizing bool // a client waits for "+" before the bytes; {n+} does not wait (RFC 7888)
	Binary        bool // ~{n}: the bytes may hold NUL (RFC 3516 §4.4)
	start         int  // where it begins in its line
}

// literalAtEnd looks for a marker at the end of a line that has lost its line end.
func literalAtEnd(line []byte) (m LiteralMarker, ok bool) {
	end := len(line) - 1
	if end < 2 || line[end] != '}' {
		return m, false
	}
	m.Synchronizing = true
	if line[end-1] == '+' {
		m.Synchronizing = false
		end--
	}
	start := bytes.LastIndexByte(line[max(0, end-20):], '{')
	if start < 0 {
		return m, false
	}
	start += max(0, end-20)
	n, err := strconv.ParseUint(string(line[start+1:end]), 10, 63)
	if err != nil {
		return m, false
	}
	m.Length, m.start = int64(n), start
	if start > 0 && line[start-1] == '~' {
		m.Binary = true
		m.start--
	}
	return m, true
}

func trimLineEnd(line []byte) []byte {
	return bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r"))
}

// keepMax is how much room a framer keeps for what comes next.
const keepMax = 8 << 10

// A framer cuts a stream into commands or responses: a line, or several lines with literals between them.
type framer struct {
	lineMax int                    // bytes of all lines of one command or response, without its literals
	isText  func(line []byte) bool // the first line is free text, where {n} is no literal; may be nil

	in       []byte // the command or response in progress, and what follows it
	used     int    // bytes of in that have been handed out
	at       int    // up to where in has been looked at
	line     int    // where in in the current line begins
	lineSize int    // bytes of lines so far
	literal  int64  // bytes of a literal still to come
}

// A frame is what framer found.
type frame struct {
	text    []byte         // the whole command or response, without its line end; nil while it is incomplete
	marker  *LiteralMarker // a literal that has just been announced
	tooLong error          // a limit is exceeded; the stream can't be read on
}

func (f *framer) feed(b []byte) {
	if f.used > 0 && f.used == len(f.in) {
		f.in, f.at, f.line, f.used = f.in[:0], f.at-f.used, f.line-f.used, 0
	} else if f.used > keepMax {
		f.in = f.in[:copy(f.in, f.in[f.used:])]
		f.at, f.line, f.used = f.at-f.used, f.line-f.used, 0
	}
	f.in = append(f.in, b...)
}

// next returns the next thing found; ok is false when more bytes are needed. What it returns is valid until feed.
func (f *framer) next() (found frame, ok bool) {
	if f.literal > 0 {
		n := min(f.literal, int64(len(f.in)-f.at))
		f.literal -= n
		f.at += int(n)
		f.line = f.at
		if f.literal > 0 {
			return found, false
		}
	}
	end := bytes.IndexByte(f.in[f.at:], '\n')
	if end < 0 {
		f.at = len(f.in)
		if f.lineSize+f.at-f.line > f.lineMax {
			return frame{tooLong: fmt.Errorf("imap: a line of more than %d bytes", f.lineMax)}, true
		}
		return found, false
	}
	f.at += end + 1
	line := trimLineEnd(f.in[f.line:f.at])
	first := f.line == f.used
	f.lineSize += f.at - f.line
	f.line = f.at
	if f.lineSize > f.lineMax {
		return frame{tooLong: fmt.Errorf("imap: a line of more than %d bytes", f.lineMax)}, true
	}
	if m, is := literalAtEnd(line); is && !(first && f.isText != nil && f.isText(line)) {
		f.literal = m.Length
		return frame{marker: &m}, true
	}
	text := trimLineEnd(f.in[f.used:f.at])
	f.used, f.lineSize = f.at, 0
	if f.used == len(f.in) && cap(f.in) > keepMax {
		f.in, f.used, f.at, f.line = nil, 0, 0, 0 // a session that goes silent after a long mail keeps nothing of it
	}
	return frame{text: text}, true
}

// sofar is the part of the command in progress that has arrived.
func (f *framer) sofar() []byte { return f.in[f.used:f.at] }

// skip forgets the command in progress; its announced literal never comes, because the client was refused.
func (f *framer) skip() { f.used, f.lineSize, f.literal = f.at, 0, 0; f.line = f.at }

// forget forgets all bytes that have not been handed out.
func (f *framer) forget() { *f = framer{lineMax: f.lineMax, isText: f.isText} }

// size is the number of bytes kept.
func (f *framer) size() int { return len(f.in) - f.used }
