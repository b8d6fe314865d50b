package mail

import (
	"crypto/tls"
	"net/netip"
	"strings"
	"testing"
	"time"

	"mailwire/layers/application/dns"
	"mailwire/layers/application/message"
	"mailwire/layers/trace"
	"mailwire/sim"
	"mailwire/sim/host"
	"mailwire/sim/mail/store"
	"mailwire/sim/network"
)

var monday = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)

// A street is the world of these tests: ana's laptop, her provider (example.net, also the name server), another provider
// (example.org), all on one switch.
type street struct {
	network   *network.Network
	middle    *network.Switch
	t         *testing.T
	world     *sim.World
	laptop    *host.Host
	net, org  *Server
	authority *Authority
	cables    map[string]*network.Cable
	told      []string // notes of the states, in order
	anaAtNet  *store.Account
	bobAtOrg  *store.Account
	join      func(name, address string) *host.Host
	start     func(h *host.Host, domain, user string) (*Server, *store.Account)
}

func newStreet(t *testing.T) *street {
	t.Helper()
	return newStreetWith(t, "")
}

// newStreetWith is a street whose hosts have certificates with a flaw, and whose name server knows more names, all of example.com.
func newStreetWith(t *testing.T, flaw Flaw, more ...dns.Record) *street {
	t.Helper()
	s := &street{t: t, world: sim.New(monday, 1), cables: map[string]*network.Cable{}}
	s.authority = NewAuthority(s.world)
	n := network.New(s.world)
	sw := n.NewSwitch("sw")
	s.network, s.middle = n, sw
	join := func(name, address string) *host.Host {
		h := host.New(n, host.Config{Name: name})
		i := h.AddInterface(netip.MustParsePrefix(address + "/24"))
		s.cables[name] = n.Connect(i.Interface, sw.NewPort(), network.CableConfig{Delay: time.Millisecond})
		h.SetNameServer(netip.MustParseAddr("192.0.2.20"))
		return h
	}
	s.laptop = join("laptop", "192.0.2.10")
	atNet, atOrg := join("net", "192.0.2.20"), join("org", "192.0.2.30")

	zone := func(domain, address string) dns.Zone {
		host := dns.Name(HostName(domain))
		return dns.Zone{Name: dns.Name(domain), TTL: 3600, Authority: dns.Authority{Primary: host, Mailbox: "hostmaster.example", Minimum: 300}, Records: []dns.Record{
			{Name: dns.Name(domain), Type: dns.TypeMX, TTL: 3600, Data: dns.Exchange{Preference: 10, Host: host}},
			{Name: host, Type: dns.TypeA, TTL: 3600, Data: dns.Address{Addr: netip.MustParseAddr(address)}},
			{Name: dns.Name(WebmailName(domain)), Type: dns.TypeA, TTL: 3600, Data: dns.Address{Addr: netip.MustParseAddr("192.0.2.40")}},
		}}
	}
	zones := []dns.Zone{zone("example.net", "192.0.2.20"), zone("example.org", "192.0.2.30")}
	if more != nil {
		zones = append(zones, dns.Zone{Name: "example.com", TTL: 3600, Authority: dns.Authority{Primary: "ns.example.com", Mailbox: "hostmaster.example", Minimum: 300}, Records: more})
	}
	names, err := dns.NewServer(zones...)
	s.must(err)
	names.Recursion = true
	s.must(atNet.ServeNames(names))

	tell := func(e *trace.State) { s.told = append(s.told, e.Host+" "+e.Note.ID) }
	start := func(h *host.Host, domain, user string) (*Server, *store.Account) {
		mails := store.New(1)
		account, err := mails.Add(user+"@"+domain, "secret", user+"@"+domain)
		s.must(err)
		server, err := NewServer(h, ServerConfig{Domain: domain, Services: []string{"submission", "submissions", "smtp", "pop3", "pop3s", "imap", "imaps"}, TLS: s.authority.Server(HostName(domain), flaw), Observer: tell, Trust: func(server string) *tls.Config { return s.authority.Opportunistic(domain, server) }}, mails)
		s.must(err)
		return server, account
	}
	s.join, s.start = join, start
	s.net, s.anaAtNet = start(atNet, "example.net", "ana")
	s.org, s.bobAtOrg = start(atOrg, "example.org", "bob")
	return s
}

func (s *street) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// agent seats somebody at the laptop.
func (s *street) agent(address string, reads Strategy) *Agent {
	_, domain, _ := strings.Cut(address, "@")
	return NewAgent(On(s.laptop), AgentConfig{Person: address, Address: address, Password: "secret", Server: HostName(domain), Reads: reads})
}

// wait lets something be done, and returns how it ended.
func (s *street) wait(do func(done func(*Failure))) *Failure {
	s.t.Helper()
	var result *Failure
	over := false
	s.world.After(0, func() { do(func(f *Failure) { result, over = f, true }) })
	if done, err := s.world.RunWhile(func() bool { return !over }, time.Hour); err != nil || !done {
		s.t.Fatalf("it does not end (%v)", err)
	}
	return result
}

// write puts a short mail into the outbox of an agent.
func (s *street) write(a *Agent, to ...string) {
	s.t.Helper()
	s.must(a.Write(&message.Mail{From: a.config.Address, To: to, Subject: "Lunch", Text: "At one?\n", Date: s.world.Now()}))
}

// put lays a mail into a mailbox.
func (s *street) put(account *store.Account, subject, text string) {
	s.t.Helper()
	data, err := (&message.Mail{From: "news@example.com", To: []string{account.User}, Subject: subject, Text: text, Date: monday}).Build()
	s.must(err)
	_, err = account.Deliver(monday, data)
	s.must(err)
}

func (s *street) inbox(account *store.Account) []string {
	box, _ := account.Mailbox(store.Inbox)
	var subjects []string
	for _, m := range box.Messages() {
		b, err := m.Bytes()
		s.must(err)
		header, _ := message.ParseHeader(b)
		subjects = append(subjects, header.Decoded("Subject"))
	}
	return subjects
}

func (s *street) run(d time.Duration) {
	s.t.Helper()
	s.must(s.world.RunFor(d))
}

func (s *street) wasTold(note string) int {
	n := 0
	for _, t := range s.told {
		if t == note {
			n++
		}
	}
	return n
}
