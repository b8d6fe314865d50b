package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"mailwire/layers/transport/tcp"
)

// hostileMax is the most memory, in bytes, that a replay may take, whatever the capture holds.
const hostileMax = 300 << 20

// TestHostileCapturesAreReadInBoundedMemory streams captures that want everything to be remembered into the program. It stays
// small, tells what it let go, and ends in order.
func TestHostileCapturesAreReadInBoundedMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("gigabytes")
	}
	english(t)
	for _, row := range []struct {
		name  string
		write func(*forge)
		tells string // words of the trace
		exit  int
	}{
		{"a million half-open connections", halfOpen, "trace.forgotten", 0},
		{"fragments of IPv4 that never end", fragments4, "fragment.dropped", 0},
		{"fragments of IPv6 that never end", fragments6, "fragment.dropped", 0},
		{"an SMTP command of 2 GiB", longLine(25, "220 mail.example.net ESMTP\r\n", "EHLO ana.example.net\r\nMAIL FROM:<", "a"), "MAIL FROM:<", 0},
		{"a header line of 2 GiB", longLine(25, "220 mail.example.net ESMTP\r\n250 OK\r\n250 OK\r\n250 OK\r\n354 go on\r\n",
			"EHLO ana.example.net\r\nMAIL FROM:<ana@example.net>\r\nRCPT TO:<bob@example.org>\r\nDATA\r\nSubject: ", "long "), "354 go on", 0},
		{"an IMAP literal of 2 GiB", longLine(143, "* OK ready\r\n", "a1 APPEND INBOX {2147483648}\r\n", "literal "), "APPEND INBOX", 0},
		{"a POP3 list of 2 GiB", longAnswer(110, "UIDL\r\n", "+OK ready\r\n+OK\r\n", "1 abcdefgh\r\n"), "UIDL", 0},
		{"a POP3 line of 2 GiB", longAnswer(110, "STAT\r\n", "+OK ready\r\n+OK ", "1"), "STAT", 0},
		{"blocks that claim 3 GiB", hugeBlocks, `"missing":32`, 1},
		{"a million questions", questions, "example", 0},
		{"a million names", manyNames, `"dropped":934464`, 0},
		{"thirty thousand lines that never end", halfLines, "trace.forgotten", 0},
		{"gaps that never fill", gaps, "tcp.bytes-missing", 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			trace := &search{words: row.tells}
			memory, exit := replayHostile(t, row.write, trace)
			if memory > hostileMax {
				t.Errorf("%d MiB", memory>>20)
			}
			if exit != row.exit {
				t.Errorf("exit status %d, want %d", exit, row.exit)
			}
			if !trace.found {
				t.Errorf("nothing of %q in the trace, which begins\n%s", row.tells, trace.first)
			}
			t.Logf("%d MiB", memory>>20)
		})
	}
}

// replayHostile runs the program on what write forges. It returns the most memory that it took, in bytes.
func replayHostile(t *testing.T, write func(*forge), trace io.Writer) (memory int64, exit int) {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	in, out := io.Pipe()
	c := exec.Command(program, "replay", "-", "--format", "json")
	c.Args[0] = "mailwire"
	c.Stdin = in
	c.Stdout, c.Stderr = trace, trace
	go func() {
		w := bufio.NewWriterSize(out, 1<<20)
		write(newForge(w))
		w.Flush()
		out.Close()
	}()
	err = c.Run()
	in.Close()
	if _, failed := err.(*exec.ExitError); err != nil && !failed {
		t.Fatal(err)
	}
	// In KiB on Linux, in bytes elsewhere, and not told at all on Windows: so the test is Linux's alone.
	usage := c.ProcessState.SysUsage().(*syscall.Rusage)
	return usage.Maxrss << 10, c.ProcessState.ExitCode()
}

// A search looks for words in what is written, and keeps its beginning.
type search struct {
	words string
	found bool
	first []byte
	rest  []byte // the end of what was written before, in which the words may begin
}

func (s *search) Write(b []byte) (int, error) {
	const kept = 2000
	s.first = append(s.first, b[:min(len(b), kept-len(s.first))]...)
	s.rest = append(s.rest, b...)
	s.found = s.found || bytes.Contains(s.rest, []byte(s.words))
	s.rest = append(s.rest[:0], s.rest[max(0, len(s.rest)-len(s.words)):]...)
	return len(b), nil
}

// A forge writes a pcap file of raw IP packets.
type forge struct {
	w      *bufio.Writer
	packet []byte
	micros uint64
}

func newForge(w *bufio.Writer) *forge { return &forge{w: w} }

// header begins the file, unless it is a pcapng.
func (f *forge) header() {
	h := binary.LittleEndian.AppendUint32(nil, 0xa1b2c3d4)
	h = binary.LittleEndian.AppendUint16(h, 2)
	h = binary.LittleEndian.AppendUint16(h, 4)
	h = append(h, make([]byte, 8)...)
	h = binary.LittleEndian.AppendUint32(h, 1<<18)
	h = binary.LittleEndian.AppendUint32(h, 101)
	f.w.Write(h)
}

