package link

import (
	"encoding/binary"
	"hash/crc32"

	"mailwire/layers"
)

const (
	fcsLength     = 4
	wifiAggregate = 0x0080 // of the QoS control
	wifiExtended  = 0x20   // of the fourth byte of what stands before encrypted data: WPA, not WEP
)

// takeFCS takes the frame check sequence off the end and checks it over the frame (IEEE 802.11 §9.2.4.9).
func (d *Decoder) takeFCS() fcs {
	gone := min(fcsLength, d.out.Missing)
	d.out.Missing -= gone
	here := min(fcsLength-gone, d.out.Range.Length)
	d.out.Range.Length -= here
	d.out.Trailer += here
	if here < fcsLength || d.out.Missing > 0 {
		return fcsUnknown
	}
	end := d.out.Range.End()
	if crc32.ChecksumIEEE(d.rest()) != binary.LittleEndian.Uint32(d.data[end:end+fcsLength]) {
		return fcsWrong
	}
	return fcsRight
}

func (d *Decoder) noteFCS(h *WiFi) {
	if h.fcs == fcsWrong {
		d.note("wifi.check-sequence-wrong")
	}
	if h.flags&wifiRetry != 0 {
		d.note("wifi.retry")
	}
}

// readWiFiData reads what a data frame carries behind length bytes of header.
func (d *Decoder) readWiFiData(h *WiFi, length int) {
	a := h.addressing()
	d.out.From, d.out.To = h.address(a.source), h.address(a.destination)
	d.envelope("wifi", length, h)
	fragment := binary.LittleEndian.Uint16(h.bytes[22:]) & 15
	switch {
	case h.subtype&4 != 0:
		d.note("wifi.no-data")
		d.finish()
	case h.protected() && !d.startsWithSNAP():
		d.noteProtected()
	case fragment > 0 || h.flags&wifiMoreParts != 0:
		d.note("wifi.fragment", layers.A("number", layers.Uint(fragment)))
		d.seal()
	case h.qosAt > 0 && binary.LittleEndian.Uint16(h.bytes[h.qosAt:])&wifiAggregate != 0:
		d.readAggregate()
	case d.out.Range.Length > 0:
		d.readLLC()
	}
}

// startsWithSNAP tells whether the rest is plain though the frame says that it is protected: some devices decrypt a frame
// and leave the flag.
func (d *Decoder) startsWithSNAP() bool {
	r := d.rest()
	return len(r) >= snapLength && [6]byte(r) == [6]byte{0xaa, 0xaa, 0x03}
}

// noteProtected says with what the rest is encrypted.
func (d *Decoder) noteProtected() {
	r := d.rest()
	id := "wifi.encrypted"
	if len(r) >= 4 && r[3]&wifiExtended == 0 {
		id = "wifi.encrypted-wep"
	}
	d.note(id, layers.A("bytes", layers.Int(len(r)+d.out.Missing)))
	d.seal()
}

// readAggregate reads several frames in one (A-MSDU, IEEE 802.11 §9.3.2.2): each has the header of an 802.3 frame. The first
// is followed, the others are counted.
func (d *Decoder) readAggregate() {
	whole, missing := d.out.Range, d.out.Missing
	count := 0
	first := whole
	for at := whole.Offset; at+ethernetLength <= whole.End(); count++ {
		length := ethernetLength + int(binary.BigEndian.Uint16(d.data[at+12:]))
		if count == 0 {
			first.Length = min(length, whole.Length)
		}
		at += (length + 3) &^ 3
	}
	d.note("wifi.aggregate", layers.A("count", layers.Int(count)))
	if d.out.Range = first; first.Length < whole.Length {
		d.out.Missing = 0
		d.out.Secret = layers.Range{Offset: first.End(), Length: whole.End() - first.End()}
	} else {
		d.out.Missing = missing
	}
	d.readInnerEthernet()
}

// readWiFiControl reads a control frame to its end.
func (d *Decoder) readWiFiControl(h *WiFi) {
	d.out.To = h.address(4)
	if h.hasTransmitter() {
		d.out.From = h.address(10)
	}
	h.bytes = d.rest()
	d.envelope("wifi", len(h.bytes), h)
	switch h.subtype {
	case wifiACK:
		d.note("wifi.ack")
	case wifiRTS:
		d.note("wifi.rts", layers.A("microseconds", layers.Uint(h.duration)))
	case wifiCTS:
		d.note("wifi.cts", layers.A("microseconds", layers.Uint(h.duration)))
	case wifiBlockAck, wifiBlockAckRequest:
		d.note("wifi.block-ack")
	case wifiPSPoll:
		d.note("wifi.ps-poll")
	default:
		d.note("wifi.other-control")
	}
	d.finish()
}
