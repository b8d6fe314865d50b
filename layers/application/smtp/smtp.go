// Package smtp is the Simple Mail Transfer Protocol (RFC 5321) and its extensions, as bytes and events: one grammar, and
// over it a [Server], a [Client], and the [Dialogue] that follows a conversation from outside.
//
// Server and Client are machines without a socket, a goroutine or a clock. Bytes and the time go in; bytes, events and
// one deadline come out. Whoever owns the connection moves the bytes.
//
// Modelled: EHLO, HELO, MAIL, RCPT, DATA, RSET, NOOP, QUIT, VRFY, EXPN and HELP; SIZE (RFC 1870), 8BITMIME (RFC 6152),
// PIPELINING (RFC 2920), ENHANCEDSTATUSCODES (RFC 2034), CHUNKING (RFC 3030 §2), STARTTLS (RFC 3207; the owner of the
// connection runs TLS), AUTH with PLAIN, LOGIN and CRAM-MD5 (RFC 4954) and SMTPUTF8 (RFC 6531).
//
// Not modelled: BINARYMIME, DSN, ETRN, DELIVERBY, BURL and LMTP on the speaking side (the Dialogue shows and explains
// them), the obsolete SEND, SOML, SAML and TURN, and mechanisms of AUTH other than the three. Queues, MX look-up,
// retries and reports of failure belong to a transfer agent, which uses this package.
package smtp

import "fmt"

// A SyntaxError says where a line breaks which rule of the grammar.
type SyntaxError struct {
	At   int    // the byte of the line, from 1
	Code int    // the reply that the rule asks for: 500, 501, 504, 553 or 555
	Why  string // what would be right
	Ref  string // where it is written: "RFC 5321 §4.1.2"
}

// Error is "smtp: byte 11: a path begins with < (RFC 5321 §4.1.2)".
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("smtp: byte %d: %s (%s)", e.At, e.Why, e.Ref)
}
