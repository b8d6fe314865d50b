// Package trace follows conversations: it turns frames into packets and messages with the notes that explain them.
// It is the one road for simulated, recorded and live frames.
//
// Every event that a face can show is plain data of this package. A [Packet] and a [Message] come from frames alone; the
// others tell what no frame shows (an act of a person, the content of a mailbox, a frame lost on a cable) and are made
// by whoever knows it. A face needs nothing else.
package trace

import (
	"net/netip"
	"time"

	"mailwire/layers"
	"mailwire/layers/application"
	"mailwire/layers/trace/contrast"
	"mailwire/layers/trace/story"
)

// An Event is one thing to show: *Title, *Packet, *Message, *Contact, *Act, *State, *Drop, *Ledger, *Board, Names, Secrets,
// *Remark, *Damage, *Start or *Summary. Events are valid until the call that hands them over returns.
type Event interface{ event() }

// A Face shows events as they happen. An error ends the run or replay.
type Face interface{ Show(Event) error }

// A Narrator is a face that may look into no packet but milestones. It is asked before the first frame; if it narrates, the
// other packets come without notes, secrets, comments and PDUs of the application.
type Narrator interface{ Narrates() bool }

// A Title opens the trace of a scenario.
type Title struct {
	Name  string
	Text  string // what it is called, in the reader's language
	Story string // what to look for, in the reader's language; may be ""
	Seed  uint64
	Nodes []Node
	Links []Link
}

// Names tells what addresses are called, from the next packet on. A capture file may hold untrusted ones.
type Names []Name

// A Name is what an address is called.
type Name struct {
	Addr netip.Addr
	Name string
}

// Secrets are what a capture file holds to decrypt packets that follow, such as the keys of TLS. They come only where
// secrets are to be shown.
type Secrets []Secret

// A Secret is the content of one decryption secrets block.
type Secret struct {
	Type uint32 // of the data: capture.SecretsTLS or another format
	Data []byte
}

// A Node is a device in the drawing of a scenario's network.
type Node struct{ Name, Kind string } // Kind: host, router, switch

// A Link is a cable in the drawing of a scenario's network.
type Link struct{ Name, A, B string }

// A Packet is one frame, read layer by layer.
type Packet struct {
	Frame   *layers.Frame
	From    string // name or address of who sent it: of the host for IP, of the interface below
	To      string
	Stream  int          // number of the TCP connection; -1 where there is none
	PDUs    []layers.PDU // from the outermost envelope inwards
	Notes   []layers.Note
	Secrets []layers.Range // bytes of Frame.Data to be masked; empty when secrets are to be shown

	// Source and Destination are the ends of the innermost IP packet, not valid where there is none; the ports are 0 where
	// no TCP or UDP header was read. Side says which end of the conversation sent it, where Stream is not negative or
	// messages follow.
	Source, Destination netip.AddrPort
	Side                layers.Side

	// Payload is the bytes of Frame.Data that TCP or UDP carries for a program, Length 0 where the frame holds none or only
	// a fragment. Offset is where they stand in the stream of their side, in TCP.
	Payload layers.Range
	Offset  int64

	// Completes counts the messages that follow this packet because it brought their last bytes; Messages are these.
	Completes int
	Messages  []Message
	// Milestone says that the packet opens, closes or breaks a conversation, so that a story does not leave it out.
	Milestone bool
}

// A Message is one unit of a dialogue with the frames that carried it. It comes after the packet that completed it.
type Message struct {
	application.Message
	Stream  int               // number of the TCP connection; -1 where there is none
	Within  string            // the protocol in which it was encrypted or compressed: Offset counts the bytes inside; else ""
	Ends    [2]netip.AddrPort // of the conversation, by layers.Side
	Packets []int             // numbers of the frames that carried its bytes, in order, each once
	Names   [2]string         // of the ends, by layers.Side, where there are no frames to tell them; else ""
	Time    time.Time         // of the last of these frames, or of the last bytes
	Masked  bool              // Secrets are to be masked in Text and Fields
}

// A Contact tells what there is to say of a connection of which the bytes are followed and not the frames: that it opens, what
// it turns into, that it ends.
type Contact struct {
	Time     time.Time
	Stream   int
	Service  string            // smtp, submission, pop3, imap, or one of these with TLS first
	Protocol string            // that of the service
	Names    [2]string         // of the ends, by layers.Side
	Ends     [2]netip.AddrPort // likewise
	Note     layers.Note
}

