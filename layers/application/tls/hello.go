package tls

import (
	"fmt"
	"strings"

	"mailwire/layers"
	"mailwire/layers/application"
)

// A handshakeType says what a handshake message is (RFC 8446 §4, RFC 5246 §7.4).
type handshakeType uint8

const (
	clientHello handshakeType = 1
	serverHello handshakeType = 2
	certificate handshakeType = 11
)

// handshakeNames are the names as the RFCs write them, and behind them the notes.
var handshakeNames = map[byte][2]string{
	0:  {"HelloRequest", "tls.hello-request"},
	1:  {"ClientHello", "tls.client-hello"},
	2:  {"ServerHello", "tls.server-hello"},
	4:  {"NewSessionTicket", "tls.new-session-ticket"},
	8:  {"EncryptedExtensions", "tls.encrypted-extensions"},
	11: {"Certificate", "tls.certificate"},
	12: {"ServerKeyExchange", "tls.server-key-exchange"},
	13: {"CertificateRequest", "tls.certificate-request"},
	14: {"ServerHelloDone", "tls.server-hello-done"},
	15: {"CertificateVerify", "tls.certificate-verify"},
	16: {"ClientKeyExchange", "tls.client-key-exchange"},
	20: {"Finished", "tls.finished"},
	22: {"CertificateStatus", "tls.certificate-status"},
	24: {"KeyUpdate", "tls.key-update"},
}

func handshakeName(kind byte) string {
	if n, ok := handshakeNames[kind]; ok {
		return n[0]
	}
	return fmt.Sprintf("handshake message %d", kind)
}

func handshakeNote(kind byte) string {
	if n, ok := handshakeNames[kind]; ok {
		return n[1]
	}
	return "tls.handshake-unknown"
}

const (
	versionTLS12 = 0x0303
	versionTLS13 = 0x0304
)

// versionName is a protocol version as people say it.
func versionName(v uint16) string {
	switch v {
	case 0x0300:
		return "SSL 3.0"
	case 0x0301, 0x0302, versionTLS12, versionTLS13:
		return fmt.Sprintf("TLS 1.%d", v&0xff-1)
	}
	return fmt.Sprintf("0x%04x", v)
}

// isReserved tells a value that means nothing, sent so that servers learn to ignore what they don't know (RFC 8701 §2).
func isReserved(v uint16) bool { return v&0x0f0f == 0x0a0a && v>>8 == v&0xff }

// The extensions that are read (RFC 8446 §4.2).
const (
	extensionServerName = 0
	extensionALPN       = 16
	extensionVersions   = 43
)

const listMax = 16 // so many items of a list are shown

// readClientHello reads RFC 8446 §4.1.2.
func readClientHello(m *application.Message, b []byte) {
	r := reader{b: b}
	version := r.uint16()
	r.skip(32) // random
	r.vector8()
	suites := reader{b: r.vector16()}
	r.vector8() // compression methods
	var name string
	versions, protocols := []string{versionName(version)}, []string(nil)
	offered := len(suites.b) / 2
	extensions := reader{b: r.vector16()}
	for extensions.more() {
		kind := extensions.uint16()
		e := reader{b: extensions.vector16()}
		switch kind {
		case extensionServerName:
			name = serverName(e)
		case extensionALPN:
			protocols = protocolNames(e)
		case extensionVersions:
			versions = versionNames(reader{b: e.vector8()})
		}
	}
	note := layers.N("tls.client-hello.unnamed")
	if name != "" {
		m.Text += " " + name
		m.Fields = append(m.Fields, layers.Field{Name: "server-name", Value: layers.String(name)})
		note = layers.N("tls.client-hello", layers.A("name", layers.String(name)))
	}
	if r.short || extensions.short {
		m.Text += " (broken)"
		note = layers.N("tls.broken-message")
	}
	m.Fields = append(m.Fields,
		layers.Field{Name: "versions", Value: layers.Words(versions)},
		layers.Field{Name: "cipher-suites", Value: layers.Int(offered)})
	if protocols != nil {
		m.Fields = append(m.Fields, layers.Field{Name: "alpn", Value: layers.Words(protocols)})
	}
	m.Notes = []layers.Note{note}
}

// serverName reads RFC 6066 §3.
func serverName(e reader) string {
	list := reader{b: e.vector16()}
	for list.more() {
		kind := list.uint8()
		name := list.vector16()
		if kind == 0 && !list.short {
			return string(name)
		}
	}
	return ""
}

// protocolNames reads RFC 7301 §3.1.
func protocolNames(e reader) []string {
	var names []string
	list := reader{b: e.vector16()}
	for list.more() && len(names) < listMax {
		names = append(names, string(list.vector8()))
	}
	return names
}

