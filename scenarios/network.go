package scenarios

import (
	"fmt"
	"net/netip"
)

// A segment is a network of its own: the cables that switches join, and the devices on them.
type segment struct {
	prefix  netip.Prefix
	members []member
}

// A member is a device of a segment with its address there.
type member struct {
	host    *Host
	address netip.Addr
}

// The networks come from the ranges set aside for documentation (RFC 5737), cut into parts of 14 addresses.
var documentation = [...]string{"192.0.2.0", "198.51.100.0", "203.0.113.0"}

const (
	segmentBits   = 28
	segmentRoom   = 1<<(32-segmentBits) - 2
	segmentsRoom  = len(documentation) * 1 << (segmentBits - 24)
	segmentStride = 1 << (32 - segmentBits)
)

// A plan is where everything is: which segment each cable belongs to, and which addresses the devices have.
type plan struct {
	segments []*segment
	ofCable  []int // by the position of the cable
}

// newPlan finds the segments and numbers the devices: routers first, then hosts, in the order of the file.
func newPlan(s *Scenario) (*plan, error) {
	p := &plan{ofCable: make([]int, len(s.Cables))}
	for i := range p.ofCable {
		p.ofCable[i] = -1
	}
	for i := range s.Cables {
		if p.ofCable[i] < 0 {
			p.flood(s, i, len(p.segments))
			p.segments = append(p.segments, &segment{})
		}
	}
	if len(p.segments) > segmentsRoom {
		return nil, fmt.Errorf("scenario: %d networks, and at most %d have room", len(p.segments), segmentsRoom)
	}
	for n, seg := range p.segments {
		base := netip.MustParseAddr(documentation[n%len(documentation)]).As4()
		base[3] = byte(n / len(documentation) * segmentStride)
		seg.prefix = netip.PrefixFrom(netip.AddrFrom4(base), segmentBits)
		for _, kind := range []string{"router", "host"} {
			for i := range s.Hosts {
				if h := &s.Hosts[i]; h.Kind == kind && p.reaches(s, h.Name, n) {
					base[3]++
					seg.members = append(seg.members, member{h, netip.AddrFrom4(base)})
				}
			}
		}
		if len(seg.members) > segmentRoom {
			return nil, fmt.Errorf("scenario: %d devices on one network, and at most %d have room", len(seg.members), segmentRoom)
		}
	}
	return p, nil
}

// flood puts a cable and all that switches join to it into a segment.
func (p *plan) flood(s *Scenario, cable, segment int) {
	p.ofCable[cable] = segment
	for _, end := range []string{s.Cables[cable].A, s.Cables[cable].B} {
		if h := s.host(end); h == nil || h.Kind != "switch" {
			continue
		}
		for i := range s.Cables {
			if p.ofCable[i] < 0 && (s.Cables[i].A == end || s.Cables[i].B == end) {
				p.flood(s, i, segment)
			}
		}
	}
}

// reaches says whether a device has a cable in a segment.
func (p *plan) reaches(s *Scenario, name string, segment int) bool {
	for i, c := range s.Cables {
		if p.ofCable[i] == segment && (c.A == name || c.B == name) {
			return true
		}
	}
	return false
}

// address is the address of a device in a segment.
func (p *plan) address(name string, segment int) netip.Addr {
	for _, m := range p.segments[segment].members {
		if m.host.Name == name {
			return m.address
		}
	}
	return netip.Addr{}
}

// A route says which neighbour leads to a network.
type route struct {
	to  netip.Prefix
	via netip.Addr
}

// routes finds the shortest ways from a device to all networks that it is not part of.
func (p *plan) routes(s *Scenario, from string) []route {
	var all []route
	for n, seg := range p.segments {
		if p.reaches(s, from, n) {
			continue
		}
		if via, ok := p.nextHop(s, from, n); ok {
			all = append(all, route{seg.prefix, via})
		}
	}
	return all
}

// nextHop is the neighbour on the shortest way to a segment: a breadth-first search over routers.
func (p *plan) nextHop(s *Scenario, from string, to int) (netip.Addr, bool) {
	type visit struct {
		name  string
		first netip.Addr // the neighbour of from on this way
	}
	queue := []visit{{name: from}}
	seen := map[string]bool{from: true}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		if at.name != from && p.reaches(s, at.name, to) {
			return at.first, true
		}
		for n, seg := range p.segments {
			if !p.reaches(s, at.name, n) {
				continue
			}
			for _, m := range seg.members {
				if m.host.Kind != "router" || seen[m.host.Name] {
					continue
				}
				seen[m.host.Name] = true
				first := at.first
				if at.name == from {
					first = m.address
				}
				queue = append(queue, visit{m.host.Name, first})
			}
		}
	}
	return netip.Addr{}, false
}

func (s *Scenario) host(name string) *Host {
	for i := range s.Hosts {
		if s.Hosts[i].Name == name {
			return &s.Hosts[i]
		}
	}
	return nil
}
