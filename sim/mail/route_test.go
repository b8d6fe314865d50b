package mail

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"mailwire/layers/application/dns"
	"mailwire/sim/host"
)

func exchange(preference uint16, name dns.Name) dns.Record {
	return dns.Record{Name: "example.com", Type: dns.TypeMX, TTL: 60, Data: dns.Exchange{Preference: preference, Host: name}}
}

func at(name dns.Name, addresses ...string) (all []dns.Record) {
	for _, a := range addresses {
		all = append(all, dns.Record{Name: name, Type: dns.TypeA, TTL: 60, Data: dns.Address{Addr: netip.MustParseAddr(a)}})
	}
	return all
}

// Bob reads his mail at example.com on the host "first" or on the host "second", whichever took it.
func TestTheRouteOfAMail(t *testing.T) {
	const nobody = "192.0.2.70"
	both := slices.Concat([]dns.Record{exchange(20, "b.example.com"), exchange(10, "a.example.com")}, at("a.example.com", "192.0.2.50"), at("b.example.com", "192.0.2.60"))
	for _, c := range []struct {
		name   string
		names  []dns.Record
		first  string // what is odd about the first host: "down", a greeting, "full", "unknown"
		at     string // who has the mail
		report string
	}{
		{"RFC 5321 §5.1: the lowest preference", both, "", "first", ""},
		{"the next, where the first is down", both, "down", "second", ""},
		{"the next, where the first is too busy", both, "421 4.3.2 Too busy", "second", ""},
		{"the next, where the first does no service", both, "554 5.3.2 No service here", "second", ""},
		{"the next, where the first says not now to the recipient", both, "full", "second", ""},
		{"a refusal counts: the next is not asked", both, "unknown", "", "failed bob@example.com () 5.1.1"},
		{"without MX the domain's own address", at("example.com", "192.0.2.50"), "", "first", ""},
		{"each address of a host", slices.Concat([]dns.Record{exchange(10, "a.example.com")}, at("a.example.com", nobody, "192.0.2.50")), "", "first", ""},
		{"RFC 7505: a null MX", []dns.Record{exchange(0, dns.Root)}, "", "", "failed bob@example.com () 5.1.10"},
		{"a host without an address", []dns.Record{exchange(10, "c.example.com")}, "", "", "failed bob@example.com () 5.4.4"},
		{"neither MX nor address", at("www.example.com", nobody), "", "", "failed bob@example.com () 5.4.4"},
		{"the own host alone: a circle", slices.Concat([]dns.Record{exchange(10, "mail.example.net")}), "", "", "failed bob@example.com () 5.4.6"},
		{"the own host under another name", slices.Concat([]dns.Record{exchange(10, "x.example.com")}, at("x.example.com", "192.0.2.20")), "", "", "failed bob@example.com () 5.4.6"},
		{"the own host in the list: those before it", append(slices.Clone(both), exchange(15, "mail.example.net")), "", "first", ""},
		{"and no other, though it waits", append(slices.Clone(both), exchange(15, "mail.example.net")), "down", "waits", ""},
	} {
		s := newStreetWith(t, "", c.names...)
		firstHost := s.join("first", "192.0.2.50")
		second, atSecond := s.start(s.join("second", "192.0.2.60"), "example.com", "bob")
		_ = second
		inFirst := func() int { return 0 }
		if strings.Contains(c.first, " ") {
			_, err := firstHost.Listen(portSMTP, func(conn *host.Conn) {
				conn.Write([]byte(c.first + "\r\n"))
				conn.Received = func([]byte) { conn.Close() }
			})
			s.must(err)
		} else {
			user := "bob"
			if c.first == "unknown" {
				user = "eva"
			}
			_, account := s.start(firstHost, "example.com", user)
			inFirst = func() int { return len(s.inbox(account)) }
			switch c.first {
			case "full":
				account.Quota = 1
			case "down":
				s.cables["first"].Cut()
			}
		}
		s.submit(s.net, "ana@example.net", "", "<bob@example.com>")
		s.run(20 * time.Minute)
		got := map[bool]string{true: "waits"}[s.net.Waiting() > 0]
		if inFirst() > 0 {
			got += "first"
		}
		if len(s.inbox(atSecond)) > 0 {
			got += "second"
		}
		if reports := strings.Join(told(s.reports(s.anaAtNet)), "; "); got != c.at || reports != c.report {
			t.Errorf("%s: %q has the mail, want %q; the report is %q, want %q", c.name, got, c.at, reports, c.report)
		}
	}
}

