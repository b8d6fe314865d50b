package scenarios

import (
	"strings"
	"testing"

	"mailwire/layers/lexicon"
)

// playAndExpect plays a file and returns what was told, and whether all was as it must be.
func playAndExpect(t *testing.T, source string) (*record, bool) {
	t.Helper()
	s, err := Load([]byte(source), nil)
	if err != nil {
		t.Fatal(err)
	}
	r := &record{}
	unmet, err := s.Run(Options{Language: lexicon.English, Face: r})
	if err != nil {
		t.Fatal(err)
	}
	return r, len(unmet) == 0
}

// TestAForgedMail is refused or put aside as the domain in From wants it, and passes where it wants nothing.
func TestAForgedMail(t *testing.T) {
	source, _ := Shipped("forged")
	for _, c := range []struct{ dmarc, expect, told string }{
		{"reject", "{mailbox: Bob, holds: 1}", "mail.not-authentic"},
		{"quarantine", "{mailbox: Bob, folder: Junk, holds: 1}", "mail.to-junk"},
		{"none", "{mailbox: Bob, holds: 2}", "mail.checked"},
	} {
		file := strings.Replace(string(source), "dmarc: reject", "dmarc: "+c.dmarc, 1)
		file = file[:strings.Index(file, "expect:")] + "expect:\n  - " + c.expect + "\n"
		r, met := playAndExpect(t, file)
		if told := r.String(); !met || strings.Count(told, "mail.checked") != 2 || !strings.Contains(told, "mail.signed") || !strings.Contains(told, c.told) {
			t.Errorf("%s: as expected %v", c.dmarc, met)
		}
	}
}

// TestForwardsAndBackupsInAFile: the words of the notation do what they say.
func TestForwardsAndBackupsInAFile(t *testing.T) {
	source, _ := Shipped("two-servers")
	file := string(source)
	for _, c := range []struct{ old, new, expect string }{
		{"address: bob@example.org", "address: bob@example.org, forwards to: [Ana]", "[{mailbox: Bob, holds: 0}, {mailbox: Ana, holds: 1}]"},
		{"address: bob@example.org", "address: bob@example.org, forwards to: [Ana], keeps copy: true", "[{mailbox: Bob, holds: 1}, {mailbox: Ana, holds: 1}]"},
		{"domain: example.org,", "domain: example.org, lacks: [DSN, PIPELINING],", "[{mailbox: Bob, holds: 1}]"},
		{"to: [Bob]", "to: [Bob]\n    notify: [success]", "[{mailbox: Bob, holds: 1}, {mailbox: Ana, holds: 1}]"},
		{"to: [Bob]", "to: [nobody@example.org]\n    return: full", "[{mailbox: Bob, holds: 0}, {mailbox: Ana, holds: 1}]"},
		{"to: [Bob]", "to: [nobody@example.org]\n    notify: [never]", "[{mailbox: Bob, holds: 0}, {mailbox: Ana, holds: 0}]"},
		{"domain: example.net,", "domain: example.net, backup for: [example.org],", "[{mailbox: Bob, holds: 1}]"},
	} {
		changed := strings.Replace(file, c.old, c.new, 1)
		changed = changed[:strings.Index(changed, "expect:")] + "expect: " + c.expect + "\n"
		if _, met := playAndExpect(t, changed); !met {
			t.Errorf("%s: not as expected", c.new)
		}
	}
}
