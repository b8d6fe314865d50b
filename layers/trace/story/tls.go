package story

import "mailwire/layers/application"

// A tlsTalk is what an eavesdropper learns of a TLS session.
type tlsTalk struct {
	begun   bool
	opened  bool   // what is inside is read, with the keys
	name    string // that the client asked for, or else the one in the server's certificate
	version string
}

func (t *tlsTalk) message(m *application.Message) {
	switch m.Verb {
	case "ClientHello":
		t.begun = true
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
}
