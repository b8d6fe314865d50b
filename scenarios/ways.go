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
	plan, err := newPlan(d.Scenario)
	if err != nil {
		d.complain(cables, layers.N("scenario.fault.no-room"))
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
