package dns

import (
	"encoding/hex"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"mailwire/layers/layerstest"
)

func TestCapturesAgainstTshark(t *testing.T) {
	if testing.Short() {
		t.Skip("starts tshark for each capture")
	}
	tshark := layerstest.Program(t, "tshark")
	messages := 0
	for _, file := range []string{"dns-mx.pcap", "dns-txt-multiple.pcap", "arp-poison.pcapng", "pcapng-eleven-interfaces.pcapng", "rawip-dlt101.pcap", "sll-460k.pcap"} {
		out, err := exec.Command(tshark, "-r", layerstest.Shared(t, "captures", "lower", file), "-Y", "udp.port == 53 && dns && !icmp && !_ws.malformed", "-T", "fields", "-E", "occurrence=f",
			"-e", "udp.payload", "-e", "dns.qry.name", "-e", "dns.qry.type", "-e", "dns.flags.rcode", "-e", "dns.count.answers", "-e", "dns.resp.ttl").Output()
		if err != nil {
			t.Fatal(err)
		}
		for row := range strings.Lines(string(out)) {
			f := strings.Split(strings.TrimRight(row, "\r\n"), "\t")
			b, err := hex.DecodeString(f[0])
			if err != nil {
				t.Fatal(err)
			}
			m, err := Parse(b)
			if err != nil || len(m.Questions) == 0 {
				t.Errorf("%s: %v in %x", file, err, b)
				continue
			}
			messages++
			code := ""
			if m.Response {
				code = fmt.Sprint(uint8(m.Code))
			}
			ttl := ""
			if all := append(append(m.Answers, m.Authorities...), m.Additionals...); len(all) > 0 && all[0].Type != TypeOPT {
				ttl = fmt.Sprint(all[0].TTL)
			}
			got := []string{string(m.Questions[0].Name), fmt.Sprint(uint16(m.Questions[0].Type)), code, fmt.Sprint(len(m.Answers)), ttl}
			if strings.Join(got, " ") != strings.Join(f[1:], " ") {
				t.Errorf("%s: ours %v, theirs %v", filepath.Base(file), got, f[1:])
			}
		}
	}
	if messages == 0 {
		t.Error("no DNS message found")
	}
	fmt.Fprintln(t.Output(), messages, "messages")
}
