package scenarios

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"mailwire/layers/lexicon"
	"mailwire/sim"
)

// sound is a small file without a fault: the tables below change one place of it.
const sound = `name: small
title: {en: A small one}
network:
  hosts:
    laptop:
    r1: {kind: router}
    s1: {kind: switch}
    mail: {domain: example.org, services: [dns, submission, smtp, pop3, imap]}
  cables:
    laptop to s1:
    s1 to r1:
    r1 to mail:
people:
  Ana: {address: ana@example.net}
  Bob: {address: bob@example.org, uses: {laptop: {reads: imap}}}
mails:
  lunch: {from: Ana, to: [Bob], subject: Lunch, text: "At one?\n"}
mailboxes:
  Bob: [lunch]
acts:
  - {who: Bob, does: look}
  - {cut: laptop to s1}
  - {mend: laptop to s1}
`

// changed is the sound file with one place changed.
func changed(t *testing.T, old, new string) string {
	t.Helper()
	if strings.Count(sound, old) != 1 {
		t.Fatalf("%q stands %d times in the file", old, strings.Count(sound, old))
	}
	return strings.Replace(sound, old, new, 1)
}

// playSource plays a file; the error is what Load says of it, or Run.
func playSource(source string) (*record, error) {
	s, err := Load([]byte(source), nil)
	if err != nil {
		return nil, err
	}
	r := &record{}
	_, err = s.Run(Options{Language: lexicon.English, Face: r})
	return r, err
}

