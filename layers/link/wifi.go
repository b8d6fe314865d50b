package link

import (
	"encoding/binary"

	"mailwire/layers"
)

// The kinds of 802.11 frames and the bits of the second byte of frame control (IEEE 802.11 §9.2.4.1).
const (
	wifiManagement = 0
	wifiControl    = 1
	wifiData       = 2

	wifiToDS      = 0x01
	wifiFromDS    = 0x02
	wifiMoreParts = 0x04
	wifiRetry     = 0x08
	wifiProtected = 0x40
	wifiOrder     = 0x80 // in a management or QoS frame: an HT control field is there
)

// WiFi is the header of an 802.11 frame (IEEE 802.11 §9.2): of data, of what manages the network, or of what controls the
// channel. Data carries three or four addresses, because an access point stands between: who sends and receives on the
// radio is not always who wrote and who is meant.
type WiFi struct {
	header
	kind, subtype uint8
	flags         uint8
	duration      uint16
	length        int // of the header that the kind asks for
	fourth        int // offset of the fourth address; 0 without one
	qosAt         int // offset of the QoS control; 0 without one
	htAt          int // offset of the HT control; 0 without one
	bodyAt        int // of a management frame: where its fixed part begins; 0 without one
	fcs           fcs
}

// The state of a frame check sequence.
type fcs uint8

const (
	fcsAbsent fcs = iota
	fcsUnknown
	fcsRight
	fcsWrong
)

// readWiFi reads an 802.11 frame, padded where the capturing device aligned its body.
func (d *Decoder) readWiFi(check, padded bool) {
	if !d.deeper() {
		return
	}
	h := d.more.wifi.Next()
	*h = WiFi{}
	if check {
		h.fcs = d.takeFCS()
	}
	b, place := d.whole(2)
	h.header = place
	h.kind, h.subtype, h.flags = b[0]>>2&3, b[0]>>4, b[1]
	h.measure()
	if b, h.header = d.whole(h.length); len(h.bytes) < h.length {
		d.short("802.11", h.length)
		d.envelope("wifi", h.length, h)
		return
	}
	h.duration = binary.LittleEndian.Uint16(b[2:])
	length := h.length
	if padded {
		length = (length + 3) &^ 3
	}
	d.noteFCS(h)
	switch h.kind {
	case wifiManagement:
		d.readWiFiManagement(h, length)
	case wifiControl:
		d.readWiFiControl(h)
	case wifiData:
		d.readWiFiData(h, length)
	default:
		d.envelope("wifi", h.length, h)
		d.note("wifi.extension")
		d.seal()
	}
}

// measure finds the length of the header and what stands in it.
func (h *WiFi) measure() {
	switch h.kind {
	case wifiControl:
		switch h.subtype {
		case wifiCTS, wifiACK:
			h.length = 10
		default:
			h.length = 16
		}
		return
	case wifiManagement:
		h.length = 24
	case wifiData:
		h.length = 24
		if h.flags&(wifiToDS|wifiFromDS) == wifiToDS|wifiFromDS {
			h.fourth, h.length = h.length, h.length+6
		}
		if h.isQoS() {
			h.qosAt, h.length = h.length, h.length+2
		}
	default:
		h.length = 4
		return
	}
	if h.flags&wifiOrder != 0 && (h.kind == wifiManagement || h.isQoS()) {
		h.htAt, h.length = h.length, h.length+4
	}
}

func (h *WiFi) isQoS() bool { return h.kind == wifiData && h.subtype&8 != 0 }

func (h *WiFi) protected() bool { return h.flags&wifiProtected != 0 }

// address is the hardware address at an offset of the header, nil when it is not all there.
func (h *WiFi) address(at int) []byte {
	if at == 0 || at+6 > len(h.bytes) {
		return nil
	}
	return h.bytes[at : at+6]
}

// An addressing says where in the header each address stands (IEEE 802.11 table 9-30): offsets, 0 for none.
type addressing struct{ source, destination, bssid int }

func (h *WiFi) addressing() addressing {
	switch {
	case h.kind == wifiControl:
		switch h.subtype {
		case wifiPSPoll:
			return addressing{bssid: 4}
		case wifiCFEnd, wifiCFEnd + 1:
			return addressing{bssid: 10}
		}
		return addressing{}
	case h.kind == wifiManagement || h.flags&(wifiToDS|wifiFromDS) == 0:
		return addressing{source: 10, destination: 4, bssid: 16}
	case h.fourth > 0:
		return addressing{source: h.fourth, destination: 16}
	case h.flags&wifiFromDS != 0:
		return addressing{source: 16, destination: 4, bssid: 10}
	}
	return addressing{source: 10, destination: 16, bssid: 4}
}

