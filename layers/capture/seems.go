package capture

import (
	"bytes"
	"encoding/binary"
	"unicode/utf8"
)

// marks are the first bytes by which other kinds of files are known.
var marks = []struct {
	at     int
	mark   string
	refuse FormatError
}{
	{0, "\xa1\xb2\xcd\x34", FormatError{Seems: "pcap-modified"}},
	{0, "\x34\xcd\xb2\xa1", FormatError{Seems: "pcap-modified"}},
	{0, "\xa1\xe2\xcb\x12", FormatError{Seems: "pcap-modified"}},
	{0, "\x12\xcb\xe2\xa1", FormatError{Seems: "pcap-modified"}},
	{0, "\xa1\xb2\x34\xcd", FormatError{Seems: "pcap-modified"}},
	{0, "\xcd\x34\xb2\xa1", FormatError{Seems: "pcap-modified"}},
	{0, "\xac\x01\x00\x1c", FormatError{Seems: "pcap-modified"}},
	{0, "\x1c\x00\x01\xac", FormatError{Seems: "pcap-modified"}},
	{0, "snoop\x00\x00\x00", FormatError{Seems: "snoop"}},
	{0, "RTSS", FormatError{Seems: "netmon"}},
	{0, "GMBU", FormatError{Seems: "netmon"}},
	{0, "btsnoop\x00", FormatError{Seems: "other-capture", Program: "btsnoop"}},
	{0, "XCP\x00", FormatError{Seems: "other-capture", Program: "NetXRay, Sniffer"}},
	{0, "TRSNIFF data", FormatError{Seems: "other-capture", Program: "Sniffer"}},
	{0, "iptrace ", FormatError{Seems: "other-capture", Program: "iptrace"}},
	{0, "\x7fver", FormatError{Seems: "other-capture", Program: "EtherPeek, OmniPeek"}},
	{0, "\x05VNF", FormatError{Seems: "other-capture", Program: "Visual Networks"}},
	{0, "\xaa\xaa\xaa\xaa", FormatError{Seems: "other-capture", Program: "5View"}},
	{0, "PK\x03\x04", FormatError{Seems: "zip"}},
	{0, "PK\x05\x06", FormatError{Seems: "zip"}},
	{0, "\x28\xb5\x2f\xfd", FormatError{Seems: "packed", Program: "zstd -d"}},
	{0, "\xfd7zXZ\x00", FormatError{Seems: "packed", Program: "xz -d"}},
	{0, "BZh", FormatError{Seems: "packed", Program: "bzip2 -d"}},
	{0, "\x04\x22\x4d\x18", FormatError{Seems: "packed", Program: "lz4 -d"}},
	{0, "7z\xbc\xaf\x27\x1c", FormatError{Seems: "packed", Program: "7z x"}},
	{0, "Rar!", FormatError{Seems: "packed", Program: "unrar x"}},
	{0, "\x1f\x8b", FormatError{Seems: "packed", Program: "gzip -d"}},
	{0, "\x1f\x9d", FormatError{Seems: "packed", Program: "gzip -d"}},
	{257, "ustar", FormatError{Seems: "packed", Program: "tar -x"}},
	{0, "\x89PNG", FormatError{Seems: "image"}},
	{0, "\xff\xd8\xff", FormatError{Seems: "image"}},
	{0, "GIF8", FormatError{Seems: "image"}},
	{0, "%PDF", FormatError{Seems: "pdf"}},
	{0, "\x7fELF", FormatError{Seems: "program"}},
	{0, "MZ", FormatError{Seems: "program"}},
	{0, "\xcf\xfa\xed\xfe", FormatError{Seems: "program"}},
	{0, "\xff\xfe", FormatError{Seems: "text"}}, // in UTF-16, as some Windows programs write it
	{0, "\xfe\xff", FormatError{Seems: "text"}},
}

// seems says what a file is that begins with start and is neither pcap nor pcapng.
func seems(start []byte) *FormatError {
	if len(start) == 0 {
		return &FormatError{Seems: "empty"}
	}
	for i := range marks {
		m := &marks[i]
		if len(start) >= m.at && bytes.HasPrefix(start[m.at:], []byte(m.mark)) {
			return &m.refuse
		}
	}
	if isETL(start) {
		return &FormatError{Seems: "etl"}
	}
	if isERF(start) {
		return &FormatError{Seems: "erf"}
	}
	if isText(start) {
		return &FormatError{Seems: kindOfText(start)}
	}
	return &FormatError{Seems: "unknown"}
}