// TestFaultsThatRunWouldMeet: what cannot be played is told by check, at its place.
func TestFaultsThatRunWouldMeet(t *testing.T) {
	if _, err := playSource(sound); err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct{ name, old, new, want string }{
		{"mail in the mailbox of a stranger's provider", "  Bob: [lunch]", "  Ana: [lunch]", "19:3 no-domain"},
		{"a mail host without a cable", "  cables:", "    lone: {domain: example.com}\n  cables:", "9:5 no-cable"},
		{"a name server without a cable", "  cables:", "    lone: {services: [dns]}\n  cables:", "9:5 no-cable"},
		{"a blank in an address", "ana@example.net", "ana ana@example.net", "14:18 value"},
		{"no local part", "ana@example.net", "'@example.net'", "14:18 value"},
		{"an empty local part", "ana@example.net", `'""@example.net'`, "14:18 value"},
		{"no domain", "ana@example.net", "ana@", "14:18 value"},
		{"an empty label in an address", "ana@example.net", "ana@example..net", "14:18 value"},
		{"a long label in an address", "ana@example.net", "ana@" + strings.Repeat("x", 64) + ".net", "14:18 value"},
		{"a mail to no address", "to: [Bob]", "to: [a b@example.org]", "17:27 value"},
		{"a copy to no address", "to: [Bob]", "to: [Bob], cc: ['x@']", "17:38 value"},
		{"a mail from no address", "from: Ana", "from: 'a@b@c'", "17:17 value"},
		{"a mail to nobody", "to: [Bob]", "to: []", "17:26 no-recipient"},
		{"one address twice", "ana@example.net", "BOB@Example.org", "15:18 address-twice"},
		{"a domain that is no name", "domain: example.org", "domain: x..y", "8:20 value"},
		{"the root as a domain", "domain: example.org", "domain: .", "8:20 value"},
		{"a literal as a domain", "domain: example.org", "domain: '[192.0.2.1]'", "8:20 value"},
		{"a domain whose host has too long a name", "domain: example.org", "domain: " + strings.Repeat("x123456.", 31) + "org", "8:20 value"},
		{"one domain twice", "  cables:", "    more: {domain: Example.Org}\n  cables:\n    more to r1:", "9:20 domain-twice"},
		{"a service without a domain", "    laptop:\n", "    laptop: {services: [dns, smtp]}\n", "5:30 needs-domain"},
		{"a quota without a domain", "    laptop:\n", "    laptop: {quota: 1MB}\n", "5:21 needs-domain"},
		{"a domain on a router", "{kind: router}", "{kind: router, domain: example.com}", "6:32 service-place"},
		{"a domain on a switch", "{kind: switch}", "{kind: switch, domain: example.com}", "7:32 service-place"},
		{"a name server whose name is no name", "    laptop:\n", "    a..b: {services: [dns]}\n    laptop:\n", "5:5 value"},
		{"a person at a switch", "uses: {laptop: {reads: imap}}", "uses: {s1: }", "15:42 use-place"},
		{"a quota that is too small", "domain: example.org,", "domain: example.org, quota: 100,", "19:9 no-quota"},
		{"a date before all clocks", "name: small", "name: small\ndate: 0001-01-01T00:00:00Z", "2:7 value"},
		{"a cable to itself", "    s1 to r1:", "    s1 to r1:\n    s1 to s1:", "12:5 own-end"},
		{"a cable twice", "    s1 to r1:", "    s1 to r1:\n    r1 to s1:", "12:5 circle"},
		{"two cables for a host", "    s1 to r1:", "    s1 to r1:\n    r1 to laptop:", "12:5 two-cables"},
		{"two cables of one name in the trace", "    s1 to r1:", "    s1 to r1:\n    a-b to r1:\n    a to b-r1:", "16:5 twice"},
		{"a circle of switches", "  cables:", "    s2: {kind: switch}\n    s3: {kind: switch}\n  cables:\n    s1 to s2:\n    s2 to s3:\n    s3 to s1:", "14:5 circle"},
		{"a control character in a name", "  lunch:", "  \"lunch\\e[2J\": {from: Ana, to: [Bob]}\n  lunch:", "17:3 name"},
		{"no name", "    laptop:\n", "    '':\n    laptop:\n", "5:5 name"},
		{"a hard blank in the name of a host", "    laptop:\n", "    \"a\\_b\":\n    laptop:\n", "5:5 host-name"},
		{"a record that is none", "domain: example.org,", "domain: example.org, spf: v=spf2 mx,", "8:38 value"},
		{"a record that breaks the grammar", "domain: example.org,", "domain: example.org, spf: v=spf1 ip4:300.0.0.1 -all,", "8:38 value"},
		{"a key whose name is none", "domain: example.org,", "domain: example.org, dkim: a b,", "8:39 value"},
		{"a policy that is none", "domain: example.org,", "domain: example.org, dmarc: refuse,", "8:40 word"},
		{"a policy without a domain", "    laptop:\n", "    laptop: {dmarc: reject}\n", "5:21 needs-domain"},
		{"checks on a router", "{kind: router}", "{kind: router, checks senders: true}", "6:40 service-place"},
		{"a backup for the own domain", "domain: example.org,", "domain: example.org, backup for: [example.org],", "8:46 domain"},
		{"a backup for a domain of nobody", "domain: example.org,", "domain: example.org, backup for: [example.com],", "8:46 domain"},
		{"an extension that is none", "domain: example.org,", "domain: example.org, lacks: [DSM],", "8:41 word"},
		{"a copy of what stays", "address: bob@example.org,", "address: bob@example.org, keeps copy: true,", "15:47 missing-key"},
		{"a forwarding to nobody", "address: bob@example.org,", "address: bob@example.org, forwards to: [Eva],", "15:49 person"},
		{"a forwarding from no mailbox", "address: ana@example.net", "address: ana@example.net, forwards to: [Bob]", "14:48 domain"},
		{"a sender without an address", "address: bob@example.org,", "address: bob@example.org, sends as: Bob,", "15:45 value"},
		{"never, and yet", "to: [Bob],", "to: [Bob], notify: [never, delay],", "17:41 two-forms"},
		{"a report of what", "to: [Bob],", "to: [Bob], notify: [succes],", "17:42 word"},
		{"all of it", "to: [Bob],", "to: [Bob], return: all,", "17:41 word"},
		{"a misconception that is none", "name: small", "name: small\nrefutes: [pop3.dele-deletes-at-onse]", "2:11 note"},
	} {
		source := changed(t, row.old, row.new)
		if row.name == "two cables of one name in the trace" {
			source = strings.Replace(source, "  cables:", "    a-b: {kind: router}\n    a: {kind: router}\n    b-r1: {kind: router}\n  cables:", 1)
		}
		wantFaults(t, row.name, source, row.want)
	}
}

