package main

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"mailwire/layers"
	"mailwire/layers/application"
	"mailwire/layers/capture"
	"mailwire/layers/layerstest"
	"mailwire/layers/trace"
)

// Confidences are what is told of a capture: its messages, and everything in it that nobody is to see.
type confidences struct {
	messages []string
	packets  int
	names    map[string]bool // mailboxes, domains, subjects, names and passwords of users, lines of mails; in lower case
	wire     []byte          // all bytes of all frames, and what they say put together
}

var (
	mailboxes = regexp.MustCompile(`[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+`)
	domains   = regexp.MustCompile(`(?i)\b([a-z0-9-]{2,}\.)+(com|org|net|edu|de|uk|fr|it|ru|cn|us|jp|br|in|local)\b`)
	accounts  = regexp.MustCompile(`(?i)^(?:\S+ )?(?:USER|PASS|LOGIN) "?([^ "\r\n]{4,})"?(?: "?([^ "\r\n]{4,}))?`)
	subjects  = regexp.MustCompile(`(?m)^Subject: *([^\r\n]{6,})`)
	coded     = regexp.MustCompile(`[A-Za-z0-9+/]{16,}={0,2}`)
	kept      = regexp.MustCompile(`(?i)^([a-z-]+:|\s+(charset|boundary|protocol)=|--|.*body\[|\d\d:\d\d:\d\d|(=\?[a-z0-9-]+\?[qb]\?_*\?=\s*)+$|.*\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\b)|^[^a-wyz1-9]*$`)
)

func confide(t *testing.T, file string) *confidences {
	t.Helper()
	in, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	all := &confidences{names: map[string]bool{}}
	r, err := capture.Open(in)
	if err != nil {
		return all
	}
	_ = trace.Replay(r, trace.NewFollower(trace.Options{ShowSecrets: true}, showing(func(e trace.Event) {
		switch e := e.(type) {
		case *trace.Packet:
			all.packets++
			all.wire = append(append(all.wire, e.Frame.Data...), '\n')
			all.forbid(e.Frame.Data)
			all.addresses(e)
		case *trace.Message:
			all.message(e)
		}
	})))
	return all
}

func (a *confidences) message(m *trace.Message) {
	verb := m.Verb
	if m.Protocol == "dns" {
		verb = ""
	}
	a.messages = append(a.messages, fmt.Sprint(m.Stream, m.From, m.Protocol, m.Kind, verb, m.Code, m.Status, m.Length, m.Complete, m.Packets))
	a.wire = append(append(a.wire, m.Text...), '\n')
	if m.Kind == application.Command {
		if parts := accounts.FindStringSubmatch(m.Text); parts != nil {
			a.names[strings.ToLower(parts[1])] = true
			a.names[strings.ToLower(parts[2])] = true
		}
	}
	if m.Kind != application.Data || m.Protocol == "tls" {
		return
	}
	for _, s := range subjects.FindAllStringSubmatch(m.Text, -1) {
		if strings.Trim(s[1], "XxQ?_=0859-1iso utf") != "" {
			a.names[strings.ToLower(s[1])] = true
		}
	}
	for line := range strings.Lines(m.Text) {
		if line = strings.Trim(line, " \t\r\n"); len(line) >= 8 && !kept.MatchString(line) && strings.Contains(line, " ") {
			a.names[strings.ToLower(line)] = true
		}
	}
}

// forbid finds names in bytes, and in what is base64 there.
func (a *confidences) forbid(b []byte) {
	for _, text := range append([][]byte{b}, decoded(b)...) {
		for _, pattern := range []*regexp.Regexp{mailboxes, domains} {
			for _, found := range pattern.FindAll(text, -1) {
				a.names[strings.ToLower(string(found))] = true
			}
		}
	}
}

func decoded(b []byte) (all [][]byte) {
	for _, found := range coded.FindAll(b, -1) {
		if plain, err := base64.StdEncoding.DecodeString(string(found)); err == nil {
			all = append(all, plain)
		}
	}
	return all
}

// addresses forbids those of IP, as bytes, and of cards.
func (a *confidences) addresses(p *trace.Packet) {
	for _, end := range []netip.AddrPort{p.Source, p.Destination} {
		if addr := end.Addr(); addr.IsValid() && !addr.IsMulticast() && !addr.IsLoopback() && !addr.IsUnspecified() && addr.String() != "255.255.255.255" {
			b := addr.AsSlice()
			if len(bytes.Trim(b, "\x00\x01\xff")) > 2 { // others are numbers as well
				a.names[string(b)] = true
			}
		}
	}
	if b := p.Frame.Data; p.Frame.Interface.LinkType == layers.LinkTypeEthernet && len(b) >= 12 {
		for _, card := range [][]byte{b[:6], b[6:12]} {
			if card[0]&1 == 0 && len(bytes.Trim(card, "\x00\x01\x02")) > 2 {
				a.names[string(card)] = true
			}
		}
	}
}

// Of each capture --anonymize makes one with the same messages, in which nothing is left that tells of anybody.
func TestAnonymizedCapturesTellNothing(t *testing.T) {
	for _, file := range layerstest.Captures(t, "mail", "lower") {
		if info, err := os.Stat(file); err != nil || testing.Short() && info.Size() > 40<<10 {
			continue
		}
		t.Run(filepath.Base(file), func(t *testing.T) {
			target := filepath.Join(t.TempDir(), "anonymous.pcapng")
			var out, complaints bytes.Buffer
			run([]string{"replay", file, "--anonymize", target}, nil, &out, &complaints)
			if _, err := os.Stat(target); err != nil {
				if _, _, status := mailwire(t, nil, "replay", file, "--quiet", "--write", filepath.Join(t.TempDir(), "copy.pcapng")); status == 0 {
					t.Error(complaints.String())
				}
				return // no capture that can be read
			}
			before, after := confide(t, file), confide(t, target)
			if !slices.Equal(before.messages, after.messages) || before.packets != after.packets {
				t.Errorf("%d packets with %d messages became %d with %d", before.packets, len(before.messages), after.packets, len(after.messages))
				for i := range min(len(before.messages), len(after.messages)) {
					if before.messages[i] != after.messages[i] {
						t.Fatalf("%s\nbecame\n%s", before.messages[i], after.messages[i])
					}
				}
			}
			wire := bytes.ToLower(after.wire)
			plain := bytes.ToLower(bytes.Join(decoded(after.wire), []byte("\n")))
			for name := range before.names {
				if strings.Trim(name, "x0") != "" && (bytes.Contains(wire, []byte(name)) || bytes.Contains(after.wire, []byte(name)) || len(name) > 5 && bytes.Contains(plain, []byte(name))) {
					t.Errorf("%q is still there", name)
				}
			}
			again := filepath.Join(t.TempDir(), "again.pcapng")
			run([]string{"replay", file, "--anonymize", again}, nil, &out, &complaints)
			first, _ := os.ReadFile(target)
			if second, _ := os.ReadFile(again); !bytes.Equal(first, second) {
				t.Error("twice the same capture became two")
			}
		})
	}
}
