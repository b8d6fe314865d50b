package host

import (
	"encoding/binary"
	"net/netip"
	"slices"
	"time"

	"mailwire/layers"
	"mailwire/layers/internet"
	"mailwire/sim"
)

// Types and codes of ICMP (RFC 792).
const (
	icmpEchoReply    = 0
	icmpUnreachable  = 3
	icmpEcho         = 8
	icmpTimeExceeded = 11

	codeNet      = 0 // of icmpUnreachable
	codeHost     = 1
	codeProtocol = 2
	codePort     = 3
	codeFragment = 4
	codeTTL      = 0 // of icmpTimeExceeded

	icmpHeader = 8
	// RFC 1812 §4.3.2.3: as much of the packet as possible without the error exceeding 576 bytes.
	icmpQuote = 576 - ipv4Header - icmpHeader
	// RFC 1812 §4.3.2.5: errors have precedence 6, internetwork control.
	tosControl = 0xc0
)

// An ICMPError is what another device says became of a packet.
type ICMPError struct {
	From       netip.Addr
	Type, Code uint8
	MTU        int // that would have fitted, with "fragmentation needed"; 0 when it is not told
}

// Error is the kind of error in the words of RFC 792.
func (e *ICMPError) Error() string {
	return "icmp: " + e.kind() + " (RFC 792), told by " + e.From.String()
}

func (e *ICMPError) kind() string {
	if e.Type == icmpTimeExceeded {
		return "time exceeded"
	}
	names := [...]string{"net unreachable", "host unreachable", "protocol unreachable", "port unreachable", "fragmentation needed"}
	if e.Type == icmpUnreachable && int(e.Code) < len(names) {
		return names[e.Code]
	}
	return "destination unreachable"
}

// unreachable tells the sender of a packet that it cannot arrive, be it another host or this one.
func (h *Host) unreachable(packet []byte, code uint8, mtu uint32) {
	p, fault := readIPv4(packet)
	if fault != "" {
		return
	}
	if h.owns(p.from) {
		h.undelivered(packet, &ICMPError{From: p.from, Type: icmpUnreachable, Code: code, MTU: int(mtu)})
		return
	}
	h.icmpError(packet, icmpUnreachable, code, mtu)
}

// icmpError sends an error about a packet to its sender, unless none may be sent.
func (h *Host) icmpError(packet []byte, kind, code uint8, rest uint32) {
	p, fault := readIPv4(packet)
	// RFC 1122 §3.2.2: never about an ICMP error, a packet to a group, a later fragment, or one that has no single sender.
	switch {
	case fault != "",
		p.protocol == protoICMP && (len(p.data) == 0 || p.data[0] != icmpEcho && p.data[0] != icmpEchoReply),
		p.to.IsMulticast() || h.broadcast(p.to),
		binary.BigEndian.Uint16(packet[6:])&fragmentOffset != 0,
		!p.from.IsGlobalUnicast():
		return
	}
	from, err := h.source(p.from)
	if err != nil {
		return
	}
	h.sendICMP(kind, code, rest, packet[:min(len(packet), icmpQuote)], tosControl, h.config.TTL, from, p.from)
}

func (h *Host) sendICMP(kind, code uint8, rest uint32, data []byte, tos, ttl uint8, from, to netip.Addr) error {
	f := h.newPacket()
	f.Data = append(f.Data, kind, code, 0, 0)
	f.Data = binary.BigEndian.AppendUint32(f.Data, rest)
	f.Data = append(f.Data, data...)
	b := f.Data[headers:]
	binary.BigEndian.PutUint16(b[2:], internet.Checksum(internet.Sum(0, b)))
	return h.output(f, protoICMP, tos, ttl, from, to)
}

// receiveICMP takes an ICMP message. It returns the id of what is wrong with it, or "".
func (h *Host) receiveICMP(packet []byte, p ipv4) string {
	b := p.data
	if len(b) < icmpHeader {
		return "host.drop.length"
	}
	if internet.Checksum(internet.Sum(0, b)) != 0 {
		return "host.drop.icmp-checksum"
	}
	rest := binary.BigEndian.Uint32(b[4:])
	switch b[0] {
	case icmpEcho:
		// RFC 1122 §3.2.2.6: the data received is returned; a request to everyone may be passed over.
		if h.owns(p.to) {
			_ = h.sendICMP(icmpEchoReply, 0, rest, b[icmpHeader:], packet[1], h.config.TTL, p.to, p.from)
		}
	case icmpEchoReply:
		h.pong(uint16(rest>>16), uint16(rest), Pong{From: p.from, TTL: packet[8]})
	case icmpUnreachable, icmpTimeExceeded:
		e := &ICMPError{From: p.from, Type: b[0], Code: b[1]}
		if b[0] == icmpUnreachable && b[1] == codeFragment {
			e.MTU = int(rest & 0xffff)
		}
		h.undelivered(b[icmpHeader:], e)
	default:
		// RFC 1122 §3.2.2: a message of unknown type is silently discarded.
		return "host.drop.icmp-type"
	}
	return ""
}

