package link

import (
	"mailwire/layers"
)

// stars stand for a secret, whatever its length.
const stars = "********"

// PPPLogin is a packet by which one end of a PPP link shows who it is: of PAP (RFC 1334 §2), CHAP (RFC 1994) or EAP
// (RFC 3748). A password, or what is computed from one, is shown as stars until Reveal is called.
type PPPLogin struct {
	pppPacket
	name     layers.Range
	secret   layers.Range
	revealed bool
}

// Reveal lets the fields show the secret.
func (h *PPPLogin) Reveal() { h.revealed = true }

var (
	papCodes  = [...]string{1: "Authenticate-Request", 2: "Authenticate-Ack", 3: "Authenticate-Nak"}
	chapCodes = [...]string{1: "Challenge", 2: "Response", 3: "Success", 4: "Failure"}
	eapCodes  = [...]string{1: "Request", 2: "Response", 3: "Success", 4: "Failure", 5: "Initiate", 6: "Finish"}
)

func (d *Decoder) readPPPLogin(p PPPProtocol) {
	h := d.more.login.Next()
	packet, ok := d.pppPacket(p)
	*h = PPPLogin{pppPacket: packet}
	if !ok {
		d.envelope("ppp-login", pppPacketLength, h)
		return
	}
	h.find()
	if h.secret.Length > 0 {
		d.out.Secret = layers.Range{Offset: h.start + h.secret.Offset, Length: h.secret.Length}
	}
	d.envelope("ppp-login", len(h.bytes), h)
	d.notePPPLogin(h)
	d.finish()
}

// find looks for the name and the secret.
func (h *PPPLogin) find() {
	b := h.bytes
	switch {
	case h.protocol == pppPAP && h.code == 1: // both with a byte of length before them
		h.name = counted(b, pppPacketLength)
		h.secret = counted(b, h.name.End())
	case h.protocol == pppCHAP && (h.code == 1 || h.code == 2): // a value, then the name up to the end
		value := counted(b, pppPacketLength)
		h.name = layers.Range{Offset: value.End(), Length: len(b) - value.End()}
		if h.code == 2 {
			h.secret = value
		}
	}
}

// counted is what follows a byte that says how long it is, as far as it is there.
func counted(b []byte, at int) layers.Range {
	if at >= len(b) {
		return layers.Range{Offset: len(b)}
	}
	return layers.Range{Offset: at + 1, Length: min(int(b[at]), len(b)-at-1)}
}

func (h *PPPLogin) text(r layers.Range) string { return string(h.bytes[r.Offset:r.End()]) }

func (d *Decoder) notePPPLogin(h *PPPLogin) {
	name := layers.A("name", layers.String(h.text(h.name)))
	switch {
	case h.protocol == pppPAP && h.code == 1:
		d.note("ppp-login.password", name)
	case h.protocol == pppCHAP && h.code == 1:
		d.note("ppp-login.challenge", name)
	case h.protocol == pppCHAP && h.code == 2:
		d.note("ppp-login.response", name)
	case h.protocol == pppPAP && h.code == 2, h.protocol != pppPAP && h.code == 3:
		d.note("ppp-login.success")
	case h.protocol == pppPAP && h.code == 3, h.protocol != pppPAP && h.code == 4:
		d.note("ppp-login.failure")
	case h.protocol == pppEAP:
		d.note("ppp-login.eap")
	}
}

func (h *PPPLogin) codeValue() layers.Value {
	names := eapCodes[:]
	switch h.protocol {
	case pppPAP:
		names = papCodes[:]
	case pppCHAP:
		names = chapCodes[:]
	}
	return h.codeOf(names)
}

// AppendSummary adds protocol, code and name.
func (h *PPPLogin) AppendSummary(dst []byte) []byte {
	dst = h.appendStart(dst, h.codeValue())
	if h.name.Length > 0 {
		dst = append(append(dst, ' '), h.text(h.name)...)
	}
	return dst
}

// AppendFields lists the fixed part, the name, the secret, and a message to people.
func (h *PPPLogin) AppendFields(dst []layers.Field) []layers.Field {
	l := h.listStart(dst, h.codeValue())
	secret := layers.String(stars)
	switch b := h.bytes; {
	case len(b) <= pppPacketLength:
	case h.protocol == pppPAP && h.code == 1:
		if h.revealed {
			secret = layers.String(h.text(h.secret))
		}
		l.Add("name", h.name.Offset, h.name.Length, layers.String(h.text(h.name)))
		l.Add("password", h.secret.Offset, h.secret.Length, secret)
	case h.protocol == pppCHAP && h.code <= 2:
		value := counted(b, pppPacketLength)
		if h.revealed || h.code == 1 {
			secret = layers.Bytes(b[value.Offset:value.End()])
		}
		l.Add("value", value.Offset, value.Length, secret)
		l.Add("name", h.name.Offset, h.name.Length, layers.String(h.text(h.name)))
	case h.protocol == pppEAP:
		l.Add("type", 4, 1, eapType(b[4]))
		l.Add("data", 5, len(b)-5, layers.Bytes(b[5:]))
	case h.protocol == pppPAP:
		message := counted(b, pppPacketLength)
		l.Add("message", message.Offset, message.Length, layers.String(h.text(message)))
	default:
		l.Add("message", 4, len(b)-4, layers.String(string(b[4:])))
	}
	for i := range l.Fields[len(dst):] {
		if f := &l.Fields[len(dst)+i]; f.Name == "password" || f.Name == "value" && h.code == 2 {
			f.Secret = true
		}
	}
	return l.Fields
}

// eapType is a method of EAP with its name (RFC 3748 §5 and the IANA list).
func eapType(t uint8) layers.Value {
	v := layers.Uint(t)
	switch t {
	case 1:
		return v.Named("Identity")
	case 2:
		return v.Named("Notification")
	case 3:
		return v.Named("Nak")
	case 4:
		return v.Named("MD5-Challenge")
	case 5:
		return v.Named("One-Time Password")
	case 6:
		return v.Named("Token Card")
	case 13:
		return v.Named("EAP-TLS")
	case 17:
		return v.Named("LEAP")
	case 18:
		return v.Named("EAP-SIM")
	case 21:
		return v.Named("EAP-TTLS")
	case 23:
		return v.Named("EAP-AKA")
	case 25:
		return v.Named("PEAP")
	case 26:
		return v.Named("MS-CHAPv2")
	case 43:
		return v.Named("EAP-FAST")
	case 52:
		return v.Named("EAP-PWD")
	case 254:
		return v.Named("Expanded")
	}
	return v
}
