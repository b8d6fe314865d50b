package scenarios

import (
	"crypto/tls"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"mailwire/layers"
	"mailwire/layers/application/dns"
	"mailwire/layers/trace"
	"mailwire/sim"
	"mailwire/sim/host"
	"mailwire/sim/mail"
	"mailwire/sim/mail/store"
	"mailwire/sim/network"
)

// A world is a scenario's network with its hosts, services and people, ready to run.
type world struct {
	*sim.World
	scenario   *Scenario
	plan       *plan
	network    *network.Network
	cables     []*network.Cable
	interfaces []*layers.Interface // of the cables, as a capture names them
	hosts      map[string]*host.Host
	servers    map[string]*mail.Server   // by host
	stores     map[string]*store.Store   // by domain
	agents     map[string]mail.UserAgent // by person and device
	authority  *mail.Authority
	outside    outside
	tell       mail.Observer
}

// An outside is what a mail host has that is served to programs outside of the world. The zero value is no such host.
type outside struct {
	host    string
	tls     *tls.Config
	needTLS bool
	logins  Logins
	disk    Disk
}

// A Disk keeps what the mail hosts of a world hold where it outlives the process.
type Disk interface {
	store.Keeper
	// Spool keeps the queue of a host.
	Spool(host string) (mail.Spool, error)
}

// build makes the world that a scenario describes. State is told to tell.
func build(s *Scenario, seed uint64, out outside, tell mail.Observer) (*world, error) {
	p, err := newPlan(s)
	if err != nil {
		return nil, err
	}
	w := &world{
		World: sim.New(s.Date, seed), scenario: s, plan: p, outside: out, tell: tell,
		hosts: map[string]*host.Host{}, servers: map[string]*mail.Server{}, stores: map[string]*store.Store{}, agents: map[string]mail.UserAgent{},
	}
	w.authority = mail.NewAuthority(w.World)
	w.network = network.New(w.World)
	w.layCables()
	w.route()
	if err := w.serveNames(); err != nil {
		return nil, err
	}
	if err := w.fillMailboxes(); err != nil {
		return nil, err
	}
	if err := w.startServices(); err != nil {
		return nil, err
	}
	if err := w.startWebmails(); err != nil {
		return nil, err
	}
	w.seatPeople()
	return w, nil
}

// layCables makes the devices and joins them.
func (w *world) layCables() {
	switches := map[string]*network.Switch{}
	for i := range w.scenario.Hosts {
		h := &w.scenario.Hosts[i]
		if h.Kind == "switch" {
			switches[h.Name] = w.network.NewSwitch(h.Name)
		} else {
			w.hosts[h.Name] = host.New(w.network, host.Config{Name: h.Name, Forward: h.Kind == "router", State: w.hostState})
		}
	}
	for i, c := range w.scenario.Cables {
		plug := func(name string) *network.Interface {
			if sw, ok := switches[name]; ok {
				return sw.NewPort()
			}
			segment := w.plan.ofCable[i]
			prefix := netip.PrefixFrom(w.plan.address(name, segment), segmentBits)
			return w.hosts[name].AddInterface(prefix).Interface
		}
		cable := w.network.Connect(plug(c.A), plug(c.B), network.CableConfig{Name: c.Name(), Rate: c.Rate, Delay: c.Delay, Queue: c.Queue})
		w.cables = append(w.cables, cable)
		w.interfaces = append(w.interfaces, &layers.Interface{Index: i, Name: c.Name(), LinkType: layers.LinkTypeEthernet})
	}
}

// hostState passes on what a host believes and people would miss: why it did not ask for a name. What its neighbours and
// connections are shows in the packets.
func (w *world) hostState(h *host.Host, s host.State) {
	if s.Kind == "dns" {
		w.tell(&trace.State{Time: w.Now(), Host: h.Name(), Kind: "cache", Values: s.Values, Note: s.Note})
	}
}

// route gives each device its routes: one default where all ways begin alike.
func (w *world) route() {
	for _, h := range w.scenario.Hosts {
		device := w.hosts[h.Name]
		if device == nil {
			continue
		}
		routes := w.plan.routes(w.scenario, h.Name)
		alike := len(routes) > 0 && !slices.ContainsFunc(routes, func(r route) bool { return r.via != routes[0].via })
		if alike && h.Kind == "host" {
			routes = []route{{netip.PrefixFrom(netip.IPv4Unspecified(), 0), routes[0].via}}
		}
		for _, r := range routes {
			if err := device.RouteVia(r.to, r.via); err != nil {
				panic("scenarios: " + err.Error()) // the plan put the router on the device's own network
			}
		}
	}
}