// TestHostsOfEqualPreferenceShareTheWork (RFC 5321 §5.1), by the world's chance: the same in each run.
func TestHostsOfEqualPreferenceShareTheWork(t *testing.T) {
	var runs []string
	for range 2 {
		s := newStreetWith(t, "", slices.Concat([]dns.Record{exchange(10, "a.example.com"), exchange(10, "b.example.com")}, at("a.example.com", "192.0.2.50"), at("b.example.com", "192.0.2.60"))...)
		_, one := s.start(s.join("first", "192.0.2.50"), "example.com", "bob")
		_, other := s.start(s.join("second", "192.0.2.60"), "example.com", "bob")
		for range 20 {
			s.submit(s.net, "ana@example.net", "", "<bob@example.com>")
			s.run(time.Minute)
		}
		a, b := len(s.inbox(one)), len(s.inbox(other))
		if a < 4 || b < 4 || a+b != 20 {
			t.Errorf("one has %d, the other %d", a, b)
		}
		runs = append(runs, fmt.Sprint(a, b))
	}
	if runs[0] != runs[1] {
		t.Errorf("not the same in each run: %q", runs)
	}
}

// TestABackupKeepsWhatTheOwnHostCannotTake, and passes it on when that is there again, to it alone.
func TestABackupKeepsWhatTheOwnHostCannotTake(t *testing.T) {
	s := newStreetWith(t, "", slices.Concat([]dns.Record{exchange(10, "a.example.com"), exchange(20, "mail.example.org")}, at("a.example.com", "192.0.2.50"))...)
	_, bob := s.start(s.join("first", "192.0.2.50"), "example.com", "bob")
	s.org.config.Backups = []string{"example.com"}
	s.cables["first"].Cut()
	s.submit(s.net, "ana@example.net", "", "<bob@example.com>")
	s.run(20 * time.Minute)
	if s.net.Waiting() != 0 || s.org.Waiting() != 1 {
		t.Fatalf("%d wait at example.net, %d at the backup", s.net.Waiting(), s.org.Waiting())
	}
	s.cables["first"].Mend()
	s.run(2 * time.Hour)
	if got := s.inbox(bob); len(got) != 1 || s.org.Waiting() != 0 {
		t.Errorf("Bob has %q, %d mails wait at the backup", got, s.org.Waiting())
	}
}

// TestWaitsGrow (RFC 5321 §4.5.4.1): half an hour at first, then longer, and not beyond the day when the mail is given up.
func TestWaitsGrow(t *testing.T) {
	s := newStreet(t)
	s.cables["org"].Cut()
	s.submit(s.net, "ana@example.net", "", "<bob@example.org>")
	attempts := func() int { return s.wasTold("net mail.deferred") }
	s.run(12 * time.Hour)
	if got := attempts(); got < 6 || got > 9 {
		t.Errorf("%d attempts in twelve hours", got)
	}
	s.run(4 * 24 * time.Hour)
	if got := attempts(); got < 40 || got > 55 {
		t.Errorf("%d attempts in four days", got)
	}
}

// TestForwarding, with and without a copy; and a circle of two hosts ends with a report.
func TestForwarding(t *testing.T) {
	for _, keep := range []bool{false, true} {
		s := newStreet(t)
		s.net.config.Forwards = []Forward{{User: "ana", To: []string{"bob@example.org"}, Keep: keep}}
		s.submit(s.net, "ana@example.net", "", "<ana@example.net>")
		s.run(time.Minute)
		if got := len(s.inbox(s.anaAtNet)); got != map[bool]int{true: 1}[keep] || len(s.inbox(s.bobAtOrg)) != 1 || s.wasTold("net mail.forwarded") != 1 {
			t.Errorf("keep %v: Ana has %d, Bob %d", keep, got, len(s.inbox(s.bobAtOrg)))
		}
	}
	s := newStreet(t)
	eva, err := s.net.store.Add("eva@example.net", "secret", "eva@example.net")
	s.must(err)
	s.net.config.Forwards = []Forward{{User: "ana", To: []string{"bob@example.org"}}}
	s.org.config.Forwards = []Forward{{User: "bob", To: []string{"ana@example.net"}}}
	s.submit(s.net, "eva@example.net", "", "<ana@example.net>")
	s.run(time.Hour)
	reports := s.reports(eva)
	if len(reports) != 1 || reports[0].Delivery.Recipients[0].Status != "5.4.6" || reports[0].Delivery.Recipients[0].Original.Value != "ana@example.net" {
		t.Errorf("Eva is told %q", told(reports))
	}
}