// hasTransmitter says whether a second address tells who sent the frame on the radio.
func (h *WiFi) hasTransmitter() bool { return h.length >= 16 }

// AppendSummary adds what kind of frame it is, and from whom to whom.
func (h *WiFi) AppendSummary(dst []byte) []byte {
	dst = append(dst, wifiName(h.kind, h.subtype)...)
	a := h.addressing()
	from, to := h.address(a.source), h.address(a.destination)
	if h.kind == wifiControl {
		from, to = nil, h.address(4)
		if h.hasTransmitter() {
			from = h.address(10)
		}
	}
	if from != nil {
		dst = layers.HardwareAddr(from).Append(append(dst, ' '))
	}
	if to != nil {
		dst = layers.HardwareAddr(to).Append(append(dst, " > "...))
	}
	if h.flags&wifiRetry != 0 {
		dst = append(dst, " retry"...)
	}
	if h.protected() {
		dst = append(dst, " protected"...)
	}
	if name, ok := h.ssid(); ok {
		dst = append(append(dst, " ssid "...), name...)
	}
	return dst
}

// AppendFields lists the header; then, for a management frame, what it says.
func (h *WiFi) AppendFields(dst []layers.Field) []layers.Field {
	l := h.list(dst)
	if len(h.bytes) < 2 {
		return l.Fields
	}
	l.AddBits("version", 0, 1, layers.Bits{First: 6, Count: 2}, layers.Uint(h.bytes[0]&3))
	l.AddBits("type", 0, 1, layers.Bits{First: 4, Count: 2}, layers.Uint(h.kind).Named(wifiKinds[h.kind]))
	l.AddBits("subtype", 0, 1, layers.Bits{First: 0, Count: 4}, layers.Uint(h.subtype).Named(wifiName(h.kind, h.subtype)))
	l.Add("flags", 1, 1, layers.Words(h.flagNames()))
	l.Add("duration", 2, 2, layers.Uint(h.duration))
	l.Add("receiver", 4, 6, layers.HardwareAddr(h.address(4)))
	if h.hasTransmitter() {
		l.Add("transmitter", 10, 6, layers.HardwareAddr(h.address(10)))
	}
	a := h.addressing()
	h.listThird(&l, a)
	if h.kind != wifiControl && len(h.bytes) >= 24 {
		n := binary.LittleEndian.Uint16(h.bytes[22:])
		l.AddBits("sequence", 22, 2, layers.Bits{First: 0, Count: 12}, layers.Uint(n>>4))
		l.AddBits("fragment", 22, 2, layers.Bits{First: 12, Count: 4}, layers.Uint(n&15))
	}
	if h.fourth > 0 {
		l.Add("source", h.fourth, 6, layers.HardwareAddr(h.address(h.fourth)))
	}
	if h.qosAt > 0 && h.qosAt+2 <= len(h.bytes) {
		q := binary.LittleEndian.Uint16(h.bytes[h.qosAt:])
		l.Add("priority", h.qosAt, 2, layers.Uint(q&7))
		l.Add("aggregate", h.qosAt, 2, layers.Bool(q&wifiAggregate != 0))
	}
	if h.htAt > 0 && h.htAt+4 <= len(h.bytes) {
		l.Add("ht-control", h.htAt, 4, layers.HexUint(binary.LittleEndian.Uint32(h.bytes[h.htAt:]), 8))
	}
	if h.bodyAt > 0 {
		h.listManagement(&l)
	}
	for _, role := range [...]struct {
		name string
		at   int
	}{{"source", a.source}, {"destination", a.destination}, {"bssid", a.bssid}} {
		if role.at == 4 || role.at == 10 {
			if address := h.address(role.at); address != nil {
				l.Derive(role.name, layers.HardwareAddr(address))
			}
		}
	}
	if name := [...]string{"", "not known", "right", "wrong"}[h.fcs]; name != "" {
		l.Derive("check-sequence", layers.String(name))
	}
	return l.Fields
}

// listThird lists the third address under the name of its role.
func (h *WiFi) listThird(l *layers.FieldList, a addressing) {
	if address := h.address(16); address != nil && h.kind != wifiControl {
		switch 16 {
		case a.source:
			l.Add("source", 16, 6, layers.HardwareAddr(address))
		case a.destination:
			l.Add("destination", 16, 6, layers.HardwareAddr(address))
		case a.bssid:
			l.Add("bssid", 16, 6, layers.HardwareAddr(address))
		}
	}
}

// flagNames are the words for the second byte of frame control.
func (h *WiFi) flagNames() []string {
	var names []string
	for i, name := range [...]string{"to-ds", "from-ds", "more-fragments", "retry", "power-management", "more-data", "protected", "order"} {
		if h.flags>>i&1 == 1 {
			names = append(names, name)
		}
	}
	return names
}
