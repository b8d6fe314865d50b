package udp_test

import (
	"encoding/hex"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"mailwire/layers"
	"mailwire/layers/internet"
	"mailwire/layers/transport/udp"
)

// datagram is an IP datagram with payload behind two bytes that are none of its business; missing more bytes were sent.
func datagram(payload string, version uint8, missing int) *internet.Datagram {
	b, err := hex.DecodeString("eeee" + strings.ReplaceAll(payload, " ", ""))
	if err != nil {
		panic(err)
	}
	d := &internet.Datagram{
		Version: version, Protocol: internet.UDP, Missing: missing,
		Source: netip.MustParseAddr("192.0.2.1"), Destination: netip.MustParseAddr("192.0.2.2"),
		Data: b, Payload: layers.Range{Offset: 2, Length: len(b) - 2},
	}
	if version == 6 {
		d.Source, d.Destination = netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("2001:db8::2")
	}
	return d
}

// Each row is a datagram, what is told of it, and where its payload lies.
func TestDatagrams(t *testing.T) {
	for _, test := range []struct {
		name     string
		datagram *internet.Datagram
		want     string
	}{
		{"sound", datagram("9c40 0035 000a 76f7 6869", 4, 0), "40000 > 53 len 2 | 10+2 missing 0"},
		{"a changed byte", datagram("9c40 0035 000a 76f7 6868", 4, 0), "40000 > 53 len 2 | 10+2 missing 0 udp.checksum-wrong found=0x76f7 right=0x76f8"},
		{"no checksum", datagram("9c40 0035 000a 0000 6869", 4, 0), "40000 > 53 len 2 | 10+2 missing 0"},
		{"no checksum over IPv6", datagram("9c40 0035 000a 0000 6869", 6, 0), "40000 > 53 len 2 | 10+2 missing 0 udp.checksum-missing"},
		{"bytes behind its length", datagram("9c40 0035 000a 76f7 6869 ffff", 4, 0), "40000 > 53 len 2 | 10+2 missing 0"},
		{"cut by the capture", datagram("9c40 0035 000a 76f7 68", 4, 1), "40000 > 53 len 2 | 10+1 missing 1"},
		{"a length beyond the packet", datagram("9c40 0035 000b 76f7 6869", 4, 0), "40000 > 53 len 3 | 10+2 missing 0 udp.length-wrong length=11 have=10"},
		{"a length below the header's", datagram("9c40 0035 0007 76f7 6869", 4, 0), "40000 > 53 len 0 | 10+2 missing 0 udp.length-wrong length=7 have=10"},
		{"empty", datagram("9c40 0035 0008 0000", 4, 0), "40000 > 53 len 0 | 10+0 missing 0"},
		{"ports alone", datagram("9c40 0035", 4, 0), "40000 > 53 len 0 | 0+0 missing 0 udp.truncated have=4 want=8"},
	} {
		var h udp.Header
		_, notes, ok := h.Decode(test.datagram, nil, nil)
		got := fmt.Sprintf("%s | %d+%d missing %d", h.AppendSummary(nil), h.Payload.Offset, h.Payload.Length, h.Missing)
		for _, n := range notes {
			got += " " + n.ID
			for _, a := range n.Args {
				got += " " + a.Name + "=" + a.Value.String()
			}
		}
		if got != test.want || !ok {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

// TestCut cuts a datagram at every length: fields that are not all there are not shown.
func TestCut(t *testing.T) {
	whole := datagram("9c40 0035 000a 76f7 6869", 4, 0)
	for n := range 8 {
		d := *whole
		d.Payload.Length, d.Missing = n, 10-n
		var h udp.Header
		pdus, notes, ok := h.Decode(&d, nil, nil)
		if fields := pdus[0].Header.AppendFields(nil); len(fields) != n/2 || len(notes) != 1 || ok != (n >= 4) {
			t.Errorf("%d bytes: %d fields, %v, %v", n, len(fields), notes, ok)
		}
	}
}

// FuzzDecode reads any bytes: the payload lies behind the header and within what is there.
func FuzzDecode(f *testing.F) {
	f.Add([]byte{0x9c, 0x40, 0, 53, 0, 10, 0x76, 0xf7, 'h', 'i'}, uint16(0), false)
	f.Add([]byte{0x9c, 0x40, 0, 53, 0, 200, 0, 0}, uint16(192), true)
	f.Fuzz(func(t *testing.T, b []byte, missing uint16, six bool) {
		version := uint8(4)
		if six {
			version = 6
		}
		d := datagram(hex.EncodeToString(b), version, int(missing))
		var h udp.Header
		pdus, _, _ := h.Decode(d, nil, nil)
		if r := h.Payload; r.Length < 0 || r.Length > 0 && r.Offset != 2+udp.HeaderLength || r.End() > len(d.Data) || h.Missing < 0 {
			t.Fatalf("payload at %+v of %d, missing %d", r, len(d.Data), h.Missing)
		}
		pdus[0].Header.AppendSummary(nil)
		for _, field := range pdus[0].Header.AppendFields(nil) {
			if field.Range.End() > pdus[0].Offset+pdus[0].Length {
				t.Fatalf("%s lies at %+v", field.Name, field.Range)
			}
		}
	})
}