// nameTTL is how long a name may be kept, in seconds.
const nameTTL = 3600

// serveNames makes the zones of the scenario's domains and of their addresses, and tells every host whom to ask.
func (w *world) serveNames() error {
	var servers []*Host
	for i := range w.scenario.Hosts {
		if slices.Contains(w.scenario.Hosts[i].Services, "dns") {
			servers = append(servers, &w.scenario.Hosts[i])
		}
	}
	if len(servers) == 0 {
		return nil
	}
	primary := dns.Name(nameServer(servers[0]))
	var zones []dns.Zone
	open := func(zone string) {
		if !slices.ContainsFunc(zones, func(z dns.Zone) bool { return z.Name == dns.Name(zone) }) {
			authority := dns.Authority{Primary: primary, Mailbox: "hostmaster.example", Serial: 1, Refresh: 7200, Retry: 1800, Expire: 1209600, Minimum: 300}
			zones = append(zones, dns.Zone{Name: dns.Name(zone), TTL: nameTTL, Authority: authority})
		}
	}
	// RFC 1034 §4.2: a zone ends where another begins below it, so a record belongs to the nearest.
	add := func(r dns.Record) {
		var nearest *dns.Zone
		for i := range zones {
			if z := &zones[i]; r.Name.Within(z.Name) && (nearest == nil || len(z.Name) > len(nearest.Name)) {
				nearest = z
			}
		}
		nearest.Records = append(nearest.Records, r)
	}
	var records []dns.Record
	for _, h := range w.scenario.Hosts {
		if h.Domain == "" {
			continue
		}
		name, address := dns.Name(mail.HostName(h.Domain)), w.hosts[h.Name].Address()
		reverse, zone := reverseName(address)
		open(h.Domain)
		open(zone)
		records = append(records,
			dns.Record{Name: dns.Name(h.Domain), Type: dns.TypeMX, TTL: nameTTL, Data: dns.Exchange{Preference: ownPreference, Host: name}},
			dns.Record{Name: name, Type: dns.TypeA, TTL: nameTTL, Data: dns.Address{Addr: address}},
			dns.Record{Name: dns.Name(reverse), Type: dns.TypePTR, TTL: nameTTL, Data: dns.Host{Name: name}})
		records = append(records, w.senderRecords(&h)...)
		if web := w.scenario.webmailOf(h.Domain); web != nil {
			records = append(records, dns.Record{
				Name: dns.Name(mail.WebmailName(h.Domain)), Type: dns.TypeA, TTL: nameTTL, Data: dns.Address{Addr: w.hosts[web.Name].Address()},
			})
		}
	}
	for _, r := range records {
		add(r)
	}
	for _, server := range servers {
		engine, err := dns.NewServer(zones...)
		if err != nil {
			return err
		}
		engine.Recursion = true
		if err := w.hosts[server.Name].ServeNames(engine); err != nil {
			return err
		}
	}
	for _, h := range w.scenario.Hosts {
		if device := w.hosts[h.Name]; device != nil && h.Kind == "host" {
			device.SetNameServer(w.hosts[servers[0].Name].Address())
		}
	}
	return nil
}

// nameServer is the name of a host that runs dns.
func nameServer(h *Host) string { return h.Name + ".example" }

// reverseName is the name that leads back from an IPv4 address, and its zone (RFC 1035 §3.5).
func reverseName(a netip.Addr) (name, zone string) {
	b := a.As4()
	zone = fmt.Sprintf("%d.%d.%d.in-addr.arpa", b[2], b[1], b[0])
	return fmt.Sprintf("%d.%s", b[3], zone), zone
}

