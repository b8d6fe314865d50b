package internet

import (
	"encoding/binary"

	"mailwire/layers"
)

const espLength = 8

// An ESPHeader is what can be read of an encrypted packet (RFC 4303 §2): which key it is for, and its number. The rest is
// encrypted.
type ESPHeader struct {
	header
	spi, sequence uint32
}

func (d *Decoder) readESP(dg *Datagram) {
	h := &d.esp
	b := dg.Bytes()
	fixed, place := whole(b, dg.Payload.Offset, espLength)
	*h = ESPHeader{header: place, spi: binary.BigEndian.Uint32(fixed), sequence: binary.BigEndian.Uint32(fixed[4:])}
	d.place(dg, "esp", len(h.bytes), h)
	if len(b) < espLength {
		d.truncated("esp.truncated", len(b), espLength)
		return
	}
	d.note("esp.encrypted", layers.A("bytes", layers.Int(len(b)-espLength+dg.Missing)))
}

// AppendSummary adds the number of the association and of the packet.
func (h *ESPHeader) AppendSummary(dst []byte) []byte {
	dst = layers.HexUint(h.spi, 8).Append(append(dst, "spi "...))
	return layers.Uint(h.sequence).Append(append(dst, " seq "...))
}

// AppendFields lists both.
func (h *ESPHeader) AppendFields(dst []layers.Field) []layers.Field {
	l := h.list(dst)
	l.Add("spi", 0, 4, layers.HexUint(h.spi, 8))
	l.Add("sequence", 4, 4, layers.Uint(h.sequence))
	return l.Fields
}

// readAuthentication reads the authentication header behind an IPv4 header (RFC 4302) and goes on with what follows it.
// Behind an IPv6 header it is one of the extension headers.
func (d *Decoder) readAuthentication(dg *Datagram) {
	if d.depth++; d.depth >= tunnelsMax {
		d.note("tunnel.too-deep", layers.A("limit", layers.Int(tunnelsMax)))
		return
	}
	e := d.authentications.Next()
	b := dg.Bytes()
	fixed, h := whole(b, dg.Payload.Offset, 8)
	length := extensionLength(Authentication, fixed[1])
	h.bytes = b[:min(length, len(b))]
	*e = Extension{header: h, kind: Authentication}
	d.place(dg, "ah", len(h.bytes), e)
	if len(b) < length {
		d.truncated("ah.truncated", len(b), length)
		return
	}
	dg.Protocol = Protocol(fixed[0])
	dg.Payload.Offset += length
	dg.Payload.Length -= length
	d.readInside(dg)
}
