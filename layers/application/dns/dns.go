// Package dns reads and writes the messages of the Domain Name System (RFC 1034, RFC 1035), follows them from outside,
// and speaks both sides as machines of datagrams and events: a caching [Resolver] that asks one name server, and an
// authoritative [Server].
//
// A [Message] is the value and [Parse] and Append lead from and to its bytes; a [Header] is the same bytes for a trace,
// each field with its range. Names are compressed when written and followed with a bound when read.
//
// Read in full: A, AAAA, MX, PTR, CNAME, NS, SOA, TXT. Every other type (OPT of EDNS among them) is shown as bytes.
//
// Not modelled: recursion from the root, zone transfers, dynamic update, DNSSEC, EDNS, wildcards, delegation to child
// zones, additional records in answers of the Server, and a Resolver that repeats a truncated question over TCP (it
// says that the answer was truncated).
package dns

import (
	"net/netip"
	"strconv"
	"time"

	"mailwire/layers"
)

// Port is where name servers listen, over UDP and TCP (RFC 1035 §4.2).
const Port = 53

// MaxDatagram is how long a message over UDP may be without EDNS, in octets (RFC 1035 §2.3.4).
const MaxDatagram = 512

// A Type is a record type or, in a question, what is asked for (RFC 1035 §3.2.2 and §3.2.3).
type Type uint16

// The types that are read in full.
const (
	TypeA     Type = 1   // an IPv4 address
	TypeNS    Type = 2   // a zone's name server
	TypeCNAME Type = 5   // this name is another name for …
	TypeSOA   Type = 6   // where a zone starts, and how long "no" holds
	TypePTR   Type = 12  // from an address back to a name
	TypeMX    Type = 15  // where mail for this domain goes
	TypeTXT   Type = 16  // free text; SPF and DKIM live here
	TypeAAAA  Type = 28  // an IPv6 address (RFC 3596 §2.1)
	TypeOPT   Type = 41  // not a record: a message's EDNS options (RFC 6891 §6.1)
	TypeANY   Type = 255 // in a question: whatever there is
)

// String is the type's name, or "TYPE" and its number (RFC 3597 §5).
func (t Type) String() string {
	if int(t) < len(typeNames) && typeNames[t] != "" {
		return typeNames[t]
	}
	if t == TypeANY {
		return "ANY"
	}
	return "TYPE" + strconv.Itoa(int(t))
}

var typeNames = [...]string{1: "A", 2: "NS", 5: "CNAME", 6: "SOA", 12: "PTR", 13: "HINFO", 15: "MX", 16: "TXT", 28: "AAAA",
	33: "SRV", 35: "NAPTR", 41: "OPT", 43: "DS", 46: "RRSIG", 47: "NSEC", 48: "DNSKEY", 50: "NSEC3", 52: "TLSA", 64: "SVCB", 65: "HTTPS"}

// A Class is a family of records (RFC 1035 §3.2.4). Today there is one.
type Class uint16

// ClassIN is the Internet.
const ClassIN Class = 1

// String is the class's name, or "CLASS" and its number.
func (c Class) String() string {
	if c == ClassIN {
		return "IN"
	}
	return "CLASS" + strconv.Itoa(int(c))
}

// A Code is how a response ended, RCODE (RFC 1035 §4.1.1).
type Code uint8

// The codes.
const (
	NoError        Code = 0
	FormatError    Code = 1
	ServerFailure  Code = 2
	NameError      Code = 3 // the name does not exist: NXDOMAIN
	NotImplemented Code = 4
	Refused        Code = 5
)

// String is the code as dig prints it.
func (c Code) String() string {
	names := [...]string{"NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED"}
	if int(c) < len(names) {
		return names[c]
	}
	return "RCODE" + strconv.Itoa(int(c))
}