// frame writes f.packet as the next frame.
func (f *forge) frame() {
	var h [16]byte
	f.micros += 10
	binary.LittleEndian.PutUint32(h[:], uint32(1767600000+f.micros/1e6))
	binary.LittleEndian.PutUint32(h[4:], uint32(f.micros%1e6))
	binary.LittleEndian.PutUint32(h[8:], uint32(len(f.packet)))
	binary.LittleEndian.PutUint32(h[12:], uint32(len(f.packet)))
	f.w.Write(h[:])
	f.w.Write(f.packet)
}

// ipv4 begins a packet; identification and fragment are the header's second word.
func (f *forge) ipv4(from, to uint32, protocol byte, id, fragment uint16, length int) {
	b := append(f.packet[:0], 0x45, 0)
	b = binary.BigEndian.AppendUint16(b, uint16(20+length))
	b = binary.BigEndian.AppendUint16(b, id)
	b = binary.BigEndian.AppendUint16(b, fragment)
	b = append(b, 64, protocol, 0, 0)
	b = binary.BigEndian.AppendUint32(b, from)
	b = binary.BigEndian.AppendUint32(b, to)
	var sum uint32
	for i := 0; i < 20; i += 2 {
		sum += uint32(binary.BigEndian.Uint16(b[i:]))
	}
	binary.BigEndian.PutUint16(b[10:], ^uint16(sum>>16+sum))
	f.packet = b
}

const (
	client = 0x0a000001 // 10.0.0.1
	server = 0xc0000219 // 192.0.2.25
)

// tcp writes a segment.
func (f *forge) tcp(from, to uint32, s *tcp.Segment) {
	f.ipv4(from, to, 6, 1, 0, s.HeaderLen()+len(s.Payload))
	f.packet = s.Append(f.packet, addr4(from), addr4(to))
	f.frame()
}

func addr4(n uint32) netip.Addr {
	return netip.AddrFrom4([4]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)})
}

func halfOpen(f *forge) {
	f.header()
	for i := range uint32(1e6) {
		f.tcp(client+i/50000, server, &tcp.Segment{SourcePort: uint16(1024 + i%50000), DestinationPort: 25, Seq: tcp.Seq(i), Flags: tcp.SYN, Window: 1024})
	}
}

func fragments4(f *forge) {
	const more = 0x2000
	f.header()
	piece := make([]byte, 1400)
	for i := range uint32(1e6) {
		f.ipv4(client+i>>16, server, 17, uint16(i), more, len(piece))
		f.packet = append(f.packet, piece...)
		f.frame()
	}
}

func fragments6(f *forge) {
	f.header()
	piece := make([]byte, 8)
	for i := range uint32(1e6) {
		b := append(f.packet[:0], 0x60, 0, 0, 0)
		b = binary.BigEndian.AppendUint16(b, uint16(8+len(piece)))
		b = append(b, 44, 64)
		b = append(b, netip.MustParseAddr("2001:db8::1").AsSlice()...)
		b = append(b, netip.MustParseAddr("2001:db8::2").AsSlice()...)
		b = append(b, 17, 0, 0xff, 0xf1) // the last but one piece that a datagram may have: all before it is missing
		b = binary.BigEndian.AppendUint32(b, i)
		f.packet = append(b, piece...)
		f.frame()
	}
}

// A talk is a connection whose segments follow one another.
type talk struct {
	*forge
	port uint16
	next [2]tcp.Seq // of client and server
}

func (f *forge) connect(port uint16) *talk {
	f.header()
	t := &talk{forge: f, port: port, next: [2]tcp.Seq{100, 500}}
	t.send(0, tcp.SYN, nil)
	t.send(1, tcp.SYN|tcp.ACK, nil)
	t.send(0, tcp.ACK, nil)
	return t
}

// send writes a segment of side 0, the client, or 1.
func (t *talk) send(side int, flags tcp.Flags, b []byte) {
	s := tcp.Segment{SourcePort: 40000, DestinationPort: t.port, Seq: t.next[side], Flags: flags, Window: 65535, Payload: b}
	from, to := uint32(client), uint32(server)
	if flags&tcp.ACK != 0 {
		s.Ack = t.next[1-side]
	}
	if side == 1 {
		s.SourcePort, s.DestinationPort = s.DestinationPort, s.SourcePort
		from, to = to, from
	}
	t.next[side] = s.End()
	t.tcp(from, to, &s)
}

// pour sends more than 2 GiB that repeat a word.
func (t *talk) pour(side int, word string) {
	b := []byte(strings.Repeat(word, 60000/len(word)))
	for sent := int64(0); sent < 2<<30; sent += int64(len(b)) {
		t.send(side, tcp.ACK, b)
		t.send(1-side, tcp.ACK, nil)
	}
}

