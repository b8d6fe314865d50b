package internet_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"mailwire/layers"
	"mailwire/layers/capture"
	"mailwire/layers/internet"
	"mailwire/layers/layerstest"
	"mailwire/layers/lexicon"
	"mailwire/layers/transport/udp"
)

// incomparable lists captures that are decoded but not compared, and why.
var incomparable = map[string]string{
	"gre-tunnels.pcap":                          "tshark has the ports of the packet that an ICMP error quotes under udp",
	"malformed-arp-too-long-tha.pcap":           "a tag that is cut: we show the half that is there",
	"malformed-ipv4-internal-truncation.pcap":   "a header that is cut: we show the fields that are there",
	"malformed-ipv4-pcapng.pcap":                "header lengths that lie: we show the fields all the same",
	"pcapng-bigendian-complex.pcapng":           "tshark counts custom blocks as frames",
	"pcapng-three-sections-mixed-endian.pcapng": "tshark counts custom blocks as frames",
}

var compared = []string{"ip.src", "ip.dst", "ip.ttl", "ip.proto", "ipv6.src", "ipv6.dst", "ipv6.hlim", "ipv6.nxt", "icmp.type", "icmp.code",
	"icmpv6.type", "icmpv6.code", "arp.opcode", "arp.dst.proto_ipv4", "vlan.id", "udp.srcport", "udp.dstport", "udp.length"}

// names of the same fields here: protocol and field.
var ours = map[string][2]string{
	"ip.src": {"ipv4", "source"}, "ip.dst": {"ipv4", "destination"}, "ip.ttl": {"ipv4", "ttl"}, "ip.proto": {"ipv4", "protocol"},
	"ipv6.src": {"ipv6", "source"}, "ipv6.dst": {"ipv6", "destination"}, "ipv6.hlim": {"ipv6", "hop-limit"}, "ipv6.nxt": {"ipv6", "next-header"},
	"icmp.type": {"icmp", "type"}, "icmp.code": {"icmp", "code"}, "icmpv6.type": {"icmpv6", "type"}, "icmpv6.code": {"icmpv6", "code"},
	"arp.opcode": {"arp", "operation"}, "arp.dst.proto_ipv4": {"arp", "target-protocol-address"}, "vlan.id": {"vlan", "id"},
	"udp.srcport": {"udp", "source-port"}, "udp.dstport": {"udp", "destination-port"}, "udp.length": {"udp", "length"},
}

// TestRealCaptures decodes every real capture and compares the fields with tshark's.
func TestRealCaptures(t *testing.T) {
	tshark := layerstest.Program(t, "tshark")
	words := lexicon.New(lexicon.English, lexicon.Notes)
	for _, path := range layerstest.Captures(t, "lower", "mail") {
		name := filepath.Base(path)
		t.Run(name, func(t *testing.T) {
			got := decodeFile(t, path, words)
			if incomparable[name] != "" || testing.Short() || got == nil {
				return
			}
			args := []string{"-n", "-r", path, "-T", "fields", "-E", "occurrence=f", "-e", "frame.number"}
			for _, f := range compared {
				args = append(args, "-e", f)
			}
			out, _ := exec.Command(tshark, args...).Output()
			differences := 0
			for i, line := range strings.Split(strings.TrimRight(string(out), "\n"), "\n") {
				cells := strings.Split(line, "\t")
				if i >= len(got) || len(cells) != len(compared)+1 {
					break
				}
				for j, f := range compared {
					want := cells[j+1]
					if strings.HasPrefix(want, "0x") {
						var n uint64
						fmt.Sscanf(want, "0x%x", &n)
						want = fmt.Sprint(n)
					}
					if have := got[i][f]; have != want && differences < 5 {
						differences++
						t.Errorf("frame %s: %s %q, tshark has %q", cells[0], f, have, want)
					}
				}
			}
		})
	}
}

// decodeFile reads all frames of a file and returns, for each, the first value of each compared field.
func decodeFile(t *testing.T, path string, words *lexicon.Lexicon) []map[string]string {
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	r, err := capture.Open(file)
	if err != nil {
		var refused *capture.FormatError
		if !errors.As(err, &refused) {
			t.Error(err)
		}
		return nil
	}
	d := internet.NewDecoder()
	var frames []map[string]string
	var header udp.Header
	for {
		f, err := r.Next()
		if err != nil {
			return frames
		}
		p := d.Decode(f)
		if p.Whole != nil && p.Whole.Protocol == internet.UDP {
			p.PDUs, p.Notes, _ = header.Decode(p.Whole, p.PDUs, p.Notes)
		}
		frames = append(frames, check(t, f, p, words))
	}
}

// check looks at what was read in a frame: ranges within the bytes, a meaning for every field, a text for every note.
func check(t *testing.T, f *layers.Frame, p *internet.Packet, words *lexicon.Lexicon) map[string]string {
	found := map[string]string{}
	end := 0
	for i := range p.PDUs {
		u := &p.PDUs[i]
		data := f.Data
		if p.Whole != nil && p.Whole.Frames != nil && u.Offset < end {
			data = p.Whole.Data // what came out of fragments
		}
		if u.Offset < 0 || u.Length < 0 || u.Offset+u.Length > len(data) {
			t.Fatalf("frame %d: %s lies at %d+%d of %d bytes", f.Number, u.Protocol, u.Offset, u.Length, len(data))
		}
		end = u.Offset + u.Length
		u.Header.AppendSummary(nil)
		for _, field := range u.Header.AppendFields(nil) {
			if field.Range.Offset < 0 || field.Range.End() > len(data) {
				t.Fatalf("frame %d: %s %s lies at %+v of %d bytes", f.Number, u.Protocol, field.Name, field.Range, len(data))
			}
			if id := u.Protocol + ".field." + field.Name; !known(words, id) {
				t.Errorf("no meaning: %s", id)
			}
			for tshark, name := range ours {
				if name == [2]string{u.Protocol, field.Name} && found[tshark] == "" {
					found[tshark] = field.Value.String()
				}
			}
		}
	}
	for _, n := range p.Notes {
		if !known(words, n.ID) || strings.Contains(words.Line(n)+words.Why(n), "{") {
			t.Errorf("frame %d: note %s: %q", f.Number, n.ID, words.Line(n))
		}
	}
	return found
}

var reported = map[string]bool{}

// known says whether the lexicon has id, and complains once only.
func known(words *lexicon.Lexicon, id string) bool {
	_, ok := words.Entry(id)
	if ok || reported[id] {
		return true
	}
	reported[id] = true
	return false
}