// An Act is what a person or a program does that causes what follows.
type Act struct {
	Time time.Time
	Who  string
	Text string      // in the reader's language; "" when Note says it
	Note layers.Note // says it when Text is ""
}

// A State tells what a device now holds or believes and no packet shows.
type State struct {
	Time   time.Time
	Host   string
	Kind   string // what it is about: "mailbox", "queue", "disk", "tcp", "cache"
	Values []layers.Arg
	Note   layers.Note
}

// A Drop is a frame that did not arrive.
type Drop struct {
	Time   time.Time
	Link   string // name of the cable
	From   string
	Packet int         // number of the frame where it is shown; 0 where it is not
	Length int         // bytes of the frame
	Note   layers.Note // why
}

// A Ledger is one row of a comparison: what an act cost under a strategy, and what is where after it.
type Ledger struct {
	Strategy string
	Act      string
	Note     layers.Note // the act in words
	Failure  layers.Note // why it did not work; ID "" when it did
	Server   Holding
	Devices  []DeviceRow
}

// A Board asks for the table of all rows so far: one line a strategy, each figure the sum of its rows. A trace with rows
// also ends with it.
type Board struct{}

// A Holding is what a place stores.
type Holding struct {
	Messages int
	Bytes    int64
}

// A DeviceRow is what one device held and what an act cost it, counted at its own cable.
type DeviceRow struct {
	Device string
	Holding
	PacketsOut, PacketsIn int
	BytesOut, BytesIn     int64 // of whole frames
	RoundTrips            int   // client data answered by server data; the handshake is one
	Connected             time.Duration
	Note                  layers.Note // what works here without the network
}

// A Remark is what a capture tells of itself beside its frames: who made it, where, and what got lost on the way.
type Remark struct {
	File   string       // the capture it stands in, where several are read; else ""
	Kind   string       // "section", "interface", "statistics", "names" or "replaced"
	Values []layers.Arg // what is told, each once; untrusted text
	Note   layers.Note  // what is worth saying of it; ID "" for nothing
}

// A Damage is a fault of the capture file itself.
type Damage struct {
	File   string // its name, where several are read; else ""
	Offset int64  // in bytes, from the start of the file (unpacked, if it was packed)
	Note   layers.Note
}

// A Start tells when the first packet was sent, before any other event that has a time, where that packet itself is
// hidden by a filter.
type Start struct{ Time time.Time }

// A Story tells before the summary what the whole trace comes to. It comes from frames alone, and only where mail was spoken.
type Story struct{ story.Story }

// A Comparison lays a trace beside another one. It stands alone: the traces themselves are not shown.
type Comparison struct{ contrast.Comparison }

// A Summary closes a trace.
type Summary struct {
	Packets    int
	Bytes      int64                      // of all frames, as they were on the cable
	Headers    [len(layers.All) + 1]int64 // bytes of headers, by layers.Layer; Application: bytes of application data
	Mail       int64                      // bytes of application data that were mail protocol (SMTP, POP3, IMAP)
	Messages   int
	Streams    int
	RoundTrips int
	Duration   time.Duration // from the first frame to the last
	Notes      []layers.Note
	Sockets    *Sockets  // nil where all was seen in frames
	Filtered   *Filtered // nil where everything was shown
}

// Sockets tells how much was seen without frames.
type Sockets struct {
	Connections int
	Bytes       int64 // that both sides of them have said
}

// Filtered tells how much of a trace a filter has shown. The rest of the summary counts all.
type Filtered struct{ Packets, Messages int }

func (*Title) event()      {}
func (*Packet) event()     {}
func (*Message) event()    {}
func (*Contact) event()    {}
func (*Act) event()        {}
func (*State) event()      {}
func (*Drop) event()       {}
func (*Ledger) event()     {}
func (*Board) event()      {}
func (Names) event()       {}
func (Secrets) event()     {}
func (*Remark) event()     {}
func (*Damage) event()     {}
func (*Start) event()      {}
func (*Comparison) event() {}
func (*Story) event()      {}
func (*Summary) event()    {}
