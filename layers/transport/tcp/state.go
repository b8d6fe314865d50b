package tcp

// A State is where a connection stands (RFC 9293 §3.3.2).
type State uint8

// The states, in the order in which most connections pass them.
const (
	Closed State = iota
	Listen
	SynSent
	SynReceived
	Established
	FinWait1
	FinWait2
	CloseWait
	Closing
	LastAck
	TimeWait
)

// String is the state's name as the RFC spells it: "SYN-SENT".
func (s State) String() string {
	switch s {
	case Closed:
		return "CLOSED"
	case Listen:
		return "LISTEN"
	case SynSent:
		return "SYN-SENT"
	case SynReceived:
		return "SYN-RECEIVED"
	case Established:
		return "ESTABLISHED"
	case FinWait1:
		return "FIN-WAIT-1"
	case FinWait2:
		return "FIN-WAIT-2"
	case CloseWait:
		return "CLOSE-WAIT"
	case Closing:
		return "CLOSING"
	case LastAck:
		return "LAST-ACK"
	case TimeWait:
		return "TIME-WAIT"
	}
	return "?"
}

// synchronized says whether both sides know each other's numbers (RFC 9293 §3.5.2, group 3).
func (s State) synchronized() bool { return s >= Established }

// mayReceive says whether the peer may still send data.
func (s State) mayReceive() bool { return s == Established || s == FinWait1 || s == FinWait2 }