// fillMailboxes makes the accounts and puts into them what lies there at the start.
func (w *world) fillMailboxes() error {
	for _, h := range w.scenario.Hosts {
		if h.Domain != "" {
			w.stores[h.Domain] = store.New(uint32(w.scenario.Date.Unix()))
			if w.outside.disk != nil {
				w.stores[h.Domain].Keep(w.outside.disk)
			}
		}
	}
	for _, p := range w.scenario.People {
		s := w.stores[domainOf(p.Address)]
		if s == nil {
			continue // somebody whose provider is not part of the story
		}
		at, names := w.scenario.hostOf(p.Address), []string{p.Address}
		if at.Name == w.outside.host {
			names = append(names, localPart(p.Address)) // people type it in without the domain
		}
		account, err := s.Add(p.Address, p.Password, names...)
		if err != nil {
			return err
		}
		account.Quota = at.Quota
	}
	for _, box := range w.scenario.Mailboxes {
		p := w.scenario.person(box.Person)
		account, ok := w.stores[domainOf(p.Address)].Lookup(p.Address)
		if !ok {
			panic("scenarios: the file was not checked: " + p.Name + " has no mailbox")
		}
		if account.Kept() {
			continue // it had its mails when it was made
		}
		for i, name := range box.Mails {
			date, data, err := w.scenario.old(name, i)
			if err != nil {
				return err
			}
			if _, err := account.Deliver(date, data); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *world) startServices() error {
	for i := range w.scenario.Hosts {
		h := &w.scenario.Hosts[i]
		if h.Domain == "" || w.hosts[h.Name] == nil {
			continue
		}
		config := mail.ServerConfig{Domain: h.Domain, Services: h.Services, Observer: w.tell, NeedTLS: h.TLS == "needed", OpenRelay: h.Open}
		for _, a := range h.Aliases {
			config.Aliases = append(config.Aliases, w.scenario.alias(a))
		}
		w.configureSenders(h, &config)
		if h.TLS != "" {
			name := mail.HostName(h.Domain)
			config.TLS = w.authority.Server(name, mail.Flaw(h.Certificate))
			config.Trust = func(other string) *tls.Config { return w.authority.Opportunistic(name, other) }
		}
		if h.Name == w.outside.host {
			config.TLS, config.NeedTLS = w.outside.tls, w.outside.needTLS
			config.Nonce, config.SaltKey, config.Pause = w.outside.logins.Nonce, w.outside.logins.SaltKey, w.outside.logins.Pause
		}
		if w.outside.disk != nil {
			spool, err := w.outside.disk.Spool(mail.HostName(h.Domain))
			if err != nil {
				return err
			}
			config.Spool = spool
		}
		server, err := mail.NewServer(w.hosts[h.Name], config, w.stores[h.Domain])
		if err != nil {
			return err
		}
		w.servers[h.Name] = server
	}
	return nil
}

// alias is an alias with the addresses of its people.
func (s *Scenario) alias(a Alias) mail.Alias {
	alias := mail.Alias{Name: a.Name}
	for _, who := range a.To {
		alias.To = append(alias.To, s.addressOf(who))
	}
	if a.Owner != "" {
		alias.Owner = s.addressOf(a.Owner)
	}
	return alias
}

func (w *world) seatPeople() {
	for _, p := range w.scenario.People {
		for _, d := range p.Devices {
			config := mail.AgentConfig{
				Person: p.Name, Address: p.Address, From: p.SendsAs, Password: p.Password,
				Server: mail.HostName(domainOf(p.Address)), Reads: mail.Strategy(d.Reads), Observer: w.tell,
				Security: mail.Security(d.Security), Trust: func(server string) *tls.Config { return w.authority.Client(d.Host, server) },
			}
			if config.Reads == mail.Web {
				config.Server = mail.WebmailName(domainOf(p.Address))
				w.agents[p.Name+" "+d.Host] = mail.NewBrowser(mail.On(w.hosts[d.Host]), config)
				continue
			}
			w.agents[p.Name+" "+d.Host] = mail.NewAgent(mail.On(w.hosts[d.Host]), config)
		}
	}
}

func (w *world) agent(person, device string) mail.UserAgent { return w.agents[person+" "+device] }

// cable finds a cable by the name that the file gives it.
func (w *world) cable(name string) *network.Cable {
	for i, c := range w.scenario.Cables {
		if c.A+" to "+c.B == name {
			return w.cables[i]
		}
	}
	return nil
}

// names lists what the addresses of all devices are called.
func (w *world) names() trace.Names {
	var all trace.Names
	for _, h := range w.scenario.Hosts {
		if device := w.hosts[h.Name]; device != nil {
			for _, i := range device.Interfaces() {
				all = append(all, trace.Name{Addr: i.Address(), Name: h.Name})
			}
		}
	}
	return all
}

func localPart(address string) string { return address[:strings.LastIndexByte(address, '@')] }

func domainOf(address string) string {
	return strings.ToLower(address[strings.LastIndexByte(address, '@')+1:])
}

// hostOf is the host that keeps the mail of an address.
func (s *Scenario) hostOf(address string) *Host {
	for i := range s.Hosts {
		if s.Hosts[i].Domain == domainOf(address) {
			return &s.Hosts[i]
		}
	}
	return nil
}
