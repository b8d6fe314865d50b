package link

import (
	"encoding/binary"

	"mailwire/layers"
)

// The codes of control packets (RFC 1661 §5).
const (
	configureRequest = 1
	configureAck     = 2
	configureNak     = 3
	configureReject  = 4
	terminateRequest = 5
	terminateAck     = 6
	codeReject       = 7
	protocolReject   = 8
	echoRequest      = 9
	echoReply        = 10
)

var pppControlCodes = [...]string{configureRequest: "Configure-Request", configureAck: "Configure-Ack", configureNak: "Configure-Nak",
	configureReject: "Configure-Reject", terminateRequest: "Terminate-Request", terminateAck: "Terminate-Ack", codeReject: "Code-Reject",
	protocolReject: "Protocol-Reject", echoRequest: "Echo-Request", echoReply: "Echo-Reply", 11: "Discard-Request", 12: "Identification",
	13: "Time-Remaining", 14: "Reset-Request", 15: "Reset-Ack"}

// PPPControl is a packet by which the two ends of a PPP link agree on how they use it: of LCP (RFC 1661 §5), of IPCP
// (RFC 1332), IPv6CP (RFC 5072), or of another protocol with the same form.
type PPPControl struct{ pppPacket }

func (d *Decoder) readPPPControl(p PPPProtocol) {
	h := d.more.control.Next()
	packet, ok := d.pppPacket(p)
	*h = PPPControl{packet}
	if !ok {
		d.envelope("ppp-control", pppPacketLength, h)
		return
	}
	if have := d.out.Range.Length + d.out.Missing; h.length < pppPacketLength || h.length > have {
		d.note("ppp-control.length-wrong", layers.A("length", layers.Int(h.length)), layers.A("have", layers.Int(have)))
	}
	d.envelope("ppp-control", len(h.bytes), h)
	d.notePPPControl(h)
	d.finish()
}

func (d *Decoder) notePPPControl(h *PPPControl) {
	name := layers.A("protocol", layers.String(h.protocol.String()))
	switch h.code {
	case configureRequest:
		d.note("ppp-control.request", name)
	case configureAck:
		d.note("ppp-control.agreed", name)
	case configureNak:
		d.note("ppp-control.other-value", name)
	case configureReject:
		d.note("ppp-control.refused", name)
	case terminateRequest, terminateAck:
		d.note("ppp-control.terminate", name)
	case echoRequest, echoReply:
		d.note("ppp-control.echo")
	case codeReject, protocolReject:
		d.note("ppp-control.not-understood", name)
	}
}

// hasOptions tells whether options follow the fixed part.
func (h *PPPControl) hasOptions() bool {
	return h.code >= configureRequest && h.code <= configureReject
}

// AppendSummary adds protocol, code, identifier, and the options that matter to people.
func (h *PPPControl) AppendSummary(dst []byte) []byte {
	dst = h.appendStart(dst, h.codeOf(pppControlCodes[:]))
	dst = layers.Uint(h.id).Append(append(dst, " id "...))
	for _, f := range h.AppendFields(nil) {
		switch f.Name {
		case "mru", "authentication", "address", "dns", "interface-id":
			dst = append(append(append(dst, ' '), f.Name...), ' ')
			if name := f.Value.Name(); name != "" {
				dst = append(dst, name...)
			} else {
				dst = f.Value.Append(dst)
			}
		}
	}
	return dst
}

// AppendFields lists the fixed part and the options.
func (h *PPPControl) AppendFields(dst []layers.Field) []layers.Field {
	l := h.listStart(dst, h.codeOf(pppControlCodes[:]))
	b := h.bytes
	switch {
	case len(b) <= pppPacketLength:
	case h.hasOptions():
		h.listOptions(&l)
	case h.protocol == pppLCP && (h.code == echoRequest || h.code == echoReply || h.code == 11) && len(b) >= 8:
		l.Add("magic-number", 4, 4, layers.HexUint(binary.BigEndian.Uint32(b[4:]), 8))
		l.Add("data", 8, len(b)-8, layers.Bytes(b[8:]))
	case h.protocol == pppLCP && h.code == protocolReject && len(b) >= 6:
		l.Add("rejected-protocol", 4, 2, PPPProtocol(binary.BigEndian.Uint16(b[4:])).Value())
		l.Add("data", 6, len(b)-6, layers.Bytes(b[6:]))
	default:
		l.Add("data", 4, len(b)-4, layers.Bytes(b[4:]))
	}
	return l.Fields
}

func (h *PPPControl) listOptions(l *layers.FieldList) {
	for at := pppPacketLength; at+2 <= len(h.bytes); {
		length := int(h.bytes[at+1])
		if length < 2 || at+length > len(h.bytes) {
			return
		}
		h.listOption(l, at, h.bytes[at], h.bytes[at+2:at+length])
		at += length
	}
}

// listOption lists an option with content b: RFC 1661 §6 for LCP, RFC 1332 §3 and RFC 1877 for IPCP, RFC 5072 §4.1 for IPv6CP.
func (h *PPPControl) listOption(l *layers.FieldList, at int, kind uint8, b []byte) {
	switch p := h.protocol; {
	case p == pppLCP && kind == 1 && len(b) == 2:
		l.Add("mru", at+2, 2, layers.Uint(binary.BigEndian.Uint16(b)))
	case p == pppLCP && kind == 3 && len(b) >= 2:
		l.Add("authentication", at+2, 2, PPPProtocol(binary.BigEndian.Uint16(b)).Value())
	case p == pppLCP && kind == 5 && len(b) == 4:
		l.Add("magic-number", at+2, 4, layers.HexUint(binary.BigEndian.Uint32(b), 8))
	case p == pppLCP && kind == 7:
		l.Add("protocol-compression", at, 2, layers.Bool(true))
	case p == pppLCP && kind == 8:
		l.Add("address-compression", at, 2, layers.Bool(true))
	case p == pppIPCP && kind == 3 && len(b) == 4:
		l.Add("address", at+2, 4, layers.Addr(b))
	case p == pppIPCP && (kind == 129 || kind == 131) && len(b) == 4:
		l.Add("dns", at+2, 4, layers.Addr(b))
	case p == pppIPv6CP && kind == 1 && len(b) == 8:
		l.Add("interface-id", at+2, 8, layers.Bytes(b))
	default:
		l.Add("option", at, 2+len(b), layers.Uint(kind))
	}
}
