package internet_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
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
	"pcapng-bigendian-complex.pcapng":           "tshark counts custom blocks as frames",
	"malformed-fuzz-unknown-dlt.pcap":           "tshark refuses the link type",
	"pcapng-three-sections-mixed-endian.pcapng": "tshark counts custom blocks as frames",
}

// departures lists what differs from tshark on purpose, by the name of the capture and the field ("*" for all), and why.
var departures = map[[2]string]string{
	{"gre-tunnels.pcap", "udp.srcport"}:              "tshark has the packet that an ICMP error quotes under udp, here it is quoted-source-port",
	{"gre-tunnels.pcap", "udp.dstport"}:              "likewise",
	{"gre-tunnels.pcap", "udp.length"}:               "likewise",
	{"gre-tunnels.pcap", "udp.checksum"}:             "likewise",
	{"icmp-traceroute.pcapng", "icmp.ident"}:         "tshark has the echo that an error quotes under icmp",
	{"icmp-traceroute.pcapng", "icmp.seq"}:           "likewise",
	{"pop3-among-sip-rtp-http.pcap", "llc.type"}:     "tshark has the numbers of a maker, such as those of CDP, under a name of their own",
	{"smtp-sender-attachment.pcapng", "ip.len"}:      "where the sender left the length at 0, tshark shows that of the frame",
	{"ppi-80211.pcap", "wlan.ta"}:                    "the second address of CF-End is transmitter and BSSID; tshark names the BSSID alone",
	{"malformed-arp-too-long-tha.pcap", "*"}:         "a tag that is cut: we show the half that is there",
	{"malformed-ipv4-internal-truncation.pcap", "*"}: "a header that is cut: we show the fields that are there",
	{"malformed-trunc-hdr.pcap", "*"}:                "likewise",
	{"malformed-ipv4-pcapng.pcap", "*"}:              "header lengths that lie: we show the fields all the same",
}

// compared are tshark's fields and where the same stands here: protocol and field.
var compared = []struct{ tshark, protocol, field string }{
	{"eth.src", "ethernet", "source"}, {"eth.dst", "ethernet", "destination"}, {"eth.type", "ethernet", "type"},
	{"vlan.id", "vlan", "id"}, {"vlan.priority", "vlan", "priority"}, {"vlan.etype", "vlan", "type"},
	{"llc.dsap", "llc", "dsap"}, {"llc.type", "llc", "type"},
	{"sll.pkttype", "sll", "packet-type"}, {"sll.etype", "sll", "type"}, {"null.family", "loopback", "family"},
	{"pppoe.code", "pppoe", "code"}, {"pppoe.session_id", "pppoe", "session"}, {"pppoe.payload_length", "pppoe", "length"},
	{"ppp.protocol", "ppp", "protocol"}, {"ppp.code", "ppp-control", "code"}, {"ppp.identifier", "ppp-control", "identifier"},
	{"mpls.label", "mpls", "label"}, {"mpls.ttl", "mpls", "ttl"},
	{"wlan.fc.subtype", "wifi", "subtype"}, {"wlan.ra", "wifi", "receiver"}, {"wlan.ta", "wifi", "transmitter"}, {"wlan.sa", "wifi", "source"},
	{"wlan.da", "wifi", "destination"}, {"wlan.bssid", "wifi", "bssid"}, {"wlan.seq", "wifi", "sequence"}, {"wlan.duration", "wifi", "duration"},
	{"radiotap.length", "radiotap", "length"}, {"radiotap.channel.freq", "radiotap", "frequency"},
	{"eapol.type", "eapol", "type"}, {"eapol.keydes.replay_counter", "eapol", "replay-counter"},
	{"arp.opcode", "arp", "operation"}, {"arp.src.proto_ipv4", "arp", "sender-protocol-address"}, {"arp.dst.proto_ipv4", "arp", "target-protocol-address"},
	{"ip.src", "ipv4", "source"}, {"ip.dst", "ipv4", "destination"}, {"ip.ttl", "ipv4", "ttl"}, {"ip.proto", "ipv4", "protocol"}, {"ip.id", "ipv4", "identification"},
	{"ip.len", "ipv4", "total-length"}, {"ip.checksum", "ipv4", "checksum"}, {"ip.hdr_len", "ipv4", "header-length"}, {"ip.dsfield.dscp", "ipv4", "dscp"},
	{"ipv6.src", "ipv6", "source"}, {"ipv6.dst", "ipv6", "destination"}, {"ipv6.hlim", "ipv6", "hop-limit"}, {"ipv6.nxt", "ipv6", "next-header"},
	{"ipv6.plen", "ipv6", "payload-length"}, {"ipv6.flow", "ipv6", "flow-label"}, {"ipv6.fraghdr.ident", "ipv6-extension", "identification"},
	{"gre.proto", "gre", "protocol"}, {"gre.key", "gre", "key"},
	{"icmp.type", "icmp", "type"}, {"icmp.code", "icmp", "code"}, {"icmp.checksum", "icmp", "checksum"}, {"icmp.ident", "icmp", "identifier"}, {"icmp.seq", "icmp", "sequence"},
	{"icmpv6.type", "icmpv6", "type"}, {"icmpv6.code", "icmpv6", "code"}, {"icmpv6.checksum", "icmpv6", "checksum"},
	{"icmpv6.opt.prefix", "icmpv6", "prefix"}, {"icmpv6.opt.prefix.length", "icmpv6", "prefix-length"},
	{"udp.srcport", "udp", "source-port"}, {"udp.dstport", "udp", "destination-port"}, {"udp.length", "udp", "length"}, {"udp.checksum", "udp", "checksum"},
}

