// Package layers holds the words that every room of mailwire shares: the four layers of the TCP/IP model, a frame, the
// protocol data units found in it, their fields, and the notes that explain them.
//
// A [Frame] is the only currency: a simulated cable, a capture file and a live interface all yield frames, and
// everything that is shown is read from frames. The packages below read (decode) one layer each and say what they
// saw in the vocabulary defined here; package trace follows whole conversations; package lexicon turns notes into
// sentences.
//
// Nothing here knows a world, a clock or a screen.
package layers

// A Layer is one of the four layers of the TCP/IP model (RFC 1122 §1.1.3). The zero value is no layer.
type Layer uint8

// The layers, from the cable upwards.
const (
	Link        Layer = iota + 1 // between two neighbours on one cable or radio channel
	Internet                     // between two hosts, across networks
	Transport                    // between two programs
	Application                  // what the programs say to each other
)

// All lists the layers from the cable upwards.
var All = [...]Layer{Link, Internet, Transport, Application}

// String is the layer's name as it stands in JSON and behind --layer.
func (l Layer) String() string {
	switch l {
	case Link:
		return "link"
	case Internet:
		return "internet"
	case Transport:
		return "transport"
	case Application:
		return "application"
	}
	return "none"
}

// A Side is one of the two ends of a conversation.
type Side uint8

// The ends of a conversation.
const (
	Client Side = iota // the side that opened it
	Server             // the side that was waiting
)

// Other is the opposite end.
func (s Side) Other() Side { return s ^ 1 }

// String is "client" or "server".
func (s Side) String() string {
	if s == Client {
		return "client"
	}
	return "server"
}

// A Range is the bytes from Offset up to, not including, Offset+Length. What it counts from is said where it is used.
type Range struct{ Offset, Length int }

// End is the offset just behind the range.
func (r Range) End() int { return r.Offset + r.Length }
