// Package message reads and builds mails: the message format of RFC 5322 and what MIME (RFC 2045 to 2049, 2183, 2231)
// adds to it. SMTP, POP3 and IMAP carry these bytes; only IMAP looks into them.
//
// Reading never fails. [Parse] takes whatever arrives and returns a [Message]: a tree of [Part] values that say where in
// the bytes each header and each body lies. From it come what IMAP asks for ([Message.Envelope],
// [Message.BodyStructure], [Message.Section]), the first lines that POP3 asks for ([Top]), and the notes that explain a
// mail as it passes ([Notes]). What passes piece by piece is read by [Passing] and [Outline], which do not hold it. Line
// ends are CRLF; a lone LF is taken for one too.
//
// Building is exact: a [Mail] says what is to be sent, [Mail.Build] makes the same bytes from the same values, always.
//
// Bounded: parts nest at most [MaxDepth] deep and number at most [MaxParts]; what is beyond is the body of the part that
// holds it. Time is linear in the length of the mail.
//
// Not modelled: joining message/partial, fetching message/external-body, uuencode and yEnc, S/MIME and OpenPGP, the
// checking of DKIM signatures, charsets that golang.org/x/text does not know (UTF-7, ISO-2022-KR).
package message

import "mailwire/layers"

// The bounds of what Parse reads as structure.
const (
	MaxDepth = 64   // parts within parts
	MaxParts = 4096 // parts of one mail, of all depths
)

// A Message is a mail as it was read. It holds the bytes it was read from and must not outlive changes to them.
type Message struct {
	Bytes []byte
	Root  *Part // never nil
}

// A Part is a node of the MIME tree: a whole message, a part of a multipart, or the message within a message/rfc822.
// Its ranges count from the first byte of Message.Bytes.
type Part struct {
	Fields   Header       // in the order in which they stand
	Header   layers.Range // the header, its empty line included where there is one
	Body     layers.Range // without the line end that belongs to the delimiter behind it
	Type     ContentType
	Encoding Encoding // Content-Transfer-Encoding
	Parts    []*Part  // of a multipart
	Message  *Part    // of a message/rfc822 (or message/global): what it holds
	Closed   bool     // of a multipart: its closing delimiter was there
}

// HeaderBytes is the header of p, its empty line included.
func (m *Message) HeaderBytes(p *Part) []byte { return cut(m.Bytes, p.Header) }

// BodyBytes is the body of p as it was sent, still encoded.
func (m *Message) BodyBytes(p *Part) []byte { return cut(m.Bytes, p.Body) }

// Lines is how many line ends the body of p holds.
func (m *Message) Lines(p *Part) int { return countLines(m.BodyBytes(p)) }

// Walk calls visit for each part of m, a part before what it holds, in the order of their bytes, until visit returns
// false. Depth is 0 for the whole message.
func (m *Message) Walk(visit func(p *Part, depth int) bool) { walk(m.Root, 0, visit) }

func walk(p *Part, depth int, visit func(*Part, int) bool) bool {
	if !visit(p, depth) {
		return false
	}
	if p.Message != nil {
		return walk(p.Message, depth+1, visit)
	}
	for _, child := range p.Parts {
		if !walk(child, depth+1, visit) {
			return false
		}
	}
	return true
}

func cut(b []byte, r layers.Range) []byte { return b[r.Offset:r.End():r.End()] }