// TestKeysOfActs: each form of an act has keys of its own; others would be passed over in silence.
func TestKeysOfActs(t *testing.T) {
	for _, row := range []struct{ act, want string }{
		{"{lose: r1 to mail, from: mail, count: 2, carrying: mail, once sent: QUIT, note: pop3.dele}", ""},
		{"{lose: r1 to mail, chance: 0%}", ""},
		{"{wait: 0s, says: {en: Now}}", ""},
		{"{say: {en: Now}, note: tcp.syn}", ""},
		{"{mend: r1 to mail, once answered: QUIT}", ""},
		{"{lose: r1 to mail, from: nobody}", "22:30 end"},
		{"{lose: r1 to mail, from: laptop}", "22:30 end"},
		{"{lose: r1 to mail, from: ''}", "22:30 not-text"},
		{"{lose: r1 to mail, count: 1, chance: 5%}", "22:5 two-forms"},
		{"{lose: r1 to mail, once sent: QUIT, once answered: QUIT}", "22:5 two-forms"},
		{"{lose: r1 to mail, once sent: ''}", "22:35 not-text"},
		{"{lose: r1 to mail, note: no.such.note}", "22:30 note"},
		{"{lose: r1 to mail, note: ../../x}", "22:30 note"},
		{"{wait: 5s, note: smtp.field.verb}", "22:22 note"},
		{"{wait: 5s, chance: 5%}", "22:16 form-key"},
		{"{wait: 5s, count: 1}", "22:16 form-key"},
		{"{wait: 5s, who: Bob}", "22:16 form-key"},
		{"{wait: 5s, once sent: QUIT}", "22:16 form-key"},
		{"{say: {en: Now}, from: r1}", "22:22 form-key"},
		{"{say: {en: Now}, says: {en: Then}}", "22:22 form-key"},
		{"{who: Bob, does: look, carrying: mail}", "22:28 form-key"},
		{"{who: Bob, does: look, once answered: QUIT}", "22:28 form-key"},
		{"{who: Bob, does: look, mail: lunch}", "22:34 form-key"},
		{"{who: Bob, does: mark unread, mail: lunch}", ""},
		{"{who: Bob, does: move, mail: lunch, folder: Old}", ""},
		{"{who: Bob, does: fetch part, mail: lunch, part: x.png}", ""},
		{"{who: Bob, does: remove folder, folder: Old}", ""},
		{"{who: Bob, does: move, mail: lunch}", "22:5 missing-key"},
		{"{who: Bob, does: move, folder: Old}", "22:5 missing-key"},
		{"{who: Bob, does: flag, mail: lunch, folder: Old}", "22:49 form-key"},
		{"{who: Bob, does: fetch part, mail: lunch}", "22:5 missing-key"},
		{"{cut: r1 to mail, count: 3}", "22:23 form-key"},
		{"{mend: r1 to mail, on: laptop}", "22:24 form-key"},
		{"{who: Bob}", "22:5 no-form"},
		{"{wait: 5s, say: {en: Now}, who: Bob}", "22:5 two-forms"},
	} {
		source := changed(t, "  - {cut: laptop to s1}", "  - "+row.act)
		if row.want != "" {
			wantFaults(t, row.act, source, row.want)
		} else if _, err := playSource(source); err != nil {
			t.Errorf("%s: %v", row.act, err)
		}
	}
	wantFaults(t, "a folder of a queue", sound+"expect: [{queue: mail, folder: Trash, holds: 1}]\n", "24:24 form-key")
}

func TestAFaultSaysWhatWouldBeRight(t *testing.T) {
	for _, row := range []struct{ old, new, want string }{
		{"cut: laptop to s1}", "lose: laptop to s1, coont: 3}", "scenario.right.near count"},
		{"cut: laptop to s1}", "lose: laptop to s1, from: s2}", "scenario.right.near s1"},
		{"cut: laptop to s1}", "wait: 1s, note: pop3.delle}", "scenario.right.near pop3.dele"},
		{"cut: laptop to s1}", "wait: 1s, carrying: mail}", "scenario.right.one-of says, note"},
		{"does: look", "does: lok", "scenario.right.near look"},
		{"who: Bob", "who: bob", "scenario.right.near Bob"},
		{"title: {en:", "title: {xyz:", "scenario.right.one-of en, es, pt, ca, de"},
	} {
		_, err := Load([]byte(changed(t, row.old, row.new)), nil)
		faults, _ := err.(Faults)
		if len(faults) != 1 {
			t.Errorf("%s: %v", row.new, err)
			continue
		}
		if got := fmt.Sprintf("%s %s", faults[0].Right.ID, faults[0].Right.Args[0].Value.Append(nil)); got != row.want {
			t.Errorf("%s: %s, want %s", row.new, got, row.want)
		}
	}
}

// TestUnknownParameters: the same one is told each time.
func TestUnknownParameters(t *testing.T) {
	for range 20 {
		_, err := Load([]byte(sound), map[string]string{"d": "", "b": "", "c": "", "a": ""})
		var unknown *ParameterError
		if !errors.As(err, &unknown) || unknown.Name != "a" {
			t.Fatalf("%v, want that a is unknown", err)
		}
	}
}

