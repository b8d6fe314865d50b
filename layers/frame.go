package layers

import "time"

// A LinkType says how the first bytes of a frame are to be read: a LINKTYPE_ number of the pcap formats
// (draft-ietf-opsawg-pcaplinktype).
type LinkType uint16

// The link types that mailwire reads or writes by name.
const (
	LinkTypeNull     LinkType = 0   // BSD loopback: 4 bytes of address family in the byte order of the machine
	LinkTypeEthernet LinkType = 1   // Ethernet II or 802.3, without preamble and frame check sequence
	LinkTypeRaw12    LinkType = 12  // raw IP as some systems number it
	LinkTypeRaw14    LinkType = 14  // raw IP as OpenBSD numbers it
	LinkTypeRaw      LinkType = 101 // raw IPv4 or IPv6
	LinkTypeLoop     LinkType = 108 // OpenBSD loopback: 4 bytes of address family, big-endian
	LinkTypeSLL      LinkType = 113 // Linux "cooked" capture, version 1
	LinkTypeIPv4     LinkType = 228 // raw IPv4
	LinkTypeIPv6     LinkType = 229 // raw IPv6
	LinkTypeSLL2     LinkType = 276 // Linux "cooked" capture, version 2
)

// An Interface is where frames were seen: a tap on a simulated cable, or an interface of a capture file.
type Interface struct {
	Index    int // position among the interfaces of its source, from 0
	Name     string
	LinkType LinkType
}

// A Frame is what lay on a cable, as far as it was kept. It is valid until the next frame is asked for; who keeps it
// longer copies it.
type Frame struct {
	Number    int        // from 1; the number in the capture file that is read or written
	Time      time.Time  // when its last bit left the sender (simulation) or when it was recorded (capture)
	Interface *Interface // never nil
	Data      []byte     // the bytes kept, from the link header on, without frame check sequence
	Length    int        // the bytes that were on the cable; more than len(Data) when the capture cut the frame
	Comment   string     // the comment that the capture file holds for the frame; untrusted text
}

// Cut says how many bytes of the frame were not kept.
func (f *Frame) Cut() int { return max(0, f.Length-len(f.Data)) }
