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
	{257, "ustar", FormatError{Seems: "packed", Program: "tar -x"}},
	{0, "\x89PNG", FormatError{Seems: "image"}},
	{0, "\xff\xd8\xff", FormatError{Seems: "image"}},
	{0, "GIF8", FormatError{Seems: "image"}},
	{0, "%PDF", FormatError{Seems: "pdf"}},
	{0, "\x7fELF", FormatError{Seems: "program"}},
	{0, "MZ", FormatError{Seems: "program"}},
	{0, "\xcf\xfa\xed\xfe", FormatError{Seems: "program"}},
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
	if isERF(start) {
		return &FormatError{Seems: "erf"}
	}
	if isText(start) {
		return &FormatError{Seems: kindOfText(start)}
	}
	return &FormatError{Seems: "unknown"}
}

// isERF judges by the header of the first record, for the format has no mark: a time in this era, a type that is in use,
// and a record length that has room for the header and, but for padding, the frame.
func isERF(start []byte) bool {
	if len(start) < 16 {
		return false
	}
	seconds := binary.LittleEndian.Uint32(start[4:])
	kind := start[8] & 0x7f
	record, wire := binary.BigEndian.Uint16(start[10:]), binary.BigEndian.Uint16(start[14:])
	return seconds > 631152000 && seconds < 2524608000 && kind >= 1 && kind <= 48 && record >= 16 && wire > 0 && record%8 == 0
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

func kindOfText(start []byte) string {
	lower := bytes.ToLower(bytes.TrimSpace(start))
	for _, tag := range []string{"<!doctype html", "<html"} {
		if bytes.HasPrefix(lower, []byte(tag)) {
			return "html"
		}
	}
	for _, field := range []string{"from ", "return-path:", "received:", "delivered-to:", "message-id:", "mime-version:", "from:", "date:"} {
		if bytes.HasPrefix(lower, []byte(field)) {
			return "mail"
		}
	}
	return "text"
}
