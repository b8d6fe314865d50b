package tls

import "fmt"

const (
	versionTLS10 = 0x0301
	versionTLS11 = 0x0302
	versionTLS12 = 0x0303
	versionTLS13 = 0x0304
)

// versionName is a protocol version as people say it.
func versionName(v uint16) string {
	switch v {
	case 0x0002:
		return "SSL 2.0"
	case 0x0300:
		return "SSL 3.0"
	case versionTLS10, versionTLS11, versionTLS12, versionTLS13:
		return fmt.Sprintf("TLS 1.%d", v&0xff-1)
	}
	return named(nil, v)
}

// isReserved tells a value that means nothing, sent so that servers learn to ignore what they don't know (RFC 8701 §2).
func isReserved(v uint16) bool { return v&0x0f0f == 0x0a0a && v>>8 == v&0xff }

// named is the name of a value in a table, else its number.
func named(names map[uint16]string, v uint16) string {
	if name, known := names[v]; known {
		return name
	}
	if isReserved(v) {
		return "GREASE"
	}
	return fmt.Sprintf("0x%04x", v)
}

// A handshakeType says what a handshake message is (RFC 8446 §4, RFC 5246 §7.4).
type handshakeType uint8

const (
	helloRequest          handshakeType = 0
	clientHello           handshakeType = 1
	serverHello           handshakeType = 2
	newSessionTicket      handshakeType = 4
	endOfEarlyData        handshakeType = 5
	encryptedExtensions   handshakeType = 8
	certificate           handshakeType = 11
	serverKeyExchange     handshakeType = 12
	certificateRequest    handshakeType = 13
	serverHelloDone       handshakeType = 14
	certificateVerify     handshakeType = 15
	clientKeyExchange     handshakeType = 16
	finished              handshakeType = 20
	certificateStatus     handshakeType = 22
	keyUpdate             handshakeType = 24
	compressedCertificate handshakeType = 25
)

// handshakeNames are the names as the RFCs write them, and behind them the notes.
var handshakeNames = map[handshakeType][2]string{
	helloRequest:          {"HelloRequest", "tls.hello-request"},
	clientHello:           {"ClientHello", "tls.client-hello"},
	serverHello:           {"ServerHello", "tls.server-hello"},
	newSessionTicket:      {"NewSessionTicket", "tls.new-session-ticket"},
	endOfEarlyData:        {"EndOfEarlyData", "tls.end-of-early-data"},
	encryptedExtensions:   {"EncryptedExtensions", "tls.encrypted-extensions"},
	certificate:           {"Certificate", "tls.certificate"},
	serverKeyExchange:     {"ServerKeyExchange", "tls.server-key-exchange"},
	certificateRequest:    {"CertificateRequest", "tls.certificate-request"},
	serverHelloDone:       {"ServerHelloDone", "tls.server-hello-done"},
	certificateVerify:     {"CertificateVerify", "tls.certificate-verify"},
	clientKeyExchange:     {"ClientKeyExchange", "tls.client-key-exchange"},
	finished:              {"Finished", "tls.finished"},
	certificateStatus:     {"CertificateStatus", "tls.certificate-status"},
	keyUpdate:             {"KeyUpdate", "tls.key-update"},
	compressedCertificate: {"CompressedCertificate", "tls.compressed-certificate"},
}

func handshakeName(kind byte) string {
	if n, ok := handshakeNames[handshakeType(kind)]; ok {
		return n[0]
	}
	return fmt.Sprintf("handshake message %d", kind)
}

func handshakeNote(kind byte) string {
	if n, ok := handshakeNames[handshakeType(kind)]; ok {
		return n[1]
	}
	return "tls.handshake-unknown"
}

// The extensions that are read (RFC 8446 §4.2 and IANA, TLS ExtensionType Values).
const (
	extensionServerName     = 0
	extensionGroups         = 10
	extensionSignatures     = 13
	extensionALPN           = 16
	extensionEncryptThenMAC = 22
	extensionTicket         = 35
	extensionPreShared      = 41
	extensionEarlyData      = 42
	extensionVersions       = 43
	extensionKeyShare       = 51
	extensionECH            = 0xfe0d
)

var extensionNames = map[uint16]string{
	0: "server_name", 1: "max_fragment_length", 3: "trusted_ca_keys", 4: "truncated_hmac", 5: "status_request", 8: "server_authz",
	9: "cert_type", 10: "supported_groups", 11: "ec_point_formats", 12: "srp", 13: "signature_algorithms", 14: "use_srtp", 15: "heartbeat",
	16: "application_layer_protocol_negotiation", 17: "status_request_v2", 18: "signed_certificate_timestamp",
	19: "client_certificate_type", 20: "server_certificate_type", 21: "padding", 22: "encrypt_then_mac", 23: "extended_master_secret",
	24: "token_binding", 25: "cached_info", 27: "compress_certificate", 28: "record_size_limit", 34: "delegated_credential",
	35: "session_ticket", 41: "pre_shared_key", 42: "early_data", 43: "supported_versions", 44: "cookie", 45: "psk_key_exchange_modes",
	47: "certificate_authorities", 48: "oid_filters", 49: "post_handshake_auth", 50: "signature_algorithms_cert", 51: "key_share",
	54: "connection_id", 55: "external_id_hash", 56: "external_session_id", 57: "quic_transport_parameters", 58: "ticket_request",
	59: "dnssec_chain", 0x3374: "next_protocol_negotiation", 0x4469: "application_settings", 0xfe0d: "encrypted_client_hello",
	0xff01: "renegotiation_info",
}