// isERF judges by the header of the first record, for the format has no mark: a time in this era, a type that is in use,
// and a record length that has room for the header and, but for padding, the frame. A record that tells of the file itself
// may have no time.
func isERF(start []byte) bool {
	if len(start) < 16 {
		return false
	}
	seconds := binary.LittleEndian.Uint32(start[4:])
	kind := start[8] & 0x7f
	record, wire := binary.BigEndian.Uint16(start[10:]), binary.BigEndian.Uint16(start[14:])
	const metadata = 27
	return (seconds > 631152000 && seconds < 2524608000 || seconds == 0 && kind == metadata) && kind >= 1 && kind <= 48 && record >= 16 && wire > 0 && record%8 == 0
}

// isETL judges by the header of the first buffer of an event trace, which has no mark (ETW_BUFFER_HEADER of evntrace.h, 72
// bytes): its size, how much of it is filled, and behind it the header of an event of the kind that opens a trace.
func isETL(start []byte) bool {
	if len(start) < 76 {
		return false
	}
	size, filled := binary.LittleEndian.Uint32(start), binary.LittleEndian.Uint32(start[48:])
	return size >= 1024 && size <= 16<<20 && size%1024 == 0 && filled > 72 && filled <= size && (start[74] == 1 || start[74] == 2) && start[75] == 0xc0
}

// isText says whether start looks like text: UTF-8 without control characters other than those of lines.
func isText(start []byte) bool {
	for len(start) > 0 {
		r, n := utf8.DecodeRune(start)
		if r == utf8.RuneError && n == 1 && len(start) >= utf8.UTFMax {
			return false
		}
		if r < ' ' && r != '\n' && r != '\r' && r != '\t' && r != '\f' && r != 0x1b {
			return false
		}
		start = start[n:]
	}
	return true
}

// beginnings are the first words by which kinds of text are known, in lower case.
var beginnings = []struct{ kind, beginning string }{
	{"html", "<!doctype html"}, {"html", "<html"},
	{"mail", "from "}, {"mail", "return-path:"}, {"mail", "received:"}, {"mail", "delivered-to:"}, {"mail", "message-id:"},
	{"mail", "mime-version:"}, {"mail", "from:"}, {"mail", "date:"},
	{"lfs", "version https://git-lfs"},
}

func kindOfText(start []byte) string {
	lower := bytes.ToLower(bytes.TrimSpace(bytes.TrimPrefix(start, []byte("\xef\xbb\xbf"))))
	for _, b := range beginnings {
		if bytes.HasPrefix(lower, []byte(b.beginning)) {
			return b.kind
		}
	}
	contains := func(s string) bool { return bytes.Contains(lower, []byte(s)) }
	switch {
	case bytes.HasPrefix(lower, []byte("{")) && contains(`"log"`) && contains(`"entries"`):
		return "har"
	case bytes.HasPrefix(lower, []byte("<")) && (contains("<pdml") || contains("<psml")), contains(`"_source"`) && contains(`"layers"`):
		return "dissection"
	case isHexDump(lower):
		return "hex-dump"
	}
	return "text"
}

// isHexDump says whether the first line is the offset 0 and bytes in hexadecimal, as Wireshark, tcpdump -x, xxd and hexdump
// print them.
func isHexDump(text []byte) bool {
	line, _, _ := bytes.Cut(text, []byte("\n"))
	words := bytes.Fields(line)
	if len(words) < 5 {
		return false
	}
	offset := bytes.TrimPrefix(bytes.TrimSuffix(words[0], []byte(":")), []byte("0x"))
	if len(offset) < 4 || len(offset) > 8 || len(bytes.Trim(offset, "0")) > 0 {
		return false
	}
	for _, w := range words[1:5] {
		if len(w) != 2 && len(w) != 4 || !isHex(w) {
			return false
		}
	}
	return true
}

func isHex(word []byte) bool {
	return len(bytes.Trim(word, "0123456789abcdef")) == 0
}
