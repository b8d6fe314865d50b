package story

import (
	"encoding/base64"
	"strconv"
	"strings"

	"mailwire/layers"
	"mailwire/layers/application"
)

// A proxyTalk is what a client tells a proxy before the session begins.
type proxyTalk struct {
	login exposure // of kind "" while nothing was said that others could use
	asked bool     // the server is known that the client wants
}

// toProxy takes a message between a client and a proxy: SOCKS, or HTTP.
func (r *Record) toProxy(m *application.Message) {
	if m.From != layers.Client || r.tls.begun {
		return
	}
	if target := fieldText(m, "target"); m.Verb == "CONNECT" && target != "" {
		port, _ := strconv.ParseUint(target[strings.LastIndexByte(target, ':')+1:], 10, 16)
		r.proxy.asked, r.service = true, service(uint16(port))
	}
	e := exposure{protocol: m.Protocol, server: r.Server}
	switch {
	case m.Protocol == "socks" && hasField(m, "password"): // RFC 1929 §2
		e.kind, e.how, e.user = "password", "USERNAME/PASSWORD", fieldText(m, "user")
	case m.Protocol == "http" && m.Verb == "CONNECT" && hasField(m, "proxy-authorization"):
		e.authorization(fieldText(m, "proxy-authorization"))
	}
	if e.kind != "" {
		if e.user = shortened(e.user, 100); e.user == "" {
			e.user = unknown
		}
		r.proxy.login = e
	}
}

// authorization reads the value of a field Proxy-Authorization (RFC 9110 §11.7.2): a scheme, and what it needs.
func (e *exposure) authorization(value string) {
	scheme, rest, _ := strings.Cut(value, " ")
	switch strings.ToLower(scheme) {
	case "basic": // RFC 7617 §2
		e.kind, e.how = "password", "Proxy-Authorization: Basic"
		both, _ := base64.StdEncoding.DecodeString(strings.TrimSpace(rest))
		if user, _, ok := strings.Cut(string(both), ":"); ok {
			e.user = user
		}
	case "bearer": // RFC 6750 §1: whoever has the token can use it
		e.kind, e.how = "password", "Proxy-Authorization: Bearer"
	case "digest": // RFC 7616 §3.4
		e.kind, e.how = "digest", "Proxy-Authorization: Digest"
		_, rest, _ = strings.Cut(rest, `username="`)
		e.user, _, _ = strings.Cut(rest, `"`)
	}
}

// proxied takes down at the end of a connection what the login at a proxy told whoever listened, unless it was for something
// other than mail.
func (b *Book) proxied(r *Record) {
	if r.proxy.login.kind != "" && (r.protocol != "" || r.service != "" || !r.proxy.asked) {
		b.expose(r, r.proxy.login, 0)
	}
}

func hasField(m *application.Message, name string) bool {
	for i := range m.Fields {
		if m.Fields[i].Name == name {
			return true
		}
	}
	return false
}
