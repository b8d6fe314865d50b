package layers

// A PDU is one protocol data unit as it lies in a frame: the envelope of one layer, or, at the application layer, the
// bytes of a message (or of a part of one) that this frame carries.
type PDU struct {
	Layer    Layer
	Protocol string // lower case, as in JSON: "ethernet", "ipv4", "tcp", "smtp"
	Offset   int    // of its first byte in Frame.Data (in Datagram.Data for what came out of fragments)
	Length   int    // of its header; at the application layer, of all its bytes here; trailer bytes not counted
	Inside   bool   // it was encrypted or compressed in the PDUs before it: Length is 0, it has no bytes of its own in the frame
	Stream   int    // number of the TCP connection, from 0; -1 where there is none
	Header   Header // what it says; valid as long as the frame
}

// Add adds a PDU without a stream to list, and returns it where it lies for what else there is to say of it.
func Add(list []PDU, l Layer, protocol string, offset, length int, h Header) ([]PDU, *PDU) {
	list = append(list, PDU{})
	p := &list[len(list)-1]
	p.Layer, p.Protocol, p.Offset, p.Length, p.Stream, p.Header = l, protocol, offset, length, -1, h
	return list, p
}

// A Header is a decoded PDU that can say what it holds. Its methods are asked for only when somebody looks, so that a
// frame that nobody looks into costs little.
type Header interface {
	// AppendSummary adds one line in the words of the protocol, the same in every language:
	// "SYN seq 0 win 64240 mss 1460". It may hold bytes from the frame as they are.
	AppendSummary(dst []byte) []byte
	// AppendFields adds the fields in the order of their bytes, derived ones (without bytes) last.
	AppendFields(dst []Field) []Field
}

// A Field is one field of a header. Its meaning stands in the lexicon as the note "<protocol>.field.<name>".
type Field struct {
	Name   string // lower case, words joined by "-": the key in JSON
	Range  Range  // its bytes in Frame.Data; Length 0 for a derived value, such as a relative sequence number
	Bits   Bits   // which bits of these bytes, when not all
	Value  Value
	Secret bool // to be masked unless secrets are asked for
}

// Bits is a part of a field's bytes: Count bits from bit First, where bit 0 is the most significant bit of the first
// byte, as in the drawings of the RFCs. The zero value means all bits.
type Bits struct{ First, Count uint8 }

// A Literal header says what its octets say and nothing else: its fields are the same wherever the same octets lie at the
// same place. Who has shown it need not look into it again.
type Literal interface {
	Header
	Octets() []byte // as many as are there; valid as long as the frame
}
