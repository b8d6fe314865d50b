package link

import (
	"encoding/binary"
	"strings"

	"mailwire/layers"
)

// The elements of management frames that are told (IEEE 802.11 table 9-92).
const (
	elementSSID          = 0
	elementRates         = 1
	elementChannel       = 3
	elementCountry       = 7
	elementRSN           = 48
	elementExtendedRates = 50
	elementVendor        = 221
)

// readWiFiManagement reads a management frame to its end, behind length bytes of header.
func (d *Decoder) readWiFiManagement(h *WiFi, length int) {
	d.out.From, d.out.To = h.address(10), h.address(4)
	rest := d.rest()
	h.bytes = rest
	if h.bodyAt = length; h.protected() || length > len(rest) {
		h.bodyAt = 0
	}
	d.envelope("wifi", len(rest), h)
	d.finish()
	if h.protected() {
		d.note("wifi.encrypted", layers.A("bytes", layers.Int(len(rest)-min(length, len(rest))+d.out.Missing)))
		return
	}
	if length+h.fixed() > len(rest) {
		d.note("link.truncated", layers.A("protocol", layers.String("802.11")), layers.A("have", layers.Int(len(rest))), layers.A("want", layers.Int(length+h.fixed())))
		return
	}
	d.noteManagement(h)
}

// fixed is the length of the fixed part of the body.
func (h *WiFi) fixed() int {
	switch h.subtype {
	case wifiBeacon, wifiProbeResponse:
		return 12
	case wifiAssociationRequest:
		return 4
	case wifiReassociationRequest:
		return 10
	case wifiAssociationResponse, wifiReassociationResponse, wifiAuthentication:
		return 6
	case wifiDisassociation, wifiDeauthentication, wifiAction, wifiActionNoAck:
		return 2
	}
	return 0
}

// word is a little-endian number in the fixed part.
func (h *WiFi) word(at int) uint16 { return binary.LittleEndian.Uint16(h.bytes[h.bodyAt+at:]) }

func (d *Decoder) noteManagement(h *WiFi) {
	name, _ := h.ssid()
	ssid := layers.A("ssid", layers.String(name))
	switch h.subtype {
	case wifiBeacon:
		d.note("wifi.beacon", ssid)
	case wifiProbeRequest:
		if name == "" {
			d.note("wifi.probe-any")
		} else {
			d.note("wifi.probe-request", ssid)
		}
	case wifiProbeResponse:
		d.note("wifi.probe-response", ssid)
	case wifiAuthentication:
		d.note("wifi.authentication", layers.A("algorithm", wifiAlgorithm(h.word(0))), layers.A("step", layers.Uint(h.word(2))))
	case wifiAssociationRequest, wifiReassociationRequest:
		d.note("wifi.association-request", ssid)
	case wifiAssociationResponse, wifiReassociationResponse:
		if h.word(2) == 0 {
			d.note("wifi.association-accepted")
		} else {
			d.noteCode("wifi.association-refused", "wifi.association-refused.other", "status", wifiStatus(h.word(2)))
		}
	case wifiDeauthentication, wifiDisassociation:
		d.noteCode("wifi.leaving", "wifi.leaving.other", "reason", wifiReason(h.word(0)))
	}
}

// noteCode tells a code by number and name, or by its number alone, where it has no name.
func (d *Decoder) noteCode(named, other, argument string, v layers.Value) {
	code := layers.A("code", v.Named(""))
	if v.Name() == "" {
		d.note(other, code)
		return
	}
	d.note(named, code, layers.A(argument, v))
}

// elements walks the elements behind the fixed part: it calls visit with the kind of each, where its content begins in
// the header, and the content, until visit says no.
func (h *WiFi) elements(visit func(kind uint8, at int, b []byte) bool) {
	for at := h.bodyAt + h.fixed(); at+2 <= len(h.bytes); {
		length := int(h.bytes[at+1])
		if at+2+length > len(h.bytes) || !visit(h.bytes[at], at+2, h.bytes[at+2:at+2+length]) {
			return
		}
		at += 2 + length
	}
}

// hasElements tells whether elements follow the fixed part.
func (h *WiFi) hasElements() bool {
	return h.bodyAt > 0 && h.kind == wifiManagement && h.subtype != wifiAction && h.subtype != wifiActionNoAck
}

// ssid is the name of the network, where the frame tells one.
func (h *WiFi) ssid() (name string, ok bool) {
	if !h.hasElements() {
		return "", false
	}
	h.elements(func(kind uint8, _ int, b []byte) bool {
		if kind == elementSSID {
			name, ok = string(b), true
		}
		return !ok
	})
	return name, ok
}

