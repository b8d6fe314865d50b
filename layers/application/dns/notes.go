package dns

import (
	"errors"
	"net/netip"
	"strings"

	"mailwire/layers"
	"mailwire/layers/application/authenticity"
)

// Notes explains a message: what is asked, or what the answer tells a mail program.
func Notes(m *Message) []layers.Note {
	if len(m.Questions) == 0 {
		return nil
	}
	q := m.Questions[0]
	if !m.Response {
		return []layers.Note{questionNote(q)}
	}
	notes := []layers.Note{answerNote(m, q)}
	switch {
	case m.Code != NoError && m.Code != NameError:
	case m.Authoritative:
		notes = append(notes, layers.N("dns.authoritative"))
	default:
		notes = append(notes, layers.N("dns.not-authoritative"))
	}
	return append(notes, recordNotes(m)...)
}

// recordNotes explains the texts that say who may send for a domain: SPF, DKIM, DMARC.
func recordNotes(m *Message) []layers.Note {
	var notes []layers.Note
	for _, r := range m.Answers {
		if text, ok := r.Data.(Text); ok && len(notes) == 0 {
			notes = authenticity.RecordNotes(string(r.Name), strings.Join(text, "")) // RFC 7208 §3.3: without blanks between the strings
		}
	}
	return notes
}

func questionNote(q Question) layers.Note {
	name := layers.A("name", layers.String(string(q.Name)))
	switch q.Type {
	case TypeA, TypeAAAA, TypeMX, TypeTXT:
		return layers.N("dns.query."+lower(q.Type), name)
	case TypePTR:
		return layers.N("dns.query.ptr", layers.A("address", reversed(q.Name)))
	}
	return layers.N("dns.query.other", name, layers.A("type", layers.String(q.Type.String())))
}

func answerNote(m *Message, q Question) layers.Note {
	name := layers.A("name", layers.String(string(q.Name)))
	kind := layers.A("type", layers.String(q.Type.String()))
	switch m.Code {
	case NoError:
	case FormatError, ServerFailure, NameError, NotImplemented, Refused:
		ids := [...]string{FormatError: "formerr", ServerFailure: "servfail", NameError: "nxdomain", NotImplemented: "notimp", Refused: "refused"}
		return layers.N("dns."+ids[m.Code], name)
	default:
		return layers.N("dns.other-code", name, layers.A("code", layers.String(m.Code.String())))
	}
	if m.Truncated {
		return layers.N("dns.truncated", name)
	}
	var exchanges []Exchange
	aliased := false
	for _, r := range m.Answers {
		switch d := r.Data.(type) {
		case Exchange:
			exchanges = append(exchanges, d)
		case Address:
			if r.Type == q.Type {
				return layers.N("dns.response."+lower(q.Type), name, layers.A("address", layers.Addr(d.AsSlice())), seconds(r))
			}
		case Host:
			if r.Type == TypePTR {
				return layers.N("dns.response.ptr", layers.A("address", reversed(q.Name)), layers.A("host", layers.String(string(d.Name))))
			}
			aliased = aliased || r.Type == TypeCNAME
		}
	}
	switch {
	case len(exchanges) == 1 && exchanges[0].Host == Root:
		return layers.N("dns.response.null-mx", name)
	case len(exchanges) > 0:
		best := exchanges[0]
		for _, x := range exchanges {
			if x.Preference < best.Preference {
				best = x
			}
		}
		return layers.N("dns.response.mx", name, layers.A("host", layers.String(string(best.Host))),
			layers.A("preference", layers.Uint(best.Preference)), layers.A("count", layers.Int(len(exchanges))))
	case aliased:
		return layers.N("dns.response.cname", name)
	case len(m.Answers) == 0 && q.Type == TypeMX:
		return layers.N("dns.response.no-mx", name)
	case len(m.Answers) == 0:
		return layers.N("dns.nodata", name, kind)
	}
	return layers.N("dns.response.other", name, kind)
}

func seconds(r Record) layers.Arg { return layers.A("seconds", layers.Uint(r.TTL)) }

func malformed(err error) layers.Note {
	at := 0
	if fault, ok := errors.AsType[*ParseError](err); ok {
		at = fault.At
	}
	return layers.N("dns.malformed", layers.A("at", layers.Int(at)))
}

// lower is a type's name as it stands in ids.
func lower(t Type) string { return string(Name(t.String()).Canonical()) }

// reversed is the address that a name below in-addr.arpa or ip6.arpa stands for, or the name itself.
func reversed(n Name) layers.Value {
	labels, err := n.labels()
	if err != nil {
		return layers.String(string(n))
	}
	var b []byte
	switch {
	case len(labels) == 6 && n.Within("in-addr.arpa"):
		for i := 3; i >= 0; i-- {
			b = append(append(b, labels[i]...), '.')
		}
	case len(labels) == 34 && n.Within("ip6.arpa"):
		for i := 31; i >= 0; i-- {
			b = append(b, labels[i]...)
			if i%4 == 0 {
				b = append(b, ':')
			}
		}
	default:
		return layers.String(string(n))
	}
	if a, err := netip.ParseAddr(string(b[:len(b)-1])); err == nil {
		return layers.Addr(a.AsSlice())
	}
	return layers.String(string(n))
}
