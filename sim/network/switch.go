package network

import (
	"strconv"
	"time"

	"mailwire/layers"
	"mailwire/sim"
)

// SwitchAgeing is how long a switch remembers where a hardware address was seen (the recommended ageing time of IEEE
// 802.1D-2004 §7.9.2).
const SwitchAgeing = 300 * time.Second

// SwitchTable is how many hardware addresses a switch remembers; frames to others go everywhere.
const SwitchTable = 4096

// A Switch passes frames between cables. It learns from their source addresses behind which port each station is, and
// sends frames to a station that it does not know to all ports but the one they came from (IEEE 802.1D §7.7, §7.8). It
// changes nothing in them.
type Switch struct {
	// Learned, unless nil, is told when an address is new or has moved to another port.
	Learned func(m MAC, port *Interface)

	name    string
	network *Network
	ports   []*Interface
	known   map[MAC]int // index in table
	table   []place
}

type place struct {
	mac  MAC
	port *Interface
	seen sim.Instant
}

// NewSwitch returns a switch without ports.
func (n *Network) NewSwitch(name string) *Switch {
	return &Switch{name: name, network: n, known: map[MAC]int{}}
}

// Name is the name that the switch was given.
func (s *Switch) Name() string { return s.name }

// NewPort adds a port for one more cable. A port has no hardware address of its own on the wire.
func (s *Switch) NewPort() *Interface {
	p := &Interface{Name: "port" + strconv.Itoa(len(s.ports)+1), MTU: EthernetMTU, Device: s}
	s.ports = append(s.ports, p)
	return p
}

// Receive passes a frame on.
func (s *Switch) Receive(on *Interface, f *Frame) {
	if len(f.Data) < HeaderLength {
		f.Release()
		return
	}
	to, from := MAC(f.Data[0:6]), MAC(f.Data[6:12])
	s.learn(from, on)
	port := s.Port(to)
	switch {
	case port == nil:
		s.flood(on, f)
	case port == on:
		// IEEE 802.1D §7.7.1: a frame is not sent back to where it came from.
		s.network.Drop(&Drop{Device: s.name, Data: f.Data, Note: layers.N("network.drop.same-port")})
		f.Release()
	default:
		port.Send(f)
	}
}

// Port is the port behind which a station was seen in the last five minutes, or nil.
func (s *Switch) Port(m MAC) *Interface {
	i, ok := s.known[m]
	if !ok || s.expired(i) {
		return nil
	}
	return s.table[i].port
}

func (s *Switch) expired(i int) bool {
	return s.network.World.Instant().Sub(s.table[i].seen) > SwitchAgeing
}

func (s *Switch) learn(m MAC, port *Interface) {
	if m.Group() {
		return
	}
	now := s.network.World.Instant()
	i, ok := s.known[m]
	if ok {
		news := s.table[i].port != port || s.expired(i)
		s.table[i].port, s.table[i].seen = port, now
		if news {
			s.tell(m, port)
		}
		return
	}
	if len(s.table) >= SwitchTable && !s.forget() {
		return
	}
	s.known[m] = len(s.table)
	s.table = append(s.table, place{m, port, now})
	s.tell(m, port)
}

func (s *Switch) tell(m MAC, port *Interface) {
	if s.Learned != nil {
		s.Learned(m, port)
	}
}

// forget removes what is too old, and reports whether that made room.
func (s *Switch) forget() bool {
	kept := s.table[:0]
	for i, e := range s.table {
		if s.expired(i) {
			delete(s.known, e.mac)
			continue
		}
		s.known[e.mac] = len(kept)
		kept = append(kept, e)
	}
	room := len(kept) < len(s.table)
	s.table = kept
	return room
}

func (s *Switch) flood(on *Interface, f *Frame) {
	for _, p := range s.ports {
		if p != on && p.cable != nil {
			p.Send(f.Share())
		}
	}
	f.Release()
}
