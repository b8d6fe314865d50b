package host

import (
	"encoding/binary"
	"fmt"
	"net/netip"

	"mailwire/layers/internet"
	"mailwire/sim/network"
)

const udpHeader = 8

// A Socket sends and receives datagrams (RFC 768).
type Socket struct {
	// Received, unless nil, is called with each datagram. The bytes are valid until it returns.
	Received func(from netip.AddrPort, to netip.Addr, data []byte)
	// Failed, unless nil, is called when a device says that a datagram did not arrive; err is an *ICMPError.
	Failed func(to netip.AddrPort, err error)

	host *Host
	port uint16
}

// The ports that a host chooses for itself (RFC 6335 §6, RFC 6056).
const (
	firstEphemeral = 49152
	ephemeralCount = 16384
)

// OpenUDP opens a socket on a port; 0 means one that is free, chosen by chance.
func (h *Host) OpenUDP(port uint16) (*Socket, error) {
	if port == 0 {
		var ok bool
		if port, ok = h.ephemeral(func(p uint16) bool { return h.sockets[p] == nil }); !ok {
			return nil, fmt.Errorf("udp: %s: no port is free (RFC 6056 §3)", h.Name())
		}
	}
	if h.sockets[port] != nil {
		return nil, fmt.Errorf("udp: %s: port %d is in use", h.Name(), port)
	}
	s := &Socket{host: h, port: port}
	h.sockets[port] = s
	return s, nil
}

// ephemeral chooses a free port: a random one, or the next that is free (RFC 6056 §3.3.1).
func (h *Host) ephemeral(free func(uint16) bool) (uint16, bool) {
	start := h.chance.IntN(ephemeralCount)
	for i := range ephemeralCount {
		if p := uint16(firstEphemeral + (start+i)%ephemeralCount); free(p) {
			return p, true
		}
	}
	return 0, false
}

// Port is the socket's port.
func (s *Socket) Port() uint16 { return s.port }

// Close closes the socket. What arrives for it afterwards is answered with "port unreachable".
func (s *Socket) Close() { delete(s.host.sockets, s.port) }

// Send sends a datagram. That it was sent does not mean that it arrives.
func (s *Socket) Send(to netip.AddrPort, data []byte) error {
	from, err := s.host.source(to.Addr())
	if err != nil {
		return err
	}
	return s.SendFrom(from, to, data)
}

// SendFrom sends a datagram from one of the host's addresses, as a server does that answers from the address it was
// asked at (RFC 1122 §4.1.3.5).
func (s *Socket) SendFrom(from netip.Addr, to netip.AddrPort, data []byte) error {
	h := s.host
	if len(data) > 0xffff-ipv4Header-udpHeader {
		return &TooBigError{len(data) + ipv4Header + udpHeader, network.EthernetMTU}
	}
	f := h.newPacket()
	f.Data = binary.BigEndian.AppendUint16(f.Data, s.port)
	f.Data = binary.BigEndian.AppendUint16(f.Data, to.Port())
	f.Data = binary.BigEndian.AppendUint16(f.Data, uint16(udpHeader+len(data)))
	f.Data = append(f.Data, 0, 0)
	f.Data = append(f.Data, data...)
	b := f.Data[headers:]
	sum := udpChecksum(from, to.Addr(), b)
	if sum == 0 {
		sum = 0xffff // RFC 768: zero means that there is no checksum
	}
	binary.BigEndian.PutUint16(b[6:], sum)
	return h.output(f, protoUDP, 0, h.config.TTL, from, to.Addr())
}

// udpChecksum is the checksum over a datagram and its pseudo-header; 0 over one that holds its own (RFC 768).
func udpChecksum(from, to netip.Addr, datagram []byte) uint16 {
	return internet.Checksum(internet.Sum(internet.PseudoSum(from, to, internet.UDP, len(datagram)), datagram))
}

// receiveUDP takes a datagram. It returns the id of what is wrong with it, or "".
func (h *Host) receiveUDP(packet []byte, p ipv4) string {
	b := p.data
	if len(b) < udpHeader {
		return "host.drop.length"
	}
	length := int(binary.BigEndian.Uint16(b[4:]))
	if length < udpHeader || length > len(b) {
		return "host.drop.length"
	}
	b = b[:length]
	if binary.BigEndian.Uint16(b[6:]) != 0 && udpChecksum(p.from, p.to, b) != 0 {
		return "host.drop.udp-checksum"
	}
	s := h.sockets[binary.BigEndian.Uint16(b[2:])]
	if s == nil {
		// RFC 1122 §4.1.3.1: a datagram for a port where nobody listens is answered with "port unreachable".
		h.unreachable(packet, codePort, 0)
		return "host.drop.udp-port"
	}
	if s.Received != nil {
		s.Received(netip.AddrPortFrom(p.from, binary.BigEndian.Uint16(b)), p.to, b[udpHeader:])
	}
	return ""
}
