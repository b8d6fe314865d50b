package capture_test

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"mailwire/layers"
	"mailwire/layers/capture"
)

// pcap makes a file of the classic form.
func pcap(order binary.AppendByteOrder, magic uint32, minor uint16, frames ...string) []byte {
	b := order.AppendUint32(nil, magic)
	b = order.AppendUint16(b, 2)
	b = order.AppendUint16(b, minor)
	b = append(b, make([]byte, 8)...)
	b = order.AppendUint32(b, 65535)
	b = order.AppendUint32(b, uint32(layers.LinkTypeEthernet))
	for i, f := range frames {
		kept, length := len(f), len(f)+10
		if minor < 3 {
			kept, length = length, kept
		}
		for _, n := range []int{1000 + i, 7, kept, length} {
			b = order.AppendUint32(b, uint32(n))
		}
		b = append(b, f...)
	}
	return b
}

// block makes a block of a pcapng file.
func block(order binary.AppendByteOrder, kind uint32, body []byte) []byte {
	for len(body)%4 != 0 {
		body = append(body, 0)
	}
	length := uint32(len(body) + 12)
	b := order.AppendUint32(order.AppendUint32(nil, kind), length)
	return order.AppendUint32(append(b, body...), length)
}

func numbers(order binary.AppendByteOrder, n ...uint32) (b []byte) {
	for _, v := range n {
		b = order.AppendUint32(b, v)
	}
	return b
}

// section makes a section header; version 1.0, length not known.
func section(order binary.AppendByteOrder) []byte {
	b := numbers(order, 0x1a2b3c4d)
	b = order.AppendUint16(order.AppendUint16(b, 1), 0)
	return block(order, 0x0a0d0d0a, append(b, bytes.Repeat([]byte{0xff}, 8)...))
}

// option makes an option.
func option(order binary.AppendByteOrder, code uint16, value string) []byte {
	b := order.AppendUint16(order.AppendUint16(nil, code), uint16(len(value)))
	b = append(b, value...)
	for len(b)%4 != 0 {
		b = append(b, 0)
	}
	return b
}

func describe(order binary.AppendByteOrder, link layers.LinkType, options ...[]byte) []byte {
	b := order.AppendUint16(order.AppendUint16(nil, uint16(link)), 0)
	b = append(b, numbers(order, 0)...)
	return block(order, 1, append(b, bytes.Join(options, nil)...))
}

func enhanced(order binary.AppendByteOrder, interfaceID uint32, stamp uint64, data string, options ...[]byte) []byte {
	b := append(numbers(order, interfaceID, uint32(stamp>>32), uint32(stamp), uint32(len(data)), uint32(len(data))), data...)
	for len(b)%4 != 0 {
		b = append(b, 0)
	}
	return block(order, 6, append(b, bytes.Join(options, nil)...))
}

func pack(b []byte) []byte {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	w.Write(b)
	w.Close()
	return packed.Bytes()
}

// story writes what a reader hands out, a line a frame, and the error at the end.
func story(r *capture.Reader) string {
	var b strings.Builder
	for {
		f, err := r.Next()
		if err == io.EOF {
			return b.String()
		}
		if err != nil {
			b.WriteString(err.Error() + "\n")
			continue
		}
		for _, n := range r.Names() {
			b.WriteString(n.Addr.String() + " is " + n.Name + "\n")
		}
		for _, s := range r.Secrets() {
			b.WriteString("secrets " + string(s.Data) + "\n")
		}
		b.WriteString(strings.Join([]string{layers.Int(f.Number).String(), f.Time.Format("15:04:05.999999999"), f.Interface.Name, layers.Uint(f.Interface.LinkType).String(),
			string(f.Data), layers.Int(f.Length).String(), f.Comment}, " ") + "\n")
	}
}

var (
	little = binary.LittleEndian
	big    = binary.BigEndian
)