// TestWhatStandsThereCounts: zero is not nothing, and letters of domains are the same in either case.
func TestWhatStandsThereCounts(t *testing.T) {
	for _, row := range []struct{ name, old, new, want string }{
		{"no time", "{cut: laptop to s1}", "{wait: 0s}", "act.wait"},
		{"no chance", "{cut: laptop to s1}", "{lose: laptop to s1, chance: 0%}", "act.lose-chance"},
		{"a domain in capitals", "domain: example.org", "domain: EXAMPLE.Org", "Lunch"},
		{"an address in capitals", "bob@example.org", "Bob@Example.ORG", "Lunch"},
		{"quotes that say nothing", "bob@example.org", `'"bob"@example.org'`, "Lunch"},
		{"quotes that do", "bob@example.org", `'"bob @home"@example.org'`, "Lunch"},
		{"a name with signs", "Ana: {", `'Dr. "A" <x@y>, Ana:;': {`, "Lunch"},
		{"a domain of the host's name", "    laptop:\n", "    laptop:\n    more: {domain: mail.example.org}\n", "Lunch"},
		{"a host called all", "    laptop:\n", "    laptop:\n    all:\n", "Lunch"},
	} {
		source := changed(t, row.old, row.new)
		if strings.Contains(source, "    more:") {
			source = strings.Replace(source, "  cables:\n", "  cables:\n    more to r1:\n", 1)
		}
		if row.name == "a name with signs" {
			source = strings.Replace(source, "from: Ana", `from: 'Dr. "A" <x@y>, Ana:;'`, 1)
		}
		r, err := playSource(source)
		if err != nil {
			t.Errorf("%s: %v", row.name, err)
			continue
		}
		if !strings.Contains(r.String(), row.want) {
			t.Errorf("%s: %s is not told", row.name, row.want)
		}
		if strings.Contains(r.String(), "network.drop") || strings.Contains(r.String(), "mail.failed") {
			t.Errorf("%s: something was lost", row.name)
		}
	}
}

// TestLargeNumbers: a file may ask for much, and gets it without much being kept.
func TestLargeNumbers(t *testing.T) {
	for _, act := range []string{"{lose: laptop to s1, count: 1000000}", "{wait: 3650d}", "{lose: laptop to s1, chance: 100%}"} {
		if _, err := playSource(changed(t, "{cut: laptop to s1}", act)); err != nil {
			t.Errorf("%s: %v", act, err)
		}
	}
	for _, source := range []string{
		sound[:strings.Index(sound, "acts:")] + "acts: []\n",
		sound[:strings.Index(sound, "people:")] + "people: {}\nacts: []\n",
		sound + strings.Repeat("  - {wait: 1s}\n", 2000),
		sound + strings.Repeat("  - {wait: 3650d}\n", 10),
	} {
		if _, err := playSource(source); err != nil {
			t.Errorf("%d bytes: %v", len(source), err)
		}
	}
	wantFaults(t, "110 years", sound+strings.Repeat("  - {wait: 3650d}\n", 11), "34:12 too-long")
}

// TestAStormEnds: what goes round for ever ends a run with an error, were it not found before.
func TestAStormEnds(t *testing.T) {
	s, err := Load([]byte(sound), nil)
	if err != nil {
		t.Fatal(err)
	}
	s.Hosts = append(s.Hosts, Host{Name: "s2", Kind: "switch"})
	for range 2 {
		s.Cables = append(s.Cables, Cable{A: "s1", B: "s2", Delay: defaultDelay, Rate: defaultRate, Queue: defaultQueue})
	}
	var livelock *sim.Livelock
	if _, err := s.runWithin(10_000, Options{Language: lexicon.English, Face: &record{}}); !errors.As(err, &livelock) {
		t.Errorf("%v, want a Livelock", err)
	}
}

// wantFaults wants a file to have this one fault: "line:column id".
func wantFaults(t *testing.T, name, source, want string) {
	t.Helper()
	_, err := Load([]byte(source), nil)
	var got []string
	faults, _ := err.(Faults)
	for _, f := range faults {
		got = append(got, fmt.Sprintf("%d:%d %s", f.Line, f.Column, strings.TrimPrefix(f.What.ID, "scenario.fault.")))
		if !slices.ContainsFunc(strings.Split(source, "\n"), func(line string) bool { return line == f.Source }) {
			t.Errorf("%s: the file has no line %q", name, f.Source)
		}
	}
	if strings.Join(got, ", ") != want {
		t.Errorf("%s: %q, %v; want %s", name, got, err, want)
	}
}
