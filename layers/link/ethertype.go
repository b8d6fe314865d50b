package link

// An EtherType says which protocol a frame carries (IEEE 802 numbers).
type EtherType uint16

// The EtherTypes that are read further.
const (
	TypeIPv4 EtherType = 0x0800
	TypeARP  EtherType = 0x0806
	TypeVLAN EtherType = 0x8100
	TypeQinQ EtherType = 0x88a8
	TypeIPv6 EtherType = 0x86dd
)
