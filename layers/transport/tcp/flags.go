package tcp

// Flags are the control bits of a segment (RFC 9293 §3.1).
type Flags uint16

// The control bits, from the lowest.
const (
	FIN Flags = 1 << iota // the sender has no more to say
	SYN                   // the numbers begin here
	RST                   // the connection is over, at once
	PSH                   // hand what is there to the program
	ACK                   // the acknowledgement number holds
	URG                   // the urgent pointer holds
	ECE                   // a packet with the congestion mark arrived (RFC 3168 §6.1)
	CWR                   // the sender has slowed down for it (RFC 3168 §6.1)
	AE                    // third bit of accurate ECN, once NS
)

var flagNames = [...]string{"FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR", "AE"}

// Has says whether all bits of g are set.
func (f Flags) Has(g Flags) bool { return f&g == g }

// Names lists the bits that are set, from the lowest: "SYN", "ACK". The list is not to be changed.
func (f Flags) Names() []string { return flagLists[f%Flags(len(flagLists))] }

// flagLists holds the names of each set of flags, so that no list is made for a segment.
var flagLists = func() (lists [1 << len(flagNames)][]string) {
	for set := range lists {
		lists[set] = []string{}
		for i, name := range flagNames {
			if set&(1<<i) != 0 {
				lists[set] = append(lists[set], name)
			}
		}
	}
	return lists
}()

// Append adds the names of the bits that are set to dst, with spaces between them; "none" when there are none.
func (f Flags) Append(dst []byte) []byte {
	names := f.Names()
	if len(names) == 0 {
		return append(dst, "none"...)
	}
	for i, name := range names {
		if i > 0 {
			dst = append(dst, ' ')
		}
		dst = append(dst, name...)
	}
	return dst
}

// String is the names of the bits that are set: "SYN ACK".
func (f Flags) String() string { return string(f.Append(nil)) }