// TestFiles reads files of each form, at once, byte by byte, and packed.
func TestFiles(t *testing.T) {
	twoFrames := "1 00:16:40.000007  1 one 13 \n2 00:16:41.000007  1 second 16 \n"
	inNanoseconds := "1 00:16:40.000000007  1 one 13 \n"
	sections := bytes.Join([][]byte{
		section(big),
		describe(big, 101, option(big, 2, "lo"), option(big, 9, "\x83")), // a unit of 1/8 second
		block(big, 0x0bad, []byte("a custom block")),
		enhanced(big, 0, 8*60+4, "abc", option(big, 1, "first"), option(big, 1, capture.CommentPrefix+"told before"), option(big, 1, "second")),
		section(little),
		describe(little, 1, option(little, 3, "described"), option(little, 9, "\x09"), option(little, 14, "\x3c\x00\x00\x00\x00\x00\x00\x00")),
		describe(little, 113),
		block(little, 4, append(append(option(little, 1, "\xc0\x00\x02\x01ana.example.net\x00ana\x00"), option(little, 2, "\x20\x01\x0d\xb8"+strings.Repeat("\x00", 11)+"\x01six\x00")...), 0, 0, 0, 0)),
		block(little, 10, append(numbers(little, capture.SecretsTLS, 3), "KEY"...)),
		enhanced(little, 0, 1, "nano"),
		enhanced(little, 1, 1_500_000, "micro"),
		block(little, 3, append(numbers(little, 6), "simple"...)),
	}, nil)
	sectionsStory := "1 00:01:00.5 lo 101 abc 3 first\nsecond\n" +
		"192.0.2.1 is ana.example.net\n192.0.2.1 is ana\n2001:db8::1 is six\nsecrets KEY\n" +
		"2 00:01:00.000000001 described 1 nano 4 \n3 00:00:01.5  113 micro 5 \n4 00:00:01.5 described 1 simple 6 \n"
	for _, test := range []struct {
		name string
		file []byte
		want string
	}{
		{"pcap, little-endian", pcap(little, 0xa1b2c3d4, 4, "one", "second"), twoFrames},
		{"pcap, big-endian", pcap(big, 0xa1b2c3d4, 4, "one", "second"), twoFrames},
		{"pcap, nanoseconds, little-endian", pcap(little, 0xa1b23c4d, 4, "one"), inNanoseconds},
		{"pcap, nanoseconds, big-endian", pcap(big, 0xa1b23c4d, 4, "one"), inNanoseconds},
		{"pcap 2.2, lengths swapped", pcap(little, 0xa1b2c3d4, 2, "one", "second"), twoFrames},
		{"pcap without frames", pcap(little, 0xa1b2c3d4, 4), ""},
		{"pcapng, two sections", sections, sectionsStory},
		{"pcapng without anything", section(big), ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			for how, input := range map[string]io.Reader{
				"at once":      bytes.NewReader(test.file),
				"byte by byte": iotest.OneByteReader(bytes.NewReader(test.file)),
				"packed":       bytes.NewReader(pack(test.file)),
				"with its end": iotest.DataErrReader(bytes.NewReader(test.file)),
			} {
				r, err := capture.Open(input)
				if err != nil {
					t.Fatalf("%s: %v", how, err)
				}
				if got := story(r); got != test.want {
					t.Errorf("%s:\n%swant\n%s", how, got, test.want)
				}
			}
		})
	}
}

// TestStreaming asks for a frame when exactly its bytes have arrived: it must come without waiting for more.
func TestStreaming(t *testing.T) {
	for name, records := range map[string][][]byte{
		"pcap":   {pcap(little, 0xa1b2c3d4, 4), pcap(little, 0xa1b2c3d4, 4, "one")[24:], pcap(little, 0xa1b2c3d4, 4, "two")[24:]},
		"pcapng": {append(section(little), describe(little, 1)...), enhanced(little, 0, 1, "one"), enhanced(little, 0, 1, "two")},
	} {
		input, output := io.Pipe()
		asked := make(chan bool)
		go func() {
			output.Write(records[0])
			for _, record := range records[1:] {
				<-asked
				output.Write(record)
			}
			<-asked
			output.Close()
		}()
		r, err := capture.Open(input)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"one", "two"} {
			asked <- true
			f, err := r.Next()
			if err != nil || string(f.Data) != want {
				t.Fatalf("%s: %v, want the frame %q", name, err, want)
			}
		}
		asked <- true
		if _, err := r.Next(); err != io.EOF {
			t.Errorf("%s: %v at the end", name, err)
		}
	}
}

