// Package capture reads and writes capture files: frames in and out.
//
// [Open] recognises by content, never by name: pcap (both byte orders, micro- and nanoseconds) and pcapng (several
// sections, mixed byte order, many interfaces with link types and time resolutions of their own, comments, names,
// secrets, remarks of sections and interfaces, counts of what was dropped), each also packed by gzip. It streams: a frame is handed out before the bytes behind it were asked for, and
// nothing is ever sought. What is no such file is refused with a [FormatError] that says what it seems to be; what is cut
// or broken yields all frames before it and then a [DamageError] with the byte where.
//
// [Writer] makes pcapng.
//
// The block structure is read and written here and not by gopacket's pcapgo, which misreads a block shorter than its
// header, cannot say at which byte a file is broken, allocates per frame, and writes no names.
//
// Not modelled: writing pcap; packet flags and hashes, which are skipped; the modified pcap formats,
// snoop, ERF and Network Monitor files, which are named and refused.
package capture

import "net/netip"

// CommentPrefix begins every comment that [Writer.Frame] makes of an explanation. A comment that begins with it is not
// part of layers.Frame.Comment when it is read back, so that replaying a trace does not explain its explanations.
const CommentPrefix = "mailwire: "

// A Name is what a name-resolution block says an address is called: untrusted text.
type Name struct {
	Addr netip.Addr
	Name string
}

// Secrets is the content of a decryption secrets block.
type Secrets struct {
	Type uint32 // SecretsTLS or another format
	Data []byte
}

// SecretsTLS is the type of secrets in the format of an NSS key log file (the letters TLSK).
const SecretsTLS = 0x544c534b
