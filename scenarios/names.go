package scenarios

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"mailwire/layers"
	"mailwire/layers/application/dns"
	"mailwire/layers/application/smtp"
	"mailwire/layers/lexicon"
	"mailwire/sim/mail"
)

// definedIn is the part of the file where names of a kind are defined.
var definedIn = map[string]string{"host": "network", "cable": "network", "person": "people", "device": "people", "mail": "mails"}

// want complains when a node names nothing that is there. Where the part that defines such names is faulty itself,
// nobody can tell.
func (d *decoder) want(n *yaml.Node, fault, name string, known []string) {
	if d.unsure[definedIn[fault]] {
		return
	}
	if !slices.Contains(known, name) {
		d.complain(n, layers.N("scenario.fault."+fault, arg("name", name)), d.near(name, known))
	}
}

func (d *decoder) wantHost(n *yaml.Node, name string) {
	var known []string
	for _, h := range d.Hosts {
		known = append(known, h.Name)
	}
	d.want(n, "host", name, known)
}

// wantPlace wants a host where mails can be: one with somebody's mail program, one with a queue.
func (d *decoder) wantPlace(device, queue *yaml.Node) {
	var devices, servers []string
	for _, p := range d.People {
		for _, used := range p.Devices {
			devices = append(devices, used.Host)
		}
	}
	for _, h := range d.Hosts {
		if h.Domain != "" {
			servers = append(servers, h.Name)
		}
	}
	if device != nil && !d.unsure["people"] {
		d.want(device, "host", device.Value, devices)
	}
	if queue != nil {
		d.want(queue, "host", queue.Value, servers)
	}
}

func (d *decoder) wantPerson(n *yaml.Node) {
	var known []string
	for _, p := range d.People {
		known = append(known, p.Name)
	}
	d.want(n, "person", scalar(n), known)
}

func (d *decoder) wantMail(n *yaml.Node) {
	var known []string
	for _, m := range d.Mails {
		known = append(known, m.Name)
	}
	d.want(n, "mail", scalar(n), known)
}

func (d *decoder) wantCable(n *yaml.Node) {
	if n == nil {
		return
	}
	var known []string
	for _, c := range d.Cables {
		known = append(known, c.A+" to "+c.B)
	}
	d.want(n, "cable", n.Value, known)
}

// wantEnd wants one of the two ends of a cable.
func (d *decoder) wantEnd(n *yaml.Node, cable string) {
	a, b, ok := strings.Cut(cable, " to ")
	if scalar(n) == "" || !ok || n.Value == a || n.Value == b {
		return
	}
	d.complain(n, layers.N("scenario.fault.end", arg("name", n.Value), arg("cable", cable)), d.near(n.Value, []string{a, b}))
}

// wantNote wants the id of a note that explains something.
func (d *decoder) wantNote(n *yaml.Node) {
	if n == nil {
		return
	}
	notes := lexicon.New(lexicon.English, lexicon.Notes)
	if e, ok := notes.Entry(n.Value); ok && !e.Label {
		return
	}
	var known []string
	for _, e := range notes.Entries() {
		if !e.Label {
			known = append(known, e.ID)
		}
	}
	right := layers.N("scenario.right.example", arg("example", "pop3.dele"))
	if id := lexicon.Nearest(n.Value, known); id != "" {
		right = layers.N("scenario.right.near", arg("word", id))
	}
	d.complain(n, layers.N("scenario.fault.note", arg("name", n.Value)), right)
}

// wantAddress wants a person of the file or an address.
func (d *decoder) wantAddress(n *yaml.Node) {
	name := scalar(n)
	if !strings.Contains(name, "@") || d.person(name) != nil {
		d.wantPerson(n)
	} else if _, ok := parseAddress(name); !ok {
		d.complain(n, layers.N("scenario.fault.value", arg("value", name)), layers.N("scenario.right.example", arg("example", "ana@example.net")))
	}
}

// parseAddress reads an address as a mail's envelope and header both hold it: local part and domain (RFC 5321 §4.1.2).
// What it returns has no needless quotes.
func parseAddress(s string) (string, bool) {
	m, err := smtp.ParseMailbox(s)
	if err != nil || m.Local == "" {
		return "", false
	}
	if !strings.HasPrefix(m.Domain, "[") {
		if _, ok := parseDomain(m.Domain); !ok {
			return "", false
		}
	}
	return m.String(), true
}

// parseDomain reads the domain of addresses, and returns it in lower case. Its mail host has a name too.
func parseDomain(s string) (string, bool) {
	m, err := smtp.ParseMailbox("postmaster@" + s)
	// Letters, digits and hyphens (RFC 1123 §2.1): what else a name could hold needs a form of its own in the DNS.
	isOther := func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '.')
	}
	if err != nil || strings.ContainsFunc(s, isOther) || strings.HasSuffix(s, ".") {
		return "", false
	}
	domain := strings.ToLower(m.Domain)
	_, err = dns.ParseName(mail.HostName(domain))
	return domain, err == nil
}

func (s *Scenario) person(name string) *Person {
	for i := range s.People {
		if s.People[i].Name == name {
			return &s.People[i]
		}
	}
	return nil
}

func (s *Scenario) mail(name string) *Mail {
	for i := range s.Mails {
		if s.Mails[i].Name == name {
			return &s.Mails[i]
		}
	}
	return nil
}
