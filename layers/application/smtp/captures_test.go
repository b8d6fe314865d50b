package smtp

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"mailwire/layers"
	"mailwire/layers/application"
	"mailwire/layers/layerstest"
)

// What tshark finds in real sessions, the dialogue finds too. The streams are put together by tshark here: following TCP
// is not what is tested.
func TestRealSessionsAsTsharkReadsThem(t *testing.T) {
	if testing.Short() {
		t.Skip("tshark reads 16 captures twice: some seconds")
	}
	tshark := layerstest.Program(t, "tshark")
	for _, tt := range []struct {
		file    string
		streams int
		ours    string // commands that tshark does not show, or shows cut
		theirs  string
	}{
		{"smtp-auth-login-retx-dns-icmp.pcap", 1, "", ""},
		{"smtp-multi-addr.pcap", 1, "", ""},
		{"smtp-transactions-invalid.pcap", 1, "", ""},
		{"smtp-rset-bdat-null-loopback.pcap", 1, "", ""},
		{"smtp-pipelining-one-segment-null-loopback.pcap", 1, "DATA MAIL RCPT", ""},
		{"smtp-five-rcpt.pcap", 1, "", ""},
		{"smtp-bdat-rfc3030-example.pcap", 1, "", ""},
		{"smtp-bdat-27-chunks-multipart.pcap", 1, "", ""},
		{"smtp-bdat-invalid-three-streams.pcapng", 2, "QUIT", ""},
		{"smtp-587-data-521-rejected.pcap", 1, "", ""},
		{"smtp-587-rcpt-553-rejected.pcap", 1, "", ""},
		{"smtp-submission-587-quoted-printable.pcap", 1, "", ""},
		{"smtp-starttls-zeek.pcap", 1, "STARTTLS", "STAR"},
		{"smtp-chain-2-server.pcapng", 1, "", ""},
		{"smtp-rfc2231-attachment.pcap", 1, "", ""},
		{"smtp-nospaces.pcap", 1, "", ""},
	} {
		path := layerstest.Shared(t, "captures", "mail", tt.file)
		for stream := range tt.streams {
			t.Run(fmt.Sprintf("%s/%d", tt.file, stream), func(t *testing.T) {
				want := tsharkWords(t, tshark, path, stream)
				got := dialogueWords(t, tshark, path, stream)
				want = append(want, strings.Fields(tt.ours)...)
				got = append(got, strings.Fields(tt.theirs)...)
				slices.Sort(want)
				slices.Sort(got)
				if !slices.Equal(got, want) {
					t.Errorf("got  %v\nwant %v", got, want)
				}
			})
		}
	}
}

// tsharkWords lists the commands and reply codes that tshark sees in a stream.
func tsharkWords(t *testing.T, tshark, path string, stream int) []string {
	t.Helper()
	out, err := exec.Command(tshark, "-n", "-r", path, "-Y", fmt.Sprintf("tcp.stream == %d", stream), "-T", "fields",
		"-e", "smtp.req.command", "-e", "smtp.response.code").Output()
	if err != nil {
		t.Fatal(err)
	}
	var words []string
	for _, w := range strings.FieldsFunc(string(out), func(r rune) bool { return strings.ContainsRune("\t\n,", r) }) {
		words = append(words, strings.ToUpper(w))
	}
	return words
}

func dialogueWords(t *testing.T, tshark, path string, stream int) []string {
	t.Helper()
	out, err := exec.Command(tshark, "-n", "-r", path, "-q", "-z", fmt.Sprintf("follow,tcp,raw,%d", stream)).Output()
	if err != nil {
		t.Fatal(err)
	}
	d := NewDialogue()
	var words []string
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
		from := layers.Client
		line := lines.Text()
		if strings.HasPrefix(line, "\t") {
			from, line = layers.Server, line[1:]
		}
		b, err := hex.DecodeString(line)
		if err != nil || len(b) == 0 {
			continue
		}
		d.Receive(from, b)
	}
	d.End(layers.Client)
	d.End(layers.Server)
	for m, ok := d.Next(); ok; m, ok = d.Next() {
		if testing.Verbose() {
			t.Logf("%s %q", show(m), m.Text[:min(len(m.Text), 60)])
		}
		switch {
		case m.Kind == application.Command && m.Verb != "":
			words = append(words, m.Verb)
		case m.Code != 0:
			words = append(words, fmt.Sprint(m.Code))
		}
	}
	return words
}