// A Message is a DNS message (RFC 1035 §4.1).
type Message struct {
	ID                 uint16 // pairs a response with its query
	Response           bool   // QR
	Opcode             uint8  // 0: a standard query; 4 bits
	Authoritative      bool   // AA: the answer comes from a server of the zone itself
	Truncated          bool   // TC: there was more; ask again over TCP
	RecursionDesired   bool   // RD: do the whole search for me
	RecursionAvailable bool   // RA: I do whole searches
	Zero               uint8  // Z and the two bits that DNSSEC took from it (AD, CD); 3 bits
	Code               Code   // of a response; 4 bits

	Questions   []Question
	Answers     []Record
	Authorities []Record
	Additionals []Record
}

// A Question is what is asked (RFC 1035 §4.1.2).
type Question struct {
	Name  Name
	Type  Type
	Class Class
	span  span
}

// String is the question as a trace shows it: "MX? example.org".
func (q Question) String() string { return string(q.appendTo(nil)) }

func (q Question) appendTo(dst []byte) []byte {
	dst = append(dst, q.Type.String()...)
	dst = append(dst, "? "...)
	return append(dst, q.Name...)
}

// Same says whether two questions ask the same thing; the case of letters in names does not count (RFC 4343 §3).
func (q Question) Same(o Question) bool {
	return q.Type == o.Type && q.Class == o.Class && q.Name.Equal(o.Name)
}

// A Record is a resource record (RFC 1035 §4.1.3).
type Record struct {
	Name  Name
	Type  Type
	Class Class
	TTL   uint32 // for how many seconds it may be kept
	Data  Data   // of the type that belongs to Type, else Opaque
	span  span
}

// Lifetime is TTL as a duration; one with the highest bit set counts as zero (RFC 2181 §8).
func (r Record) Lifetime() time.Duration {
	if r.TTL > 1<<31-1 {
		return 0
	}
	return time.Duration(r.TTL) * time.Second
}

// String is the record as a trace shows it, without its name: "MX 10 mail.example.net ttl 300".
func (r Record) String() string { return string(r.appendTo(nil)) }

func (r Record) appendTo(dst []byte) []byte {
	dst = append(dst, r.Type.String()...)
	if r.Data != nil {
		dst = r.Data.appendText(append(dst, ' '))
	}
	dst = append(dst, " ttl "...)
	return strconv.AppendUint(dst, uint64(r.TTL), 10)
}

// A span is where a question or record lay in the bytes it was read from: its first byte, the byte behind its name, and
// the byte behind it. The zero value belongs to one that was not read.
type span struct{ start, name, end int }

// Range is the record's bytes, counted from the first byte of the message it was read from; zero for one made by hand.
func (r Record) Range() layers.Range {
	return layers.Range{Offset: r.span.start, Length: r.span.end - r.span.start}
}

// Range is the question's bytes, counted from the first byte of the message it was read from; zero for one made by hand.
func (q Question) Range() layers.Range {
	return layers.Range{Offset: q.span.start, Length: q.span.end - q.span.start}
}

// Data is what a record says: [Address], [Exchange], [Host], [Authority], [Text] or [Opaque].
type Data interface {
	appendText(dst []byte) []byte
	appendWire(w *writer) error
}

// An Address is the data of an A or AAAA record.
type Address struct{ netip.Addr }

// An Exchange is the data of an MX record: a host that takes mail for the domain (RFC 1035 §3.3.9).
type Exchange struct {
	Preference uint16 // the lower is tried first
	Host       Name
}

// Host is the data of a PTR, CNAME or NS record: a name.
type Host struct{ Name Name }

// An Authority is the data of an SOA record (RFC 1035 §3.3.13). Times are in seconds.
type Authority struct {
	Primary Name // MNAME: the zone's first name server
	Mailbox Name // RNAME: who is responsible, with a dot for the @
	Serial  uint32
	Refresh uint32
	Retry   uint32
	Expire  uint32
	Minimum uint32 // how long "there is no such name" may be kept (RFC 2308 §4)
}

// Text is the data of a TXT record: one or more strings of up to 255 octets each (RFC 1035 §3.3.14).
type Text []string

// Opaque is the data of a record whose type is not read.
type Opaque []byte
