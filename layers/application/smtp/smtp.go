// Package smtp is the Simple Mail Transfer Protocol (RFC 5321) and its extensions, as bytes and events: one grammar, and
// over it a [Server], a [Client], and the [Dialogue] that follows a conversation from outside.
//
// Server and Client are machines without a socket, a goroutine or a clock. Bytes and the time go in; bytes, events and
// one deadline come out. Whoever owns the connection moves the bytes.
//
// Modelled: EHLO, HELO, MAIL, RCPT, DATA, RSET, NOOP, QUIT, VRFY, EXPN and HELP; SIZE (RFC 1870), 8BITMIME (RFC 6152),
// PIPELINING (RFC 2920), ENHANCEDSTATUSCODES (RFC 2034), CHUNKING and BINARYMIME (RFC 3030), STARTTLS (RFC 3207; the owner of
// the connection runs TLS), AUTH with the mechanisms of package sasl (RFC 4954), SMTPUTF8 (RFC 6531), the parameters of DSN
// (RFC 3461), RCPTMAX of LIMITS (RFC 9422), and the server's side of LMTP (RFC 2033).
//
// Only CRLF ends a line, and only CRLF . CRLF a mail: a CR or LF that stands alone ends neither. A command with one is refused;
// in a mail it is kept as it is or, by [ServerConfig.RefuseBare], the mail is refused. So no two servers can disagree with this
// one on where a mail ends. A client's mail is sent with CRLF throughout.
//
// Not modelled: ETRN, DELIVERBY, BURL and the client's side of LMTP on the speaking side (the Dialogue shows and explains
// them), the obsolete SEND, SOML, SAML and TURN. Queues, MX look-up, retries and reports of failure belong to a transfer agent,
// which uses this package, and so does recoding a mail for a server without 8BITMIME: a client says that it can't be sent.
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
