package network

import "encoding/binary"

// A Match picks the frames that a fault is about.
type Match func(*Crossing) bool

// Every matches every frame.
func Every(*Crossing) bool { return true }

// From matches what the device of this name sends.
func From(device string) Match {
	return func(c *Crossing) bool { return c.From.Device.Name() == device }
}

// All matches what all of ms match.
func All(ms ...Match) Match {
	return func(c *Crossing) bool {
		for _, m := range ms {
			if !m(c) {
				return false
			}
		}
		return true
	}
}

// TCP matches every TCP segment.
func TCP(c *Crossing) bool { _, ok := segment(c.Data); return ok }

// TCPData matches every TCP segment that carries data.
func TCPData(c *Crossing) bool { s, ok := segment(c.Data); return ok && len(s.payload) > 0 }

// TCPFlags matches every TCP segment that has all these flags, as they stand in the header: FIN 1, SYN 2, RST 4, ACK 16.
func TCPFlags(flags uint8) Match {
	return func(c *Crossing) bool { s, ok := segment(c.Data); return ok && s.flags&flags == flags }
}

// UDP matches every UDP datagram.
func UDP(c *Crossing) bool { p, _, ok := transport(c.Data); return ok && p == 17 }

// ARP matches every ARP frame.
func ARP(c *Crossing) bool {
	return len(c.Data) >= HeaderLength && binary.BigEndian.Uint16(c.Data[12:]) == 0x0806
}

// Payload is the data of the TCP segment in a frame; nil when it carries none. It serves matches that look for words of
// an application protocol.
func (c *Crossing) Payload() []byte { s, _ := segment(c.Data); return s.payload }

type tcpSegment struct {
	flags   uint8
	payload []byte
}

// segment finds the TCP segment in a frame, if all of its header is there.
func segment(frame []byte) (tcpSegment, bool) {
	protocol, b, ok := transport(frame)
	if !ok || protocol != 6 || len(b) < 20 {
		return tcpSegment{}, false
	}
	header := int(b[12]>>4) * 4
	if header < 20 || header > len(b) {
		return tcpSegment{}, false
	}
	return tcpSegment{b[13], b[header:]}, true
}

// transport finds what an IPv4 packet that is no later fragment, or an IPv6 packet without extension headers, carries.
func transport(frame []byte) (protocol uint8, b []byte, ok bool) {
	if len(frame) < HeaderLength {
		return 0, nil, false
	}
	packet := frame[HeaderLength:]
	switch binary.BigEndian.Uint16(frame[12:]) {
	case 0x0800:
		if len(packet) < 20 {
			return 0, nil, false
		}
		header, total := int(packet[0]&15)*4, int(binary.BigEndian.Uint16(packet[2:]))
		if header < 20 || total < header || total > len(packet) || binary.BigEndian.Uint16(packet[6:])&0x1fff != 0 {
			return 0, nil, false
		}
		return packet[9], packet[header:total], true
	case 0x86dd:
		if len(packet) < 40 {
			return 0, nil, false
		}
		end := 40 + int(binary.BigEndian.Uint16(packet[4:]))
		if end > len(packet) {
			return 0, nil, false
		}
		return packet[6], packet[40:end], true
	}
	return 0, nil, false
}