// longLine lets a server and a client begin a dialogue, and the client never end its line.
func longLine(port uint16, says, asks, word string) func(*forge) {
	return func(f *forge) {
		t := f.connect(port)
		t.exchange(says, asks)
		t.pour(0, word)
	}
}

// longAnswer lets the server never end its answer.
func longAnswer(port uint16, asks, says, word string) func(*forge) {
	return func(f *forge) {
		t := f.connect(port)
		t.exchange(says, asks)
		t.pour(1, word)
	}
}

// exchange lets both sides say their lines in turn, the server first; the last lines may be without an end.
func (t *talk) exchange(server, client string) {
	says, asks := strings.SplitAfter(server, "\n"), strings.SplitAfter(client, "\n")
	for i := range max(len(says), len(asks)) {
		if i < len(says) && says[i] != "" {
			t.send(1, tcp.PSH|tcp.ACK, []byte(says[i]))
		}
		if i < len(asks) && asks[i] != "" {
			t.send(0, tcp.PSH|tcp.ACK, []byte(asks[i]))
		}
	}
}

// gaps opens connections whose first byte never comes and all others do.
func gaps(f *forge) {
	f.header()
	b := []byte(strings.Repeat("x", 60000))
	for i := range uint32(2e4) {
		port := uint16(1024 + i)
		f.tcp(client, server, &tcp.Segment{SourcePort: port, DestinationPort: 25, Seq: 0, Flags: tcp.SYN, Window: 1024})
		f.tcp(server, client, &tcp.Segment{SourcePort: 25, DestinationPort: port, Seq: 0, Ack: 1, Flags: tcp.SYN | tcp.ACK, Window: 1024})
		f.tcp(client, server, &tcp.Segment{SourcePort: port, DestinationPort: 25, Seq: 2, Ack: 1, Flags: tcp.ACK, Window: 1024, Payload: b})
	}
}

// halfLines opens connections in which both sides begin a line of 60,000 bytes.
func halfLines(f *forge) {
	f.header()
	b := []byte("220 " + strings.Repeat("x", 59996))
	for i := range uint32(3e4) {
		port := uint16(1024 + i)
		f.tcp(client, server, &tcp.Segment{SourcePort: port, DestinationPort: 25, Seq: 0, Flags: tcp.SYN, Window: 1024})
		f.tcp(server, client, &tcp.Segment{SourcePort: 25, DestinationPort: port, Seq: 0, Ack: 1, Flags: tcp.SYN | tcp.ACK, Window: 1024})
		f.tcp(server, client, &tcp.Segment{SourcePort: 25, DestinationPort: port, Seq: 1, Ack: 1, Flags: tcp.ACK, Window: 1024, Payload: b})
		f.tcp(client, server, &tcp.Segment{SourcePort: port, DestinationPort: 25, Seq: 1, Ack: 1, Flags: tcp.ACK, Window: 1024, Payload: b[4:]})
	}
}

func questions(f *forge) {
	f.header()
	for i := range uint32(1e6) {
		name := [8]byte{7}
		for at := 1; at < 8; at++ {
			name[at] = byte('a' + i>>(3*at)%26)
		}
		f.ipv4(client, server, 17, uint16(i), 0, 8+12+8+9+4)
		b := binary.BigEndian.AppendUint16(f.packet, uint16(1024+i%60000))
		b = append(b, 0, 53, 0, 8+12+8+9+4, 0, 0)
		b = binary.BigEndian.AppendUint16(b, uint16(i))
		b = append(b, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0)
		b = append(append(b, name[:]...), "\x07example\x00"...)
		f.packet = append(b, 0, 1, 0, 1)
		f.frame()
	}
}

// section begins a pcapng with one interface of raw IP.
func (f *forge) section() {
	f.block(0x0a0d0d0a, []byte("\x4d\x3c\x2b\x1a\x01\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff"))
	f.block(1, []byte("\x65\x00\x00\x00\x00\x00\x04\x00"))
}

func (f *forge) block(kind uint32, body []byte) {
	f.blockOf(kind, uint32(len(body)), body)
}

// blockOf writes a block that claims a length of its body.
func (f *forge) blockOf(kind, length uint32, body []byte) {
	var b [4]byte
	for _, n := range []uint32{kind, length + 12} {
		binary.LittleEndian.PutUint32(b[:], n)
		f.w.Write(b[:])
	}
	f.w.Write(body)
	binary.LittleEndian.PutUint32(b[:], length+12)
	f.w.Write(b[:])
}

func hugeBlocks(f *forge) {
	f.section()
	f.blockOf(6, 3<<30-12, make([]byte, 1<<20))
}

func manyNames(f *forge) {
	f.section()
	var body []byte
	for i := range uint32(1e6) {
		body = append(body, 1, 0, 10, 0)
		body = binary.BigEndian.AppendUint32(body, client+i)
		body = append(body, 'h', byte('a'+i%26), byte('a'+i/26%26), byte('a'+i/676%26), 'x', 0, 0, 0)
	}
	f.block(4, append(body, 0, 0, 0, 0))
}
