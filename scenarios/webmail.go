package scenarios

import (
	"crypto/tls"

	"go.yaml.in/yaml/v4"

	"mailwire/layers"
	"mailwire/sim/mail"
)

// checkWebmails wants the domain of a webmail to be kept by another host, and to have no second webmail; and a webmail for
// whoever reads by it.
func (d *decoder) checkWebmails(root *yaml.Node) {
	var domains []string
	for i := range d.Hosts {
		if d.Hosts[i].Domain != "" {
			domains = append(domains, d.Hosts[i].Domain)
		}
	}
	for key, value := range pairs(get(get(root, "network"), "hosts")) {
		if n := get(value, "webmail"); n != nil {
			d.checkWebmail(n, d.host(key.Value), domains)
		}
	}
	for key, value := range pairs(get(root, "people")) {
		for _, device := range pairs(get(value, "uses")) {
			n := get(device, "reads")
			if scalar(n) == "webmail" && d.webmailOf(domainOf(d.addressOf(key.Value))) == nil {
				d.complain(n, layers.N("scenario.fault.no-webmail"))
			}
		}
	}
}

func (d *decoder) checkWebmail(n *yaml.Node, h *Host, domains []string) {
	d.want(n, "domain", h.Webmail, domains)
	if other := d.webmailOf(h.Webmail); other != h {
		d.complain(n, layers.N("scenario.fault.domain-twice", arg("domain", h.Webmail), arg("name", other.Name)))
	}
	switch {
	case h.Kind != "host":
		d.complain(n, layers.N("scenario.fault.service-place", arg("kind", h.Kind)))
	case h.Domain != "":
		d.complain(n, layers.N("scenario.fault.webmail-place", arg("name", h.Name)))
	}
}

// webmailOf is the host whose pages show the mail of a domain, or nil.
func (s *Scenario) webmailOf(domain string) *Host {
	for i := range s.Hosts {
		if s.Hosts[i].Webmail == domain && domain != "" {
			return &s.Hosts[i]
		}
	}
	return nil
}

// startWebmails starts the web servers. What they say to their mail host is protected where that speaks TLS.
func (w *world) startWebmails() error {
	for i := range w.scenario.Hosts {
		h := &w.scenario.Hosts[i]
		if h.Webmail == "" {
			continue
		}
		name := mail.WebmailName(h.Webmail)
		config := mail.WebmailConfig{
			Domain: h.Webmail, Trust: func(server string) *tls.Config { return w.authority.Client(name, server) },
		}
		if w.scenario.hostOf("@"+h.Webmail).TLS != "" {
			config.TLS, config.Security = w.authority.Server(name, mail.Flaw(h.Certificate)), mail.StartTLS
		}
		if _, err := mail.NewWebmail(w.hosts[h.Name], config); err != nil {
			return err
		}
	}
	return nil
}
