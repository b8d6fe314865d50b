package internet

// A Protocol is the number of what an IP datagram carries (IANA protocol numbers).
type Protocol uint8

// The protocols that are read further.
const (
	HopByHop           Protocol = 0
	ICMP               Protocol = 1
	TCP                Protocol = 6
	UDP                Protocol = 17
	Routing            Protocol = 43
	FragmentHeader     Protocol = 44
	ICMPv6             Protocol = 58
	NoNextHeader       Protocol = 59
	DestinationOptions Protocol = 60
)
