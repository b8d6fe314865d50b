package link

import (
	"encoding/binary"

	"mailwire/layers"
)

const pppPacketLength = 4

// A pppPacket is the form that the packets of PPP's own protocols share (RFC 1661 §5): a code, an identifier and a length
// before what differs.
type pppPacket struct {
	header
	protocol PPPProtocol
	code     uint8
	id       uint8
	length   int // as it stands there
}

// pppPacket reads the packet that begins at the rest, as long as it says it is. ok is false when its fixed part is not all
// there, which is noted.
func (d *Decoder) pppPacket(p PPPProtocol) (h pppPacket, ok bool) {
	b, place := d.whole(pppPacketLength)
	h = pppPacket{header: place, protocol: p, code: b[0], id: b[1], length: int(binary.BigEndian.Uint16(b[2:]))}
	if len(h.bytes) < pppPacketLength {
		d.short(p.String(), pppPacketLength)
		return h, false
	}
	rest := d.rest()
	h.bytes = rest[:min(max(h.length, pppPacketLength), len(rest))]
	return h, true
}

// codeOf is the code with its name among names, which are by their number.
func (h *pppPacket) codeOf(names []string) layers.Value {
	if int(h.code) < len(names) {
		return layers.Uint(h.code).Named(names[h.code])
	}
	return layers.Uint(h.code)
}

// appendStart adds the protocol and the name of the code, or its number.
func (h *pppPacket) appendStart(dst []byte, code layers.Value) []byte {
	dst = append(append(dst, h.protocol.String()...), ' ')
	if name := code.Name(); name != "" {
		return append(dst, name...)
	}
	return code.Append(append(dst, "code "...))
}

// listStart begins a list of fields with the fixed part.
func (h *pppPacket) listStart(dst []layers.Field, code layers.Value) layers.FieldList {
	l := h.list(dst)
	l.Add("code", 0, 1, code)
	l.Add("identifier", 1, 1, layers.Uint(h.id))
	l.Add("length", 2, 2, layers.Int(h.length))
	return l
}
