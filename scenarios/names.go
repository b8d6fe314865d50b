package scenarios

import (
	"strings"

	"go.yaml.in/yaml/v4"

	"mailwire/layers"
)

// want complains when a node names nothing that is there.
func (d *decoder) want(n *yaml.Node, fault, name string, known []string) {
	if !contains(known, name) {
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

func (d *decoder) wantAddress(n *yaml.Node) {
	if name := scalar(n); !strings.Contains(name, "@") {
		d.wantPerson(n)
	}
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