// TestManyInterfaces: each of hundreds of interfaces has a kind of link and a unit of time of its own, and its own zero.
func TestManyInterfaces(t *testing.T) {
	const count = 300
	file := section(little)
	links := []layers.LinkType{layers.LinkTypeEthernet, layers.LinkTypeRaw, layers.LinkTypeSLL2, layers.LinkTypeNull}
	for i := range count {
		resolution := byte(i % 10) // 10^-n seconds
		if i%3 == 0 {
			resolution = 0x80 | byte(i%20) // 2^-n seconds
		}
		offset := string(little.AppendUint64(nil, uint64(i)))
		file = append(file, describe(little, links[i%len(links)], option(little, 9, string([]byte{resolution})), option(little, 14, offset))...)
	}
	const second = 1000
	for i := range count {
		stamp := uint64(second)
		if i%3 == 0 {
			stamp <<= i % 20
		} else {
			for range i % 10 {
				stamp *= 10
			}
		}
		file = append(file, enhanced(little, uint32(i), stamp, "x")...)
	}
	r, err := capture.Open(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	for i := range count {
		f, err := r.Next()
		if err != nil {
			t.Fatal(err)
		}
		if want := time.Unix(second+int64(i), 0).UTC(); !f.Time.Equal(want) || f.Interface.Index != i || f.Interface.LinkType != links[i%len(links)] {
			t.Errorf("interface %d: %v on %+v, want %v", i, f.Time, *f.Interface, want)
		}
	}
}

// TestNoAllocationPerFrame keeps replay quick.
func TestNoAllocationPerFrame(t *testing.T) {
	var frames []string
	for range 1000 {
		frames = append(frames, strings.Repeat("x", 600))
	}
	file := pcap(little, 0xa1b2c3d4, 4, frames...)
	used := testing.AllocsPerRun(5, func() { drain(t, file) })
	if used > 50 {
		t.Errorf("%v allocations for 1000 frames", used)
	}
}

func drain(t testing.TB, file []byte) {
	r, err := capture.Open(bytes.NewReader(file))
	for err == nil {
		_, err = r.Next()
	}
	if err != io.EOF {
		t.Fatal(err)
	}
}

func BenchmarkNext(b *testing.B) {
	var frames []string
	for range 10000 {
		frames = append(frames, strings.Repeat("x", 600))
	}
	file := pcap(little, 0xa1b2c3d4, 4, frames...)
	b.ReportAllocs()
	for b.Loop() {
		drain(b, file)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/10000, "ns/frame")
}

// FuzzReader reads any bytes: no panic, numbers without gaps, an end.
func FuzzReader(f *testing.F) {
	f.Add(pcap(little, 0xa1b2c3d4, 4, "one", "second"))
	f.Add(pcap(big, 0xa1b23c4d, 2, "one"))
	f.Add(written(f))
	f.Add(append(append(section(big), describe(big, 101, option(big, 9, "\x83"))...), enhanced(big, 0, 99, "abc", option(big, 1, "c"))...))
	f.Add(pack(section(little)))
	f.Add([]byte("snoop\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, file []byte) {
		r, err := capture.Open(bytes.NewReader(file))
		if err != nil {
			return
		}
		for n, faults := 1, 0; faults <= len(file); {
			frame, err := r.Next()
			var damage *capture.DamageError
			switch {
			case err == nil:
				if frame.Number != n || frame.Length < len(frame.Data) || frame.Interface == nil {
					t.Fatalf("frame %d: %+v", n, frame)
				}
				n++
			case errors.As(err, &damage):
				faults++
			default:
				return
			}
		}
		t.Fatal("no end")
	})
}
