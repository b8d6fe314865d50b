package story

import (
	"mailwire/layers"
	"mailwire/layers/application"
)

// A tlsTalk is what an eavesdropper learns of a TLS session.
type tlsTalk struct {
	begun   bool
	opened  bool   // what is inside is read, with the keys
	name    string // that the client asked for, or else the one in the server's certificate
	version string
	asked   bool        // a ClientHello was seen
	sealed  [2]bool     // encrypted words were seen, or Finished, by side
	alert   string      // the error that ended it; "" for none
	accuser layers.Side // who said so
}

// failure names how TLS failed by the end of a connection; "" when it did not, or nobody can tell. An alert that is encrypted
// tells nothing.
func (t *tlsTalk) failure(r *Record) string {
	switch {
	case t.alert != "" && t.accuser == layers.Client:
		return "tls.client"
	case t.alert != "":
		return "tls.server"
	case t.asked && t.vain() && r.broken() && r.holes == 0 && !r.silent():
		return "tls.unfinished"
	}
	return ""
}

// vain tells whether no encrypted words were seen of one side, so that the handshake was not completed as far as the capture shows.
func (t *tlsTalk) vain() bool { return t.begun && t.sealed != [2]bool{true, true} }

func (t *tlsTalk) message(m *application.Message) {
	switch m.Verb {
	case "ClientHello":
		t.begun, t.asked = true, true
		if name := fieldText(m, "server-name"); name != "" {
			t.name = shortened(name, 100)
		}
	case "ServerHello":
		t.begun = true
		for i := range m.Fields {
			if m.Fields[i].Name == "version" {
				t.version = m.Fields[i].Value.Name()
			}
		}
	case "Certificate":
		if t.name == "" {
			t.name = shortened(fieldText(m, "subject"), 100)
		}
	}
	t.begun = t.begun || m.Kind == application.Handshake
	if t.alert == "" && m.Verb == "Alert" {
		t.complaint(m)
	}
	for i := range m.Notes {
		switch m.Notes[i].ID {
		case "tls.finished", "tls.application-data", "tls.application-data.opened", "tls.encrypted-handshake":
			t.sealed[m.From] = t.sealed[m.From] || m.Complete
		}
	}
}

// complaint takes a readable alert. RFC 8446 §6.1: close_notify and user_canceled are no errors.
func (t *tlsTalk) complaint(m *application.Message) {
	const closeNotify, userCanceled, fatal = 0, 90, 2
	var level, description layers.Value
	for i := range m.Fields {
		switch m.Fields[i].Name {
		case "alert-level":
			level = m.Fields[i].Value
		case "alert-description":
			description = m.Fields[i].Value
		}
	}
	if n := description.Number(); level.Number() == fatal && n != closeNotify && n != userCanceled {
		t.alert, t.accuser = description.Name(), m.From
	}
}