// listManagement lists the fixed part and the elements.
func (h *WiFi) listManagement(l *layers.FieldList) {
	at := h.bodyAt
	if at+h.fixed() > len(h.bytes) {
		return
	}
	switch h.subtype {
	case wifiBeacon, wifiProbeResponse:
		l.Add("timestamp", at, 8, layers.Uint(binary.LittleEndian.Uint64(h.bytes[at:])))
		l.Add("interval", at+8, 2, layers.Uint(h.word(8)))
		l.Add("capabilities", at+10, 2, layers.HexUint(h.word(10), 4))
	case wifiAssociationRequest, wifiReassociationRequest:
		l.Add("capabilities", at, 2, layers.HexUint(h.word(0), 4))
		l.Add("listen-interval", at+2, 2, layers.Uint(h.word(2)))
	case wifiAssociationResponse, wifiReassociationResponse:
		l.Add("capabilities", at, 2, layers.HexUint(h.word(0), 4))
		l.Add("status", at+2, 2, wifiStatus(h.word(2)))
		l.Add("association-id", at+4, 2, layers.Uint(h.word(4)&0x3fff))
	case wifiAuthentication:
		l.Add("algorithm", at, 2, wifiAlgorithm(h.word(0)))
		l.Add("step", at+2, 2, layers.Uint(h.word(2)))
		l.Add("status", at+4, 2, wifiStatus(h.word(4)))
	case wifiDisassociation, wifiDeauthentication:
		l.Add("reason", at, 2, wifiReason(h.word(0)))
	case wifiAction, wifiActionNoAck:
		l.Add("category", at, 1, layers.Uint(h.bytes[at]))
		l.Add("action", at+1, 1, layers.Uint(h.bytes[at+1]))
	}
	if h.hasElements() {
		h.elements(func(kind uint8, at int, b []byte) bool {
			listElement(l, kind, at, b)
			return true
		})
	}
}

func listElement(l *layers.FieldList, kind uint8, at int, b []byte) {
	switch {
	case kind == elementSSID:
		l.Add("ssid", at, len(b), layers.String(string(b)))
	case kind == elementRates, kind == elementExtendedRates:
		l.Add("rates", at, len(b), layers.String(rates(b)))
	case kind == elementChannel && len(b) == 1:
		l.Add("channel", at, 1, layers.Uint(b[0]))
	case kind == elementCountry && len(b) >= 2:
		l.Add("country", at, 2, layers.String(string(b[:2])))
	case kind == elementRSN && len(b) >= 8:
		l.Add("security", at, len(b), layers.Words(suites(b[2:], "RSN")))
	case kind == elementVendor && len(b) >= 12 && [4]byte(b) == [4]byte{0x00, 0x50, 0xf2, 1}:
		l.Add("security", at, len(b), layers.Words(suites(b[6:], "WPA")))
	case kind == elementVendor && len(b) >= 3:
		l.Add("vendor", at, 3, layers.HardwareAddr(b[:3]))
	default:
		l.Add("element", at-2, 2+len(b), layers.Uint(kind))
	}
}

// rates are in units of 500 kbit/s; the first bit marks those that every station must know.
func rates(b []byte) string {
	var s strings.Builder
	for i, r := range b {
		if i > 0 {
			s.WriteByte(' ')
		}
		s.WriteString(layers.Uint(r & 0x7f / 2).String())
		if r&1 == 1 {
			s.WriteString(".5")
		}
	}
	s.WriteString(" Mbit/s")
	return s.String()
}

// suites names the ciphers and the key management of a security element: a group cipher of four bytes, then two lists with a
// count before each (IEEE 802.11 §9.4.2.24). The element RSN is that of WPA2 and of WPA3: SAE and OWE are WPA3's.
func suites(b []byte, generation string) []string {
	names := []string{generation}
	at := 4
	for _, table := range [...][]string{
		{1: "WEP-40", 2: "TKIP", 4: "CCMP", 5: "WEP-104", 8: "GCMP", 9: "GCMP-256", 10: "CCMP-256"},
		{1: "802.1X", 2: "PSK", 3: "FT-802.1X", 4: "FT-PSK", 5: "802.1X-SHA256", 6: "PSK-SHA256", 8: "SAE", 9: "FT-SAE", 18: "OWE"},
	} {
		if at+2 > len(b) {
			break
		}
		count := int(binary.LittleEndian.Uint16(b[at:]))
		at += 2
		for ; count > 0 && at+4 <= len(b); count-- {
			if n := int(b[at+3]); n < len(table) && table[n] != "" {
				names = append(names, table[n])
			}
			at += 4
		}
	}
	return names
}