// groupNames are IANA's TLS Supported Groups.
var groupNames = map[uint16]string{
	1: "sect163k1", 3: "sect163r2", 6: "sect233k1", 7: "sect233r1", 9: "sect283k1", 10: "sect283r1", 11: "sect409k1", 12: "sect409r1",
	13: "sect571k1", 14: "sect571r1", 15: "secp160k1", 16: "secp160r1", 17: "secp160r2", 18: "secp192k1", 19: "secp192r1", 20: "secp224k1",
	21: "secp224r1", 22: "secp256k1", 23: "secp256r1", 24: "secp384r1", 25: "secp521r1", 26: "brainpoolP256r1", 27: "brainpoolP384r1",
	28: "brainpoolP512r1", 29: "x25519", 30: "x448", 31: "brainpoolP256r1tls13", 32: "brainpoolP384r1tls13", 33: "brainpoolP512r1tls13",
	0x100: "ffdhe2048", 0x101: "ffdhe3072", 0x102: "ffdhe4096", 0x103: "ffdhe6144", 0x104: "ffdhe8192",
	0x200: "MLKEM512", 0x201: "MLKEM768", 0x202: "MLKEM1024",
	0x11eb: "SecP256r1MLKEM768", 0x11ec: "X25519MLKEM768", 0x11ed: "SecP384r1MLKEM1024", 0x6399: "X25519Kyber768Draft00",
}

// signatureNames are IANA's TLS SignatureScheme; the older pairs of hash and signature have the same numbers.
var signatureNames = map[uint16]string{
	0x0101: "rsa_md5", 0x0201: "rsa_pkcs1_sha1", 0x0202: "dsa_sha1", 0x0203: "ecdsa_sha1", 0x0301: "rsa_sha224", 0x0302: "dsa_sha224",
	0x0303: "ecdsa_sha224", 0x0401: "rsa_pkcs1_sha256", 0x0402: "dsa_sha256", 0x0403: "ecdsa_secp256r1_sha256", 0x0501: "rsa_pkcs1_sha384",
	0x0502: "dsa_sha384", 0x0503: "ecdsa_secp384r1_sha384", 0x0601: "rsa_pkcs1_sha512", 0x0602: "dsa_sha512",
	0x0603: "ecdsa_secp521r1_sha512", 0x0804: "rsa_pss_rsae_sha256", 0x0805: "rsa_pss_rsae_sha384", 0x0806: "rsa_pss_rsae_sha512",
	0x0807: "ed25519", 0x0808: "ed448", 0x0809: "rsa_pss_pss_sha256", 0x080a: "rsa_pss_pss_sha384", 0x080b: "rsa_pss_pss_sha512",
	0x081a: "ecdsa_brainpoolP256r1tls13_sha256", 0x081b: "ecdsa_brainpoolP384r1tls13_sha384", 0x081c: "ecdsa_brainpoolP512r1tls13_sha512",
	0x0904: "mldsa44", 0x0905: "mldsa65", 0x0906: "mldsa87",
}

// alertName is an alert's description (RFC 8446 §6).
func alertName(description byte) string {
	if name, ok := alertNames[description]; ok {
		return name
	}
	return fmt.Sprint("alert ", description)
}

var alertNames = map[byte]string{
	0: "close_notify", 10: "unexpected_message", 20: "bad_record_mac", 21: "decryption_failed", 22: "record_overflow",
	30: "decompression_failure", 40: "handshake_failure", 41: "no_certificate",
	42: "bad_certificate", 43: "unsupported_certificate", 44: "certificate_revoked", 45: "certificate_expired",
	46: "certificate_unknown", 47: "illegal_parameter", 48: "unknown_ca", 49: "access_denied", 50: "decode_error",
	51: "decrypt_error", 60: "export_restriction", 70: "protocol_version", 71: "insufficient_security", 80: "internal_error",
	86: "inappropriate_fallback", 90: "user_canceled", 100: "no_renegotiation", 109: "missing_extension", 110: "unsupported_extension",
	111: "certificate_unobtainable", 112: "unrecognized_name", 113: "bad_certificate_status_response", 114: "bad_certificate_hash_value",
	115: "unknown_psk_identity", 116: "certificate_required", 120: "no_application_protocol", 121: "ech_required",
}

// alertNotes are the alerts that have a note of their own.
var alertNotes = map[byte]string{
	0: "tls.alert.close-notify", 20: "tls.alert.bad-record-mac", 40: "tls.alert.handshake-failure", 42: "tls.alert.bad-certificate",
	45: "tls.alert.certificate-expired", 46: "tls.alert.bad-certificate", 48: "tls.alert.unknown-ca", 50: "tls.alert.decode-error",
	70: "tls.alert.protocol-version", 80: "tls.alert.internal-error", 112: "tls.alert.unrecognized-name",
}
