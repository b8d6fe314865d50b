package smtp

import (
	"strconv"
	"strings"
)

// declare reads the parameters of MAIL into the envelope, or says what is wrong with them.
func (s *Server) declare(e *Envelope, c *Command) *Reply {
	utf8 := false
	for _, p := range c.Params {
		ok := true
		switch {
		case p.Keyword == "SIZE" && s.offers("SIZE"):
			if refusal := s.checkSize(p.Value); refusal != nil {
				return refusal
			}
		case p.Keyword == "BODY" && s.offers("8BITMIME"):
			switch body := strings.ToUpper(p.Value); body {
			case "7BIT", "8BITMIME":
			case "BINARYMIME":
				// RFC 3030 §3: a mail without lines, which BDAT alone can carry.
				s.content.binary = true
				ok = s.offers(body)
			default:
				ok = false
			}
		case p.Keyword == "SMTPUTF8" && s.offers("SMTPUTF8"):
			utf8, ok = true, !p.Valued
		case p.Keyword == "AUTH" && s.offers("AUTH"):
			// RFC 4954 §5: a server that does not trust the client treats it as AUTH=<>.
			_, ok = decodeXtext(p.Value)
			ok = ok && p.Valued
		case p.Keyword == "RET" && s.offers("DSN"):
			e.Return = Return(strings.ToUpper(p.Value))
			ok = e.Return == ReturnFull || e.Return == ReturnHeaders
		case p.Keyword == "ENVID" && s.offers("DSN"):
			e.ID, ok = parseEnvelopeID(p.Value)
		default:
			return unknownParam(p)
		}
		if !ok {
			return wrongParam(p)
		}
	}
	// RFC 6531 §3.5: 553 5.6.7 for an address that needs SMTPUTF8 and comes without.
	if !c.Path.ASCII() && !utf8 {
		return needsUTF8()
	}
	return nil
}

// checkSize looks at SIZE: up to twenty digits (RFC 1870 §5).
func (s *Server) checkSize(value string) *Reply {
	for i := range len(value) {
		if !isDigit(value[i]) {
			value = ""
			break
		}
	}
	if value == "" || len(value) > 20 {
		return NewReply(501, "5.5.4", "SIZE is a decimal number")
	}
	n, err := strconv.ParseInt(value, 10, 64)
	// RFC 1870 §6.1: 552 when the size is over the fixed limit.
	if err != nil || n > s.config.Limits.Size {
		return s.tooLarge()
	}
	s.content.declared = n
	return nil
}

func (s *Server) tooLarge() *Reply {
	return NewReply(552, "5.3.4", "Message size exceeds the limit of "+strconv.FormatInt(s.config.Limits.Size, 10)+" bytes")
}

// wish reads the parameters of RCPT into the recipient, or says what is wrong with them.
func (s *Server) wish(r *Recipient, c *Command) *Reply {
	for _, p := range c.Params {
		var ok bool
		switch {
		case p.Keyword == "NOTIFY" && s.offers("DSN"):
			r.Notify, ok = parseNotify(p.Value)
		case p.Keyword == "ORCPT" && s.offers("DSN"):
			r.Original, ok = parseOriginal(p.Value)
		default:
			return unknownParam(p)
		}
		if !ok {
			// RFC 3461 §4: 501 for a value that is none.
			return wrongParam(p)
		}
	}
	if _, utf8 := s.envelope.Param("SMTPUTF8"); !c.Path.ASCII() && !utf8 {
		return needsUTF8()
	}
	return nil
}

// unknownParam is the answer to a parameter of no extension that the client was told of (RFC 5321 §4.1.1.11).
func unknownParam(p Param) *Reply {
	return NewReply(555, "5.5.4", "Parameter not recognized: "+p.Keyword[:min(len(p.Keyword), 64)])
}

// wrongParam is the answer to a value that its extension does not know (RFC 5321 §4.1.1.11).
func wrongParam(p Param) *Reply { return NewReply(501, "5.5.4", "Wrong value of "+p.Keyword) }

func needsUTF8() *Reply { return NewReply(553, "5.6.7", "The address needs SMTPUTF8") }

// offers says whether the client has been told of the extension.
func (s *Server) offers(keyword string) bool {
	return s.session.Extended && s.config.announces(keyword)
}
