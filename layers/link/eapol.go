package link

import (
	"encoding/binary"

	"mailwire/layers"
)

const (
	eapolFixed = 4
	eapolKey   = 3
	keyFixed   = 95 // a key frame without key data, from its descriptor type on (IEEE 802.11 §12.7.2)
)

// The bits of the key information.
const (
	keyPairwise  = 0x0008
	keyInstall   = 0x0040
	keyAck       = 0x0080
	keyMIC       = 0x0100
	keySecure    = 0x0200
	keyError     = 0x0400
	keyRequest   = 0x0800
	keyEncrypted = 0x1000
)

// EAPOL is a frame of 802.1X (IEEE 802.1X §11): a login of EAP, or a step by which a station and an access point agree on
// keys.
type EAPOL struct {
	header
	version, kind uint8
	length        int // of the body, as it stands there
}

func (d *Decoder) readEAPOL() {
	if !d.deeper() {
		return
	}
	h := d.more.eapol.Next()
	b, place := d.whole(eapolFixed)
	*h = EAPOL{header: place, version: b[0], kind: b[1], length: int(binary.BigEndian.Uint16(b[2:]))}
	if len(h.bytes) < eapolFixed {
		d.short("EAPOL", eapolFixed)
		d.envelope("eapol", eapolFixed, h)
		return
	}
	rest := d.rest()
	h.bytes = rest[:min(eapolFixed+h.length, len(rest))]
	d.envelope("eapol", len(h.bytes), h)
	d.finish()
	switch h.kind {
	case 0:
		d.note("eapol.login")
	case 1:
		d.note("eapol.start")
	case 2:
		d.note("eapol.logoff")
	case eapolKey:
		d.noteKey(h)
	}
}

// step is which message of the 4-way handshake a key frame is, 1 to 4 (IEEE 802.11 §12.7.6); 0 for the handshake of the group
// key, and for what cannot be told.
func (h *EAPOL) step() int {
	if h.kind != eapolKey || len(h.bytes) < eapolFixed+keyFixed {
		return 0
	}
	info := h.keyInformation()
	switch {
	case info&keyPairwise == 0:
		return 0
	case info&keyAck != 0 && info&keyMIC == 0:
		return 1
	case info&keyAck != 0:
		return 3
	case info&keySecure != 0 || binary.BigEndian.Uint16(h.bytes[97:]) == 0:
		return 4
	}
	return 2
}

func (h *EAPOL) keyInformation() uint16 { return binary.BigEndian.Uint16(h.bytes[5:]) }

func (d *Decoder) noteKey(h *EAPOL) {
	switch h.step() {
	case 1:
		d.note("eapol.handshake-1")
	case 2:
		d.note("eapol.handshake-2")
	case 3:
		d.note("eapol.handshake-3")
	case 4:
		d.note("eapol.handshake-4")
	default:
		d.note("eapol.group-key")
	}
}

func (h *EAPOL) kindValue() layers.Value {
	names := [...]string{"EAP", "start", "logoff", "key", "alert"}
	if int(h.kind) < len(names) {
		return layers.Uint(h.kind).Named(names[h.kind])
	}
	return layers.Uint(h.kind)
}

// AppendSummary adds the kind and the step.
func (h *EAPOL) AppendSummary(dst []byte) []byte {
	v := h.kindValue()
	if name := v.Name(); name != "" {
		dst = append(dst, name...)
	} else {
		dst = v.Append(append(dst, "type "...))
	}
	if n := h.step(); n > 0 {
		dst = layers.Int(n).Append(append(dst, " message "...))
		dst = append(dst, " of 4"...)
	}
	return dst
}

// AppendFields lists the fixed part, then the fields of the kind.
func (h *EAPOL) AppendFields(dst []layers.Field) []layers.Field {
	l := h.list(dst)
	l.Add("version", 0, 1, layers.Uint(h.version))
	l.Add("type", 1, 1, h.kindValue())
	l.Add("length", 2, 2, layers.Int(h.length))
	b := h.bytes
	switch {
	case h.kind == 0 && len(b) >= 8:
		code := layers.Uint(b[4])
		if int(b[4]) < len(eapCodes) {
			code = code.Named(eapCodes[b[4]])
		}
		l.Add("code", 4, 1, code)
		l.Add("identifier", 5, 1, layers.Uint(b[5]))
		if len(b) > 8 {
			l.Add("method", 8, 1, eapType(b[8]))
			l.Add("data", 9, len(b)-9, layers.Bytes(b[9:]))
		}
	case h.kind == eapolKey && len(b) >= eapolFixed+keyFixed:
		l.Add("descriptor", 4, 1, layers.Uint(b[4]))
		l.Add("information", 5, 2, layers.Words(keyFlags(h.keyInformation())))
		l.Add("key-length", 7, 2, layers.Uint(binary.BigEndian.Uint16(b[7:])))
		l.Add("replay-counter", 9, 8, layers.Uint(binary.BigEndian.Uint64(b[9:])))
		l.Add("nonce", 17, 32, layers.Bytes(b[17:49]))
		l.Add("mic", 81, 16, layers.Bytes(b[81:97]))
		l.Add("data-length", 97, 2, layers.Uint(binary.BigEndian.Uint16(b[97:])))
		l.Add("data", 99, len(b)-99, layers.Bytes(b[99:]))
	case len(b) > eapolFixed:
		l.Add("data", 4, len(b)-4, layers.Bytes(b[4:]))
	}
	return l.Fields
}

func keyFlags(info uint16) []string {
	var names []string
	for _, f := range [...]struct {
		bit  uint16
		name string
	}{{keyPairwise, "pairwise"}, {keyInstall, "install"}, {keyAck, "ack"}, {keyMIC, "mic"}, {keySecure, "secure"}, {keyError, "error"}, {keyRequest, "request"}, {keyEncrypted, "encrypted"}} {
		if info&f.bit != 0 {
			names = append(names, f.name)
		}
	}
	return names
}
