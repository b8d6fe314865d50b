package scenarios

import (
	"slices"

	"go.yaml.in/yaml/v4"

	"mailwire/layers"
)

// checkWays finds what would keep people from reaching their mail: a plan without room, no name server, a domain that
// nobody serves, two hosts without a way between them.
func (d *decoder) checkWays(root *yaml.Node) {
	if len(d.faults) > 0 {
		return // names that name nothing would be told twice
	}
	cables := get(get(root, "network"), "cables")
	d.checkPlugs(get(root, "network"))
	for key := range pairs(get(root, "mailboxes")) {
		if p := d.person(key.Value); d.hostOf(p.Address) == nil {
			d.complain(key, layers.N("scenario.fault.no-domain", arg("domain", domainOf(p.Address))))
		}
	}
	plan, err := newPlan(d.Scenario)
	if err != nil {
		d.complain(cables, layers.N("scenario.fault.no-room"))
		return
	}
	d.checkCircles(cables, plan)
	if len(d.faults) > 0 {
		return
	}
	names := ""
	for _, h := range d.Hosts {
		if slices.Contains(h.Services, "dns") && names == "" {
			names = h.Name
		}
	}
	for key, value := range pairs(get(root, "people")) {
		p := d.person(key.Value)
		if len(p.Devices) == 0 {
			continue
		}
		if names == "" {
			d.complain(get(root, "network"), layers.N("scenario.fault.no-dns"))
			return
		}
		server := d.hostOf(p.Address)
		if server == nil {
			d.complain(get(value, "address"), layers.N("scenario.fault.no-domain", arg("domain", domainOf(p.Address))))
			continue
		}
		for device := range pairs(get(value, "uses")) {
			for _, to := range []string{server.Name, names} {
				if !plan.joins(d.Scenario, device.Value, to) || !plan.joins(d.Scenario, to, device.Value) {
					d.complain(device, layers.N("scenario.fault.no-path", arg("a", device.Value), arg("b", to)))
				}
			}
		}
	}
}

// checkPlugs wants a cable for each host that serves, and at most one for each host.
func (d *decoder) checkPlugs(network *yaml.Node) {
	plugged := map[string]bool{}
	i := 0
	for key := range pairs(get(network, "cables")) {
		c := d.Cables[i]
		i++
		for _, name := range []string{c.A, c.B} {
			if plugged[name] && d.host(name).Kind == "host" {
				d.complain(key, layers.N("scenario.fault.two-cables", arg("name", name)))
			}
			plugged[name] = true
		}
	}
	for key := range pairs(get(network, "hosts")) {
		h := d.host(key.Value)
		if !plugged[h.Name] && (h.Domain != "" || len(h.Services) > 0) {
			d.complain(key, layers.N("scenario.fault.no-cable", arg("name", h.Name)))
		}
	}
}

// checkCircles finds the cables that close a circle of switches, where a broadcast would go round for ever. Routers end
// a circle: they pass no broadcast on.
func (d *decoder) checkCircles(cables *yaml.Node, p *plan) {
	type end struct {
		name    string
		segment int
	}
	parent := map[end]end{}
	root := func(e end) end {
		for parent[e] != (end{}) {
			e = parent[e]
		}
		return e
	}
	i := 0
	for key := range pairs(cables) {
		a, b := root(end{d.Cables[i].A, p.ofCable[i]}), root(end{d.Cables[i].B, p.ofCable[i]})
		if a == b {
			d.complain(key, layers.N("scenario.fault.circle"))
		} else {
			parent[a] = b
		}
		i++
	}
}

// checkRoom wants what lies in the mailboxes at the start to fit into them.
func (d *decoder) checkRoom(root *yaml.Node) {
	if len(d.faults) > 0 {
		return
	}
	boxes := get(root, "mailboxes")
	for _, box := range d.Mailboxes {
		left := d.hostOf(d.person(box.Person).Address).Quota
		if left == 0 {
			continue // no limit
		}
		for i, name := range box.Mails {
			_, data, err := d.old(name, i)
			if err != nil || int64(len(data)) > left {
				d.complain(get(boxes, box.Person).Content[i], layers.N("scenario.fault.no-quota", arg("name", name)))
				break
			}
			left -= int64(len(data))
		}
	}
}

// joins says whether packets find a way from one host to another.
func (p *plan) joins(s *Scenario, from, to string) bool {
	for n := range p.segments {
		if !p.reaches(s, to, n) {
			continue
		}
		if p.reaches(s, from, n) {
			return true
		}
		if _, ok := p.nextHop(s, from, n); ok {
			return true
		}
	}
	return false
}