// envelopes are tshark's names of the protocols that have an envelope here.
var envelopes = map[string]string{
	"eth": "ethernet", "vlan": "vlan", "llc": "llc", "sll": "sll", "null": "loopback", "raw": "raw", "pppoes": "pppoe", "pppoed": "pppoe", "ppp": "ppp",
	"lcp": "ppp-control", "ipcp": "ppp-control", "ipv6cp": "ppp-control", "ccp": "ppp-control", "pap": "ppp-login", "chap": "ppp-login", "chdlc": "chdlc",
	"mpls": "mpls", "wlan": "wifi", "radiotap": "radiotap", "ppi": "ppi", "prism": "prism", "eapol": "eapol", "arp": "arp", "ip": "ipv4", "ipv6": "ipv6",
	"ipv6.hopopts": "ipv6-extension", "ipv6.routing": "ipv6-extension", "ipv6.fraghdr": "ipv6-extension", "ipv6.dstopts": "ipv6-extension",
	"gre": "gre", "esp": "esp", "ah": "ah", "icmp": "icmp", "icmpv6": "icmpv6", "tcp": "tcp", "udp": "udp",
}

// stack is the envelopes of a frame as tshark names them, up to the one that ends the road here.
func stack(protocols string) string {
	var names []string
	for _, p := range strings.Split(protocols, ":") {
		if p == "ethertype" || p == "wlan_radio" {
			continue
		}
		name := envelopes[p]
		if name == "" {
			break
		}
		if names = append(names, name); ends(name) {
			break
		}
	}
	if len(names) > 0 && (names[0] == "ipv4" || names[0] == "ipv6") {
		names = append([]string{"raw"}, names...) // tshark names it for some link types only
	}
	return strings.Join(names, " ")
}

// ends says whether nothing behind an envelope is compared: what an ICMP error quotes, or what the transport carries.
func ends(name string) bool {
	switch name {
	case "tcp", "udp", "icmp", "icmpv6", "arp", "eapol", "ppp-control", "ppp-login":
		return true
	}
	return false
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
			args := []string{"-n", "-r", path, "-T", "fields", "-E", "occurrence=f", "-e", "frame.protocols"}
			for _, c := range compared {
				args = append(args, "-e", c.tshark)
			}
			out, _ := exec.Command(tshark, args...).Output()
			if len(out) == 0 && len(got) > 0 {
				t.Error("tshark says nothing: does it know all these fields?")
			}
			differences := 0
			for i, line := range strings.Split(strings.TrimRight(string(out), "\n"), "\n") {
				cells := strings.Split(line, "\t")
				if i >= len(got) || len(cells) != len(compared)+1 {
					break
				}
				differ := func(field, have, want string) {
					if have != want && differences < 8 && departures[[2]string{name, field}] == "" && departures[[2]string{name, "*"}] == "" {
						differences++
						t.Errorf("frame %d: %s %q, tshark has %q", i+1, field, have, want)
					}
				}
				differ("stack", got[i]["stack"], stack(cells[0]))
				for j, c := range compared {
					differ(c.tshark, got[i][c.tshark], plain(cells[j+1]))
				}
			}
		})
	}
}

// plain is a value of tshark's as it is written here: numbers in decimal.
func plain(value string) string {
	if n, err := strconv.ParseUint(strings.TrimPrefix(value, "0x"), 16, 64); err == nil && strings.HasPrefix(value, "0x") {
		return fmt.Sprint(n)
	}
	return value
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
		carriesTCP := p.Whole != nil && p.Whole.Protocol == internet.TCP
		found := check(t, f, p, words)
		if carriesTCP {
			found["stack"] += " tcp"
		}
		frames = append(frames, found)
	}
}

// check looks at what was read in a frame: ranges within the bytes, a meaning for every field, a text for every note.
func check(t *testing.T, f *layers.Frame, p *internet.Packet, words *lexicon.Lexicon) map[string]string {
	found := map[string]string{}
	var names []string
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
		names = append(names, u.Protocol)
		u.Header.AppendSummary(nil)
		for _, field := range u.Header.AppendFields(nil) {
			if field.Range.Offset < 0 || field.Range.End() > len(data) {
				t.Fatalf("frame %d: %s %s lies at %+v of %d bytes", f.Number, u.Protocol, field.Name, field.Range, len(data))
			}
			if id := u.Protocol + ".field." + field.Name; !known(words, id) {
				t.Errorf("no meaning: %s", id)
			}
			for _, c := range compared {
				if c.protocol == u.Protocol && c.field == field.Name && found[c.tshark] == "" {
					found[c.tshark] = plain(field.Value.String())
				}
			}
		}
	}
	found["stack"] = strings.Join(names, " ")
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
