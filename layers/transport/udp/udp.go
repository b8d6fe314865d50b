// Package udp reads User Datagram Protocol headers (RFC 768).
//
// Not modelled: jumbograms (RFC 2675), UDP-Lite (RFC 3828).
package udp

import (
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
}

// Decode reads the header at the start of dg's payload and appends its PDU and what is worth a note. ok is false when
// there are too few bytes for the ports to be known.
func (h *Header) Decode(dg *internet.Datagram, pdus []layers.PDU, notes []layers.Note) (_ []layers.PDU, _ []layers.Note, ok bool) {
	return pdus, notes, false
}
