package imap

import (
	"bytes"

	"mailwire/layers/application/message"
)

// binaryItem is BINARY[…], BINARY.PEEK[…] or BINARY.SIZE[…] of a command. RFC 3516 §7 knows part numbers between the brackets
// and nothing else. Other servers take all sections of BODY[…], and programs and conformance suites rely on it; so does this.
func (d *Decoder) binaryItem(to *FetchItem) bool {
	at := d.at
	if !d.ahead("BINARY") {
		return false
	}
	switch {
	case d.Word("BINARY.SIZE["):
		to.Name = "BINARY.SIZE[]"
		return d.sectionRest(&to.Section) || d.back(at)
	case d.Word("BINARY["):
	case d.Word("BINARY.PEEK["):
		to.Peek = true
	default:
		return false
	}
	to.Name = "BINARY[]"
	return d.sectionRest(&to.Section) && d.partial(to) || d.back(at)
}

// A BinarySize is how long a part is when it is decoded (RFC 3516 §4.3).
type BinarySize struct {
	Section message.Section
	Size    int64
}

// binary decodes what BINARY asks for; a header, or the text of a message, has no transfer encoding of its own and stays. A part in a transfer encoding that nobody knows is not found, and remembered.
func (v *view) binary(uid uint32, of message.Section) (content []byte, found, ok bool) {
	whole, ok := v.whole(uid)
	if !ok {
		return nil, false, false
	}
	if len(of.Path) == 0 && of.Specifier == message.Everything {
		return whole.Bytes, true, true // RFC 3516 §4.2: all of the message, as it is
	}
	if of.Specifier != message.Everything {
		content, found = whole.Section(of)
		return content, found, true
	}
	part, found := whole.Part(of.Path)
	if found && !part.Encoding.Known() {
		v.unknownCTE, found = true, false // RFC 3516 §4.3
	}
	if !found {
		return nil, false, true
	}
	return whole.Content(part), true, true
}

var errUnknownCTE = &Refusal{"UNKNOWN-CTE", "Content-Transfer-Encoding is unknown"}

// derived adds an item that is made from the message; handled is false for any other.
func (v *view) derived(uid uint32, item FetchItem, data *FetchData) (handled, ok bool) {
	switch item.Name {
	case "BINARY.SIZE[]":
		content, found, ok := v.binary(uid, item.Section)
		if found {
			data.BinarySizes = append(data.BinarySizes, BinarySize{item.Section, int64(len(content))})
		}
		return true, ok
	case "PREVIEW":
		whole, ok := v.whole(uid)
		if ok {
			preview := message.Text(previewOf(whole))
			data.Preview = &preview
		}
		return true, ok
	}
	return false, false
}

// binaryLiteral writes bytes that may hold NUL: then as a literal8 (RFC 3516 §4.2).
func (e *Encoder) binaryLiteral(b []byte) *Encoder {
	if bytes.IndexByte(b, 0) >= 0 {
		e.Special('~')
	}
	return e.Literal(b)
}