// undelivered tells the program whose packet did not arrive. The packet, as an ICMP error quotes it, may be cut behind
// the first 8 bytes of its data.
func (h *Host) undelivered(quote []byte, e *ICMPError) {
	if len(quote) < ipv4Header || quote[0]>>4 != 4 {
		return
	}
	header := int(quote[0]&15) * 4
	if header < ipv4Header || len(quote) < header+8 {
		return
	}
	from, to := netip.AddrFrom4([4]byte(quote[12:16])), netip.AddrFrom4([4]byte(quote[16:20]))
	if !h.owns(from) {
		return
	}
	data := quote[header:]
	source, destination := binary.BigEndian.Uint16(data), binary.BigEndian.Uint16(data[2:])
	h.tell(State{Kind: "icmp", Note: layers.N("host.icmp.undelivered",
		layers.A("address", layers.Addr(to.AsSlice())), layers.A("kind", layers.String(e.kind())))})
	switch quote[9] {
	case protoTCP:
		h.stack.undelivered(netip.AddrPortFrom(from, source), netip.AddrPortFrom(to, destination), e)
	case protoUDP:
		if s := h.sockets[source]; s != nil && s.Failed != nil {
			s.Failed(netip.AddrPortFrom(to, destination), e)
		}
	case protoICMP:
		if data[0] == icmpEcho {
			h.pong(binary.BigEndian.Uint16(data[4:]), binary.BigEndian.Uint16(data[6:]), Pong{From: e.From, Err: e})
		}
	}
}

// PingConfig says how to ask for an echo. The zero value is the usual way.
type PingConfig struct {
	TTL  uint8         // 0 means the host's own
	Size int           // bytes of data; 0 means 56
	Wait time.Duration // for the answer; 0 means a second
}

// A Pong is what came of a request for an echo.
type Pong struct {
	From     netip.Addr // who answered, or who says why it cannot arrive
	TTL      uint8      // that the answer arrived with
	Time     time.Duration
	Err      error // an *ICMPError
	TimedOut bool
}

type ping struct {
	host     *Host
	sequence uint16
	sent     sim.Instant
	timer    sim.Timer
	done     func(Pong)
}

// pingID tells the host's own requests from others' (RFC 792 leaves it to the sender).
const pingID = 0x6d77

// Ping asks a host for an echo and calls done with what came of it, once.
func (h *Host) Ping(to netip.Addr, config PingConfig, done func(Pong)) error {
	from, err := h.source(to)
	if err != nil {
		return err
	}
	if config.TTL == 0 {
		config.TTL = h.config.TTL
	}
	if config.Size == 0 {
		config.Size = 56
	}
	if config.Wait == 0 {
		config.Wait = time.Second
	}
	h.pinged++
	p := &ping{host: h, sequence: h.pinged, sent: h.world.Instant(), done: done}
	p.timer.Init(h.world, p)
	data := make([]byte, config.Size)
	for i := range data {
		data[i] = byte(i)
	}
	if err := h.sendICMP(icmpEcho, 0, pingID<<16|uint32(p.sequence), data, 0, config.TTL, from, to); err != nil {
		return err
	}
	h.pings = append(h.pings, p)
	p.timer.Set(h.world.Instant().Add(config.Wait))
	return nil
}

// Happen is the moment when the answer has been waited for long enough.
func (p *ping) Happen(sim.Instant) { p.host.pong(pingID, p.sequence, Pong{TimedOut: true}) }

func (h *Host) pong(id, sequence uint16, answer Pong) {
	at := slices.IndexFunc(h.pings, func(p *ping) bool { return p.sequence == sequence })
	if id != pingID || at < 0 {
		return
	}
	p := h.pings[at]
	h.pings = slices.Delete(h.pings, at, at+1)
	p.timer.Stop()
	answer.Time = h.world.Instant().Sub(p.sent)
	p.done(answer)
}
