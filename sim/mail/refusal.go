package mail

import (
	"net/netip"

	"mailwire/layers"
)

// Refuse tells that there is no place for a client of a service, and returns what that client is told. Where TLS comes
// first there are no words for it.
func (s *Server) Refuse(service string, client netip.AddrPort) []byte {
	s.tell("session", layers.N("mail.too-many", text("client", client.String()), text("service", service)))
	switch service {
	case "smtp", "submission":
		return []byte("421 4.7.0 " + s.Name() + " Too many connections, try again later\r\n") // RFC 5321 §3.8
	case "pop3":
		return []byte("-ERR [SYS/TEMP] Too many connections, try again later\r\n") // RFC 3206 §4
	case "imap":
		return []byte("* BYE [UNAVAILABLE] Too many connections, try again later\r\n") // RFC 9051 §7.1.5, RFC 5530 §3
	}
	return nil
}
