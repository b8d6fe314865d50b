package capture_test

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"io"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"mailwire/layers"
	"mailwire/layers/capture"
	"mailwire/layers/layerstest"
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

// TestCut cuts a file at every length: the frames before the cut come, then the cut with its offset, or the end.
func TestCut(t *testing.T) {
	for name, file := range map[string][]byte{
		"pcap":   pcap(little, 0xa1b2c3d4, 4, "one", "second"),
		"pcapng": bytes.Join([][]byte{section(big), describe(big, 1), enhanced(big, 0, 1, "one"), enhanced(big, 0, 2, "second")}, nil),
	} {
		// where records end
		at := map[string][]int{"pcap": {24, 43, 65}, "pcapng": {28, 48, 84, 124}}[name]
		for n := 4; n <= len(file); n++ {
			r, err := capture.Open(bytes.NewReader(file[:n]))
			var f *layers.Frame
			frames := 0
			for err == nil {
				if f, err = r.Next(); err == nil {
					frames++
					if want := []string{"one", "second"}[frames-1]; string(f.Data) != want {
						t.Errorf("%s cut at %d: frame %d is %q", name, n, frames, f.Data)
					}
				}
			}
			want := 0
			for _, end := range at[len(at)-2:] {
				if n >= end {
					want++
				}
			}
			if frames != want {
				t.Errorf("%s cut at %d: %d frames, want %d", name, n, frames, want)
			}
			var damage *capture.DamageError
			switch {
			case slices.Contains(at, n):
				if err != io.EOF {
					t.Errorf("%s ended at %d: %v", name, n, err)
				}
			case !errors.As(err, &damage) || damage.Offset != int64(n):
				t.Errorf("%s cut at %d: %v", name, n, err)
			}
		}
	}
}

