package sasl

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"unicode/utf16"

	"mailwire/layers"
)

// isNTLM says whether a message is one of NTLM, whatever mechanism carries it (MS-NLMP §2.2: a signature, then the type).
func isNTLM(b []byte) bool { return len(b) >= 12 && bytes.HasPrefix(b, []byte("NTLMSSP\x00")) }

func ntlmType(b []byte) uint32 { return binary.LittleEndian.Uint32(b[8:]) }

// ntlmUnicode is NTLMSSP_NEGOTIATE_UNICODE (MS-NLMP §2.2.2.5).
const ntlmUnicode = 1

// ntlmResponse reads the client's messages: NEGOTIATE (1) and AUTHENTICATE (3).
func ntlmResponse(b []byte) Reading {
	switch ntlmType(b) {
	case 1:
		// MS-NLMP §2.2.1.1: both names are in the OEM character set.
		return told(layers.N("sasl.ntlm.negotiate", text("domain", ntlmText(b, 16, false)), text("workstation", ntlmText(b, 24, false))))
	case 3:
		unicode := len(b) >= 64 && binary.LittleEndian.Uint32(b[60:])&ntlmUnicode != 0
		return Reading{Notes: []layers.Note{layers.N("sasl.ntlm.authenticate", text("domain", ntlmText(b, 28, unicode)), text("user", ntlmText(b, 36, unicode)),
			text("workstation", ntlmText(b, 44, unicode)))}, Secret: true}
	}
	return unread
}

// ntlmChallenge reads the server's CHALLENGE (2): its name and the eight bytes that the client must answer.
func ntlmChallenge(b []byte) Reading {
	if ntlmType(b) != 2 || len(b) < 32 {
		return told(layers.N("sasl.challenge", text("challenge", hex.EncodeToString(b[:min(len(b), textMax/2)]))))
	}
	unicode := binary.LittleEndian.Uint32(b[20:])&ntlmUnicode != 0
	return told(layers.N("sasl.ntlm.challenge", text("target", ntlmText(b, 12, unicode)), text("challenge", hex.EncodeToString(b[24:32]))))
}

// ntlmText reads the text to which the fields at a place point: two bytes of length, two of room, four of offset. It is "-"
// where there is none.
func ntlmText(b []byte, at int, unicode bool) string {
	if len(b) < at+8 {
		return "-"
	}
	length, offset := int64(binary.LittleEndian.Uint16(b[at:])), int64(binary.LittleEndian.Uint32(b[at+4:]))
	if length == 0 || offset+length > int64(len(b)) {
		return "-"
	}
	s := b[offset : offset+length]
	if !unicode {
		return string(s)
	}
	units := make([]uint16, len(s)/2)
	for i := range units {
		units[i] = binary.LittleEndian.Uint16(s[2*i:])
	}
	return string(utf16.Decode(units))
}