// versionNames reads RFC 8446 §4.2.1.
func versionNames(list reader) []string {
	var names []string
	for list.more() && len(names) < listMax {
		if v := list.uint16(); !isReserved(v) {
			names = append(names, versionName(v))
		}
	}
	return names
}

// retryRandom is the random value of a ServerHello that asks for another ClientHello (RFC 8446 §4.1.3).
const retryRandom = "\xcf\x21\xad\x74\xe5\x9a\x61\x11\xbe\x1d\x8c\x02\x1e\x65\xb8\x91\xc2\xa2\x11\x16\x7a\xbb\x8c\x5e\x07\x9e\x09\xe2\xc8\xa8\x33\x9c"

// readServerHello reads RFC 8446 §4.1.3 and returns the version chosen.
func readServerHello(m *application.Message, b []byte) uint16 {
	r := reader{b: b}
	version := r.uint16()
	random := string(r.take(32))
	r.vector8()
	suite := r.uint16()
	r.skip(1)
	extensions := reader{b: r.vector16()}
	if len(b) > 0 && r.short && len(extensions.b) == 0 {
		extensions.short, r.short = false, false // TLS 1.2 and older may end without extensions
	}
	for extensions.more() {
		kind := extensions.uint16()
		e := reader{b: extensions.vector16()}
		if kind == extensionVersions {
			version = e.uint16()
		}
	}
	name := suiteName(suite)
	args := []layers.Arg{layers.A("version", layers.String(versionName(version))), layers.A("suite", layers.String(name))}
	m.Text = strings.Join([]string{m.Text, versionName(version), name}, " ")
	m.Fields = []layers.Field{
		{Name: "version", Value: layers.HexUint(version, 4).Named(versionName(version))},
		{Name: "cipher-suite", Value: layers.HexUint(suite, 4).Named(name)},
	}
	switch {
	case random == retryRandom:
		m.Text = "HelloRetryRequest"
		m.Notes = []layers.Note{layers.N("tls.hello-retry-request")}
	default:
		m.Notes = []layers.Note{layers.N("tls.server-hello", args...)}
	}
	return version
}

// suiteName is a cipher suite's name where it is a common one, else its number (IANA TLS Cipher Suites).
func suiteName(suite uint16) string {
	if name, ok := suiteNames[suite]; ok {
		return name
	}
	return fmt.Sprintf("0x%04x", suite)
}

var suiteNames = map[uint16]string{
	0x1301: "TLS_AES_128_GCM_SHA256",
	0x1302: "TLS_AES_256_GCM_SHA384",
	0x1303: "TLS_CHACHA20_POLY1305_SHA256",
	0xc02b: "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
	0xc02c: "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
	0xc02f: "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
	0xc030: "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
	0xcca8: "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
	0xcca9: "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
	0xc013: "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
	0xc014: "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
	0x009e: "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256",
	0x009f: "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384",
	0x0033: "TLS_DHE_RSA_WITH_AES_128_CBC_SHA",
	0x0039: "TLS_DHE_RSA_WITH_AES_256_CBC_SHA",
	0x009c: "TLS_RSA_WITH_AES_128_GCM_SHA256",
	0x009d: "TLS_RSA_WITH_AES_256_GCM_SHA384",
	0x002f: "TLS_RSA_WITH_AES_128_CBC_SHA",
	0x0035: "TLS_RSA_WITH_AES_256_CBC_SHA",
	0x000a: "TLS_RSA_WITH_3DES_EDE_CBC_SHA",
	0x0005: "TLS_RSA_WITH_RC4_128_SHA",
}

// alertName is an alert's description (RFC 8446 §6).
func alertName(description byte) string {
	if name, ok := alertNames[description]; ok {
		return name
	}
	return fmt.Sprint("alert ", description)
}

var alertNames = map[byte]string{
	0: "close_notify", 10: "unexpected_message", 20: "bad_record_mac", 22: "record_overflow", 40: "handshake_failure",
	42: "bad_certificate", 43: "unsupported_certificate", 44: "certificate_revoked", 45: "certificate_expired",
	46: "certificate_unknown", 47: "illegal_parameter", 48: "unknown_ca", 49: "access_denied", 50: "decode_error",
	51: "decrypt_error", 70: "protocol_version", 71: "insufficient_security", 80: "internal_error",
	86: "inappropriate_fallback", 90: "user_canceled", 109: "missing_extension", 110: "unsupported_extension",
	112: "unrecognized_name", 113: "bad_certificate_status_response", 115: "unknown_psk_identity",
	116: "certificate_required", 120: "no_application_protocol",
}
