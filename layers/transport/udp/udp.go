// Package udp reads User Datagram Protocol headers (RFC 768).
//
// Not modelled: jumbograms (RFC 2675), UDP-Lite (RFC 3828).
package udp

import (
	gopackets "github.com/google/gopacket/layers"

	"mailwire/layers"
	"mailwire/layers/internet"
)

// HeaderLength is the length of every UDP header in bytes.
const HeaderLength = 8

// A Header is a UDP header as it lies in a datagram. It is decoded again and again without allocating; what it holds is
// valid as long as the datagram is.
type Header struct {
	SourcePort, DestinationPort uint16
	Payload                     layers.Range // in the datagram's Data: the bytes behind the header that are there
	Missing                     int          // bytes of the payload that were sent and are not there

	values gopackets.UDP
	start  int // offset in the datagram's Data
	have   int // bytes of the header that are there
}

// Decode reads the header at the start of dg's payload and appends its PDU and what is worth a note. ok is false when
// there are too few bytes for the ports to be known.
func (h *Header) Decode(dg *internet.Datagram, pdus []layers.PDU, notes []layers.Note) (_ []layers.PDU, _ []layers.Note, ok bool) {
	b := dg.Bytes()
	*h = Header{start: dg.Payload.Offset, have: min(len(b), HeaderLength)}
	pdus = append(pdus, layers.PDU{Layer: layers.Transport, Protocol: "udp", Offset: h.start, Length: h.have, Stream: -1, Header: h})
	if h.have < HeaderLength {
		var padded [HeaderLength]byte
		copy(padded[:], b)
		h.read(padded[:])
		notes = append(notes, layers.N("udp.truncated", layers.A("have", layers.Int(h.have)), layers.A("want", layers.Int(HeaderLength))))
		return pdus, notes, h.have >= 4
	}
	h.read(b)
	return pdus, h.check(dg, notes), true
}

func (h *Header) read(b []byte) {
	h.values.DecodeFromBytes(b[:HeaderLength], lookup{}) // the length is judged by check
	h.SourcePort, h.DestinationPort = uint16(h.values.SrcPort), uint16(h.values.DstPort)
}

// check finds the payload and notes what is wrong with length and checksum.
func (h *Header) check(dg *internet.Datagram, notes []layers.Note) []layers.Note {
	length, have := int(h.values.Length), dg.Payload.Length
	h.Payload = layers.Range{Offset: h.start + HeaderLength, Length: have - HeaderLength}
	h.Missing = dg.Missing
	lies := length < HeaderLength || length > have+dg.Missing
	if lies {
		notes = append(notes, layers.N("udp.length-wrong", layers.A("length", layers.Int(length)), layers.A("have", layers.Int(have+dg.Missing))))
	} else {
		h.Missing = max(0, length-have)
		h.Payload.Length = min(length, have) - HeaderLength
	}
	// RFC 768: a checksum of zero means that the sender made none.
	if h.values.Checksum == 0 {
		if dg.Version == 6 { // RFC 8200 §8.1: not allowed there
			notes = append(notes, layers.N("udp.checksum-missing"))
		}
		return notes
	}
	if lies || h.Missing > 0 || dg.Fragment.Offset > 0 || dg.Fragment.More {
		return notes
	}
	sum := internet.Sum(dg.PseudoSum(length), dg.Bytes()[:length])
	if internet.Checksum(sum) != 0 {
		right := internet.Checksum(sum + uint64(^h.values.Checksum))
		if right == 0 {
			right = 0xffff // RFC 768: a checksum of zero is sent as all ones
		}
		notes = append(notes, layers.N("udp.checksum-wrong", layers.A("found", layers.HexUint(h.values.Checksum, 4)), layers.A("right", layers.HexUint(right, 4))))
	}
	return notes
}

// AppendSummary adds the ports and the length of the payload.
func (h *Header) AppendSummary(dst []byte) []byte {
	dst = layers.Uint(h.SourcePort).Append(dst)
	dst = layers.Uint(h.DestinationPort).Append(append(dst, " > "...))
	return layers.Int(int(h.values.Length) - HeaderLength).Append(append(dst, " len "...))
}

// AppendFields lists the four fields.
func (h *Header) AppendFields(dst []layers.Field) []layers.Field {
	l := layers.FieldList{Fields: dst, Start: h.start, Have: h.have}
	l.Add("source-port", 0, 2, layers.Uint(h.SourcePort))
	l.Add("destination-port", 2, 2, layers.Uint(h.DestinationPort))
	l.Add("length", 4, 2, layers.Uint(h.values.Length))
	l.Add("checksum", 6, 2, layers.HexUint(h.values.Checksum, 4))
	return l.Fields
}

// lookup is the feedback that gopacket wants; lengths are judged here.
type lookup struct{}

func (lookup) SetTruncated() {}