// TestDamage breaks one block at a time: what is sound before and, where the file tells how far the damage goes, behind
// it still comes.
func TestDamage(t *testing.T) {
	lying := enhanced(little, 0, 1, "frame")
	little.PutUint32(lying[20:], 4000) // more than the block holds
	unequal := enhanced(little, 0, 1, "frame")
	little.PutUint32(unequal[len(unequal)-4:], 4)
	huge := numbers(little, 6, 0xfffffff0, 0, 0)
	start := bytes.Join([][]byte{section(little), describe(little, 1), enhanced(little, 0, 1, "before")}, nil)
	for _, test := range []struct {
		name string
		bad  []byte
		want string
		goes bool // on behind it
	}{
		{"a frame longer than its block", lying, "capture: byte 88: frame-beyond-block", true},
		{"two lengths", unequal, "capture: byte 88: block-lengths-differ", true},
		{"an interface that nobody described", enhanced(little, 9, 1, "frame"), "capture: byte 88: unknown-interface", true},
		{"a short block", block(little, 6, numbers(little, 0, 0)), "capture: byte 88: block-short", true},
		{"a length below that of every block", numbers(little, 6, 8, 0, 0), "capture: byte 88: block-length", true},
		{"a length of 4 GiB", huge, "capture: byte 88: block-beyond", true},
		{"a length beyond the file", numbers(little, 6, 1<<20, 0, 0), "capture: byte 88: block-beyond", true},
		{"a length beyond the file of a type that is not read", numbers(little, 0xbad, 3<<30, 0), "capture: byte 88: block-beyond", true},
		{"a length that is no multiple of four", numbers(little, 6, 33, 0, 0), "capture: byte 88: block-lengths-differ", true},
		{"a length over the next block", numbers(little, 6, 52, 0, 0), "capture: byte 88: block-lengths-differ", true},
		{"bytes that move all behind them", []byte("moved"), "capture: byte 88: block-beyond", true},
	} {
		file := append(append(bytes.Clone(start), test.bad...), enhanced(little, 0, 1, "behind")...)
		r, err := capture.Open(bytes.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		want := "1 00:00:00.000001  1 before 6 \n" + test.want + "\n"
		if test.goes {
			want += "2 00:00:00.000001  1 behind 6 \n"
		}
		if got := story(r); got != want {
			t.Errorf("%s:\n%swant\n%s", test.name, got, want)
		}
	}
}

// TestLongBlocks: a block above 16 MiB is skipped if it ends as it begins; if not, the sound blocks in it and behind it come.
func TestLongBlocks(t *testing.T) {
	long := make([]byte, 17<<20)
	inside := slices.Clone(long)
	little.PutUint32(inside[4:], 3<<30)
	copy(inside, numbers(little, 6, 3<<30))
	copy(inside[9<<20+1:], enhanced(little, 0, 2, "inside"))
	unequal := block(little, 0xbad, slices.Clone(long))
	unequal[len(unequal)-1]++
	start := bytes.Join([][]byte{section(little), describe(little, 1)}, nil)
	for name, test := range map[string]struct {
		block []byte
		want  string
	}{
		"sound and not read":    {block(little, 0xbad, slices.Clone(long)), ""},
		"sound and too long":    {block(little, 6, slices.Clone(long)), "capture: byte 48: frame-too-long\n"},
		"two lengths":           {unequal, "capture: byte 48: block-beyond\n"},
		"a sound block inside":  {inside, "capture: byte 48: block-beyond\n1 00:00:00.000002  1 inside 6 \ncapture: byte 9437273: block-length\n"},
		"a section in no order": {block(little, 0x0a0d0d0a, make([]byte, 16)), "capture: byte 48: byte-order\ncapture: byte 76: unknown-interface\n"},
	} {
		file := bytes.Join([][]byte{start, test.block, describe(little, 1), enhanced(little, 0, 3, "behind")}, nil)
		if name == "a section in no order" {
			file = bytes.Join([][]byte{start, test.block, enhanced(little, 0, 3, "lost"), section(little), describe(little, 1), enhanced(little, 0, 3, "behind")}, nil)
		}
		r, err := capture.Open(bytes.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		if got := story(r); !strings.HasPrefix(got, test.want) || !strings.Contains(got[len(test.want):], "behind") || strings.Count(got, "capture:") != strings.Count(test.want, "capture:") {
			t.Errorf("%s: %q, want %q and what is behind", name, got, test.want)
		}
	}
}

// TestLostBytes takes one byte out of a frame, as a copy does that changes line ends: the frame takes a byte of the next
// record, whose header cannot be true any more, and the record behind that one is found again.
func TestLostBytes(t *testing.T) {
	file := pcap(little, 0xa1b2c3d4, 4, "one", "lost\r\nbyte", "hidden", "found", "last")
	at := bytes.Index(file, []byte("\r\n"))
	file = append(file[:at:at], file[at+1:]...)
	r, err := capture.Open(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	got := story(r)
	if want := "capture: byte 69: frame-too-long\n3 00:16:43.000007  1 found 15 \n4 00:16:44.000007  1 last 14 \n"; !strings.HasSuffix(got, want) {
		t.Errorf("%q\nwant at its end %q", got, want)
	}
}

// TestDamagedPacking cuts a packed file.
func TestDamagedPacking(t *testing.T) {
	packed := pack(pcap(little, 0xa1b2c3d4, 4, strings.Repeat("x", 5000), strings.Repeat("y", 5000)))
	for n := range packed {
		r, err := capture.Open(bytes.NewReader(packed[:n]))
		for err == nil {
			_, err = r.Next()
		}
		var damage *capture.DamageError
		var refused *capture.FormatError
		if !errors.As(err, &damage) && !(n < 4 && errors.As(err, &refused)) {
			t.Errorf("cut at %d: %v", n, err)
		}
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

// eventTrace begins as an event trace of Windows does: a buffer of 64 KiB, of which 500 bytes are filled.
func eventTrace() []byte {
	b := numbers(little, 0x10000, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 500, 0, 0, 0, 0, 0)
	return append(b, 2, 0, 2, 0xc0, 0, 0)
}

// TestRefusals names what is no capture.
func TestRefusals(t *testing.T) {
	for start, want := range map[string]string{
		"":                                    "empty",
		"\xa1\xb2\xcd\x34 and so on":          "pcap-modified",
		"snoop\x00\x00\x00\x00\x00\x00\x02":   "snoop",
		"GMBU\x00\x02":                        "netmon",
		"TRSNIFF data    \x1a":                "other-capture",
		"PK\x03\x04\x14\x00":                  "zip",
		"\x28\xb5\x2f\xfd\x04\x88":            "packed",
		"\x89PNG\r\n\x1a\n":                   "image",
		"%PDF-1.7":                            "pdf",
		"\x7fELF\x02\x01":                     "program",
		"<!DOCTYPE html><html>":               "html",
		"From: Ana <ana@example.net>\r\nTo: ": "mail",
		"Return-Path: <ana@example.net>\r\n":  "mail",
		"12:00:01.5 IP 192.0.2.1 > 192.0.2.2": "text",
		"Grüße":                               "text",
		"abc":                                 "text",
		"0000   02 00 00 00 00 01 02 00 00 00 00 02 08 00":                 "hex-dump",
		"\t0x0000:  4500 003c 1c46 4000 4006 b1e6":                         "hex-dump",
		"00000000: d4c3 b2a1 0200 0400 0000 0000":                          "hex-dump",
		"2026 05 01 12 00 mail sent":                                       "text",
		`{"log": {"version": "1.2", "entries": []}}`:                       "har",
		"<?xml version=\"1.0\"?>\n<pdml version=\"0\">":                    "dissection",
		`[{"_index": "packets", "_source": {"layers": {}}}]`:               "dissection",
		"version https://git-lfs.github.com/spec/v1\noid":                  "lfs",
		"\xff\xfeN\x00o\x00.\x00":                                          "text",
		"\xef\xbb\xbf<html>":                                               "html",
		"\x1f\x9d\x90\x54":                                                 "packed",
		string(eventTrace()):                                               "etl",
		"\x00\x00\x00\x00\x00\x00\x00\x00\x9b\x04\x00\x80\x00\x00\x00\x68": "erf",
		"\x00\x01\x02\x03\x04\x05\x06":                                     "unknown",
		"\xd4\xc3\xb2\xa1\x07\x00\x00\x00" + strings.Repeat("\x00", 16):    "pcap-version",
	} {
		for _, input := range []io.Reader{strings.NewReader(start), iotest.OneByteReader(strings.NewReader(start))} {
			_, err := capture.Open(input)
			var refused *capture.FormatError
			if !errors.As(err, &refused) || refused.Seems != want {
				t.Errorf("%q: %v, want %s", start, err, want)
			}
		}
	}
}

// TestLongerRecordHeaders: files that say they are pcap and have longer record headers are refused, those whose second record
// is broken are not.
func TestLongerRecordHeaders(t *testing.T) {
	frames := []string{"first frame", "second frame", "third frame"}
	for extra, refused := range map[string]bool{"": false, "xy": false, "zero": true, "0 0 0 0 ": true} {
		file := pcap(little, 0xa1b2c3d4, 4)
		for _, f := range frames {
			record := pcap(little, 0xa1b2c3d4, 4, f)[24:]
			file = append(append(append(file, record[:16]...), extra...), f...)
		}
		_, err := capture.Open(bytes.NewReader(file))
		var format *capture.FormatError
		if errors.As(err, &format) != refused {
			t.Errorf("%d bytes more: %v", len(extra), err)
		}
	}
	file := pcap(little, 0xa1b2c3d4, 4, frames...)
	if _, err := capture.Open(bytes.NewReader(slices.Insert(file, 24+16+len(frames[0]), 0, 0, 0, 0))); err != nil {
		t.Errorf("4 bytes in one place: %v", err)
	}
}

// written is a file with everything that a Writer can write.
func written(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := capture.NewWriter(&b, "mailwire")
	links := []*layers.Interface{{Name: "ana-r1", LinkType: 1}, {Index: 1, Name: "r1-mail", LinkType: 101}}
	frame := "\xff\xff\xff\xff\xff\xff\x02\x00\x00\x00\x00\x01\x08\x06\x00\x01\x08\x00\x06\x04\x00\x01\x02\x00\x00\x00\x00\x01\xc0\x00\x02\x01\x00\x00\x00\x00\x00\x00\xc0\x00\x02\xfe"
	start := time.Date(2026, 1, 5, 9, 0, 0, 123456789, time.UTC)
	for _, e := range []error{
		err,
		w.Interface(links[0]),
		w.Interface(links[1]),
		w.Interface(links[0]),
		w.Names([]capture.Name{{Addr: netip.MustParseAddr("192.0.2.1"), Name: "ana"}, {Addr: netip.MustParseAddr("2001:db8::1"), Name: "mail.example.org"}}),
		w.Secrets(capture.Secrets{Type: capture.SecretsTLS, Data: []byte("CLIENT_RANDOM " + strings.Repeat("ab", 32) + " " + strings.Repeat("cd", 48) + "\n")}),
		w.Frame(&layers.Frame{Time: start, Interface: links[0], Data: []byte(frame), Length: len(frame), Comment: "Grüße"}, "who has it?"),
		w.Frame(&layers.Frame{Time: start.Add(1), Interface: links[1], Data: []byte("\x45cut"), Length: 1500}, strings.Repeat("é", 40000)),
		w.Frame(&layers.Frame{Time: start.Add(2), Interface: links[0], Data: []byte(frame), Length: len(frame), Comment: "bad \xff"}, ""),
	} {
		if e != nil {
			t.Fatal(e)
		}
	}
	return b.Bytes()
}

// TestWriteRead reads back what was written: all of it but mailwire's own comments.
func TestWriteRead(t *testing.T) {
	r, err := capture.Open(bytes.NewReader(written(t)))
	if err != nil {
		t.Fatal(err)
	}
	got := story(r)
	for _, want := range []string{
		"192.0.2.1 is ana\n2001:db8::1 is mail.example.org\nsecrets CLIENT_RANDOM abab",
		"1 09:00:00.123456789 ana-r1 1 ", " 42 Grüße\n", "2 09:00:00.12345679 r1-mail 101 \x45cut 1500 \n", " 42 bad \uFFFD\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q\nlacks %q", got, want)
		}
	}
	if strings.Contains(got, "who has it?") {
		t.Error("mailwire's own comment came back")
	}
}

// TestTimesThatDoNotFit: a time stamp has room for the years 1970 to 2554; any other time becomes the nearest of them.
func TestTimesThatDoNotFit(t *testing.T) {
	last := time.Date(2554, 7, 21, 23, 34, 33, 709551615, time.UTC)
	for _, row := range []struct{ written, want time.Time }{
		{time.Date(1969, 12, 31, 23, 59, 59, 999999999, time.UTC), time.Unix(0, 0)},
		{time.Unix(0, 1), time.Unix(0, 1)},
		{time.Date(2262, 4, 11, 23, 47, 16, 854775807, time.UTC), time.Date(2262, 4, 11, 23, 47, 16, 854775807, time.UTC)},
		{time.Date(2262, 4, 11, 23, 47, 16, 854775808, time.UTC), time.Date(2262, 4, 11, 23, 47, 16, 854775808, time.UTC)},
		{last, last},
		{last.Add(1), last},
		{time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC), last},
	} {
		var file bytes.Buffer
		w, err := capture.NewWriter(&file, "mailwire")
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Frame(&layers.Frame{Time: row.written, Interface: &layers.Interface{LinkType: 1}}, ""); err != nil {
			t.Fatal(err)
		}
		r, err := capture.Open(&file)
		if err != nil {
			t.Fatal(err)
		}
		if f, err := r.Next(); err != nil || !f.Time.Equal(row.want) {
			t.Errorf("%v was read as %v, want %v (%v)", row.written, f.Time, row.want, err)
		}
	}
}

// TestManyComments: a frame's comments are joined up to the 65535 bytes that one comment can have, cut before a character,
// and a block full of them takes no longer than its bytes need.
func TestManyComments(t *testing.T) {
	comment := func(o ...[]byte) string {
		t.Helper()
		r, err := capture.Open(bytes.NewReader(bytes.Join([][]byte{section(little), describe(little, 1), enhanced(little, 0, 1, "x", o...)}, nil)))
		if err != nil {
			t.Fatal(err)
		}
		f, err := r.Next()
		if err != nil {
			t.Fatal(err)
		}
		return f.Comment
	}
	long := strings.Repeat("a", 65500)
	for name, row := range map[string]struct {
		options [][]byte
		want    string
	}{
		"all fit":            {[][]byte{option(little, 1, long), option(little, 1, strings.Repeat("b", 34))}, long + "\n" + strings.Repeat("b", 34)},
		"one byte too many":  {[][]byte{option(little, 1, long), option(little, 1, strings.Repeat("b", 35))}, long + "\n" + strings.Repeat("b", 34)},
		"a character is cut": {[][]byte{option(little, 1, long), option(little, 1, strings.Repeat("€", 12))}, long + "\n" + strings.Repeat("€", 11)},
		"no UTF-8":           {[][]byte{option(little, 1, long), option(little, 1, strings.Repeat("\x80", 99))}, long + "\n" + strings.Repeat("\x80", 34)},
		"no room":            {[][]byte{option(little, 1, strings.Repeat("a", 65535)), option(little, 1, "b")}, strings.Repeat("a", 65535)},
		"two million":        {[][]byte{bytes.Repeat(option(little, 1, "x"), 2_000_000)}, strings.Repeat("x\n", 32767) + "x"},
	} {
		if got := comment(row.options...); got != row.want {
			t.Errorf("%s: %d bytes that end in %q, want %d that end in %q", name, len(got), got[max(0, len(got)-9):], len(row.want), row.want[len(row.want)-9:])
		}
	}
}

// TestNamesHoldNoMoreThanTheirText: a name that is kept does not keep the 64 KiB of its record.
func TestNamesHoldNoMoreThanTheirText(t *testing.T) {
	const records = 200
	record := option(little, 1, "\xc0\x00\x02\x01ana"+strings.Repeat("\x00", 65000))
	r, err := capture.Open(bytes.NewReader(bytes.Join([][]byte{section(little), describe(little, 1), block(little, 4, bytes.Repeat(record, records)), enhanced(little, 0, 1, "x")}, nil)))
	if err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	if _, err := r.Next(); err != nil {
		t.Fatal(err)
	}
	names, block := r.Names(), int64(records*len(record)) // the reader keeps the block's space
	runtime.GC()
	runtime.ReadMemStats(&after)
	if held := int64(after.HeapAlloc) - int64(before.HeapAlloc) - block; len(names) != records || held > block/2 {
		t.Errorf("%d names hold %d bytes", len(names), held)
	}
	runtime.KeepAlive(r)
}

// TestTsharkReadsWhatWeWrite expects no complaint and the same content.
func TestTsharkReadsWhatWeWrite(t *testing.T) {
	tshark := layerstest.Program(t, "tshark")
	path := filepath.Join(t.TempDir(), "written.pcapng")
	if err := os.WriteFile(path, written(t), 0o600); err != nil {
		t.Fatal(err)
	}
	command := exec.Command(tshark, "-r", path, "-T", "fields", "-e", "frame.number", "-e", "frame.interface_name", "-e", "frame.time_epoch", "-e", "frame.cap_len", "-e", "frame.len", "-e", "frame.comment")
	var complaints bytes.Buffer
	command.Stderr = &complaints
	out, err := command.Output()
	for line := range strings.Lines(complaints.String()) {
		if !strings.Contains(line, `Running as user "root"`) {
			t.Errorf("tshark says: %s", line)
		}
	}
	lines := strings.Split(string(out), "\n")
	if err != nil || len(lines) < 3 {
		t.Fatalf("%v, %q", err, out)
	}
	for i, want := range []string{
		"1\tana-r1\t1767603600.123456789\t42\t42\tGrüße,mailwire: who has it?",
		"2\tr1-mail\t1767603600.123456790\t4\t1500\tmailwire: ééé",
		"3\tana-r1\t1767603600.123456791\t42\t42\tbad \uFFFD",
	} {
		if !strings.HasPrefix(lines[i], want) {
			t.Errorf("frame %d: %.100q, want %q", i+1, lines[i], want)
		}
	}
}

// TestHostileLengths feeds blocks that claim gigabytes: memory must follow the bytes that are there.
func TestHostileLengths(t *testing.T) {
	file := append(section(little), describe(little, 1)...)
	for _, kind := range []uint32{1, 2, 3, 4, 5, 6, 10, 77} {
		claim := append(bytes.Clone(file), numbers(little, kind, 3<<30, 0, 0, 0, 3<<29, 3<<29)...)
		if used := testing.AllocsPerRun(1, func() {
			r, err := capture.Open(bytes.NewReader(claim))
			if err != nil {
				t.Fatal(err)
			}
			for err == nil {
				_, err = r.Next()
			}
		}); used > 100 {
			t.Errorf("block type %d: %v allocations", kind, used)
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
