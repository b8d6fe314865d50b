package scenarios

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"go.yaml.in/yaml/v4"

	"mailwire/layers"
	"mailwire/layers/application/dns"
	"mailwire/layers/lexicon"
)

// A decoder turns checked nodes into a Scenario and finds names that name nothing.
type decoder struct {
	*checker
	*Scenario
	unsure map[string]bool // parts of the file whose shape is wrong: what they name is not known for sure
}

// What holds where a file says nothing.
const (
	defaultDelay    = time.Millisecond
	defaultRate     = 100_000_000 // Fast Ethernet
	defaultQueue    = 1000
	defaultPassword = "open sesame"
)

var defaultDate = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)

func (d *decoder) decode(root *yaml.Node) {
	d.Name, d.Topic = scalar(get(root, "name")), scalar(get(root, "topic"))
	d.Title, d.Story = textsOf(get(root, "title")), textsOf(get(root, "story"))
	d.decodeRefutes(get(root, "refutes"))
	d.Ledger = scalar(get(root, "ledger")) == "true"
	d.Sealed = scalar(get(root, "secrets")) == "none"
	d.Date, d.Seed = defaultDate, 1
	if n := get(root, "date"); n != nil {
		d.Date, _ = parseDate(n.Value)
	}
	if n := get(root, "seed"); n != nil {
		d.Seed, _ = strconv.ParseUint(n.Value, 10, 64)
	}
	d.decodeNetwork(get(root, "network"))
	d.decodePeople(get(root, "people"))
	d.decodeAliases(get(root, "network"))
	d.checkForwards(get(root, "people"))
	d.checkBackups(get(root, "network"))
	d.checkWebmails(root)
	d.decodeMails(get(root, "mails"))
	d.decodeMailboxes(get(root, "mailboxes"))
	d.decodeActs(get(root, "acts"))
	d.decodeExpect(get(root, "expect"))
	d.checkWays(root)
	d.checkRoom(root)
}

func (d *decoder) decodeRefutes(n *yaml.Node) {
	d.Refutes = scalars(n)
	notes := lexicon.New(lexicon.English, lexicon.Notes)
	for i, lesson := range d.lessons() {
		if _, ok := notes.Entry(lesson.ID); ok {
			continue
		}
		var known []string
		for _, e := range notes.Entries() {
			if protocol, name, ok := strings.Cut(e.ID, ".misconception."); ok {
				known = append(known, protocol+"."+name)
			}
		}
		d.want(n.Content[i], "note", d.Refutes[i], known)
	}
}

func (d *decoder) decodeNetwork(n *yaml.Node) {
	for key, value := range pairs(get(n, "hosts")) {
		h := Host{Name: key.Value, Kind: scalar(get(value, "kind")), Domain: scalar(get(value, "domain")), Services: scalars(get(value, "services")),
			TLS: scalar(get(value, "tls")), Certificate: scalar(get(value, "certificate")), Open: scalar(get(value, "relay")) == "open", Webmail: scalar(get(value, "webmail"))}
		if h.Kind == "" {
			h.Kind = "host"
		}
		if strings.ContainsFunc(h.Name, unicode.IsSpace) {
			d.complain(key, layers.N("scenario.fault.host-name", arg("name", h.Name)))
		}
		if q := get(value, "quota"); q != nil {
			h.Quota, _ = parseSize(q.Value)
		}
		decodeSenders(value, &h)
		d.checkServing(key, value, &h)
		d.checkSenders(value, &h)
		d.Hosts = append(d.Hosts, h)
	}
	d.decodeCables(n)
}

// checkServing wants a mail host to be one: a host, with a domain of its own.
func (d *decoder) checkServing(key, value *yaml.Node, h *Host) {
	domain := get(value, "domain")
	for _, name := range slices.Concat([]string{"domain", "services", "quota", "tls", "certificate", "aliases", "lists", "relay"}, mailHostKeys) {
		if n := get(value, name); n != nil && h.Kind != "host" {
			d.complain(n, layers.N("scenario.fault.service-place", arg("kind", h.Kind)))
			return
		}
	}
	if domain != nil {
		name, ok := parseDomain(h.Domain)
		if !ok {
			d.complain(domain, layers.N("scenario.fault.value", arg("value", h.Domain)), layers.N("scenario.right.example", arg("example", "example.net")))
		} else if other := d.hostOf("@" + name); other != nil {
			d.complain(domain, layers.N("scenario.fault.domain-twice", arg("domain", name), arg("name", other.Name)))
		}
		h.Domain = name
	}
	for _, name := range slices.Concat([]string{"quota", "tls", "aliases", "lists", "relay"}, mailHostKeys) {
		if n := get(value, name); n != nil && domain == nil {
			d.complain(n, layers.N("scenario.fault.needs-domain", arg("key", name)))
		}
	}
	if n := get(value, "certificate"); n != nil && h.TLS == "" {
		d.complain(n, layers.N("scenario.fault.needs-tls", arg("key", "certificate")))
	}
	if services := get(value, "services"); services != nil {
		for _, item := range services.Content {
			if item.Value != "dns" && domain == nil {
				d.complain(item, layers.N("scenario.fault.needs-domain", arg("key", item.Value)))
			}
			if slices.Contains([]string{"submissions", "pop3s", "imaps"}, item.Value) && h.TLS == "" {
				d.complain(item, layers.N("scenario.fault.needs-tls", arg("key", item.Value)))
			}
		}
	}
	if _, err := dns.ParseName(nameServer(h)); err != nil && slices.Contains(h.Services, "dns") {
		d.complain(key, layers.N("scenario.fault.value", arg("value", h.Name)), layers.N("scenario.right.example", arg("example", "ns")))
	}
}

func (d *decoder) decodeCables(n *yaml.Node) {
	for key, value := range pairs(get(n, "cables")) {
		a, b, ok := strings.Cut(key.Value, " to ")
		if !ok {
			d.complain(key, layers.N("scenario.fault.cable-name", arg("name", key.Value)), layers.N("scenario.right.example", arg("example", cableShape.example)))
			continue
		}
		c := Cable{A: a, B: b, Delay: defaultDelay, Rate: defaultRate, Queue: defaultQueue}
		d.wantHost(key, a)
		d.wantHost(key, b)
		if a == b {
			d.complain(key, layers.N("scenario.fault.own-end", arg("name", a)))
		}
		if slices.ContainsFunc(d.Cables, func(other Cable) bool { return other.Name() == c.Name() }) {
			d.complain(key, layers.N("scenario.fault.twice", arg("key", c.Name())))
		}
		if v := get(value, "delay"); v != nil {
			c.Delay, _ = parseDuration(v.Value)
		}
		if v := get(value, "rate"); v != nil {
			c.Rate, _ = parseRate(v.Value)
		}
		if v := get(value, "queue"); v != nil {
			c.Queue, _ = strconv.Atoi(v.Value)
		}
		d.Cables = append(d.Cables, c)
	}
}

func (d *decoder) decodePeople(n *yaml.Node) {
	for key, value := range pairs(n) {
		p := Person{Name: key.Value, Address: scalar(get(value, "address")), Password: scalar(get(value, "password"))}
		if p.Password == "" {
			p.Password = defaultPassword
		}
		d.decodeAddress(get(value, "address"), &p)
		p.Forwards, p.Keeps = scalars(get(value, "forwards to")), scalar(get(value, "keeps copy")) == "true"
		for host, device := range pairs(get(value, "uses")) {
			d.wantHost(host, host.Value)
			if h := d.host(host.Value); h != nil && h.Kind != "host" {
				d.complain(host, layers.N("scenario.fault.use-place", arg("kind", h.Kind)))
			}
			reads := scalar(get(device, "reads"))
			if reads == "" {
				reads = "imap"
			}
			security := scalar(get(device, "security"))
			if security == "" {
				security = "none"
			}
			p.Devices = append(p.Devices, Device{Host: host.Value, Reads: reads, Security: security})
		}
		d.People = append(d.People, p)
	}
}

// decodeAliases reads the names whose mail goes to others: they may be people, so it comes behind these.
func (d *decoder) decodeAliases(network *yaml.Node) {
	for key, value := range pairs(get(network, "hosts")) {
		h := d.host(key.Value)
		for name, members := range pairs(get(value, "aliases")) {
			d.addAlias(h, name, nil, members)
		}
		for name, list := range pairs(get(value, "lists")) {
			d.addAlias(h, name, get(list, "owner"), get(list, "members"))
		}
	}
}

func (d *decoder) addAlias(h *Host, name, owner, members *yaml.Node) {
	if _, ok := parseAddress(name.Value + "@" + h.Domain); !ok {
		d.complain(name, layers.N("scenario.fault.value", arg("value", name.Value)), layers.N("scenario.right.example", arg("example", "office")))
	}
	alias := Alias{Name: name.Value, To: scalars(members), Owner: scalar(owner)}
	if owner != nil {
		d.wantAddress(owner)
	}
	for _, member := range members.Content {
		d.wantAddress(member)
	}
	h.Aliases = append(h.Aliases, alias)
}

// decodeAddress reads a person's address, which nobody else has.
func (d *decoder) decodeAddress(n *yaml.Node, p *Person) {
	address, ok := parseAddress(p.Address)
	if !ok {
		d.complain(n, layers.N("scenario.fault.value", arg("value", p.Address)), layers.N("scenario.right.example", arg("example", "ana@example.net")))
		return
	}
	p.Address = address
	for _, other := range d.People {
		if strings.EqualFold(other.Address, address) {
			d.complain(n, layers.N("scenario.fault.address-twice", arg("address", address), arg("person", other.Name)))
		}
	}
}

// picturesMax is how many bytes all pictures of a file may have together.
const picturesMax = 100e6

func (d *decoder) decodeMails(n *yaml.Node) {
	var pictures int64
	for key, value := range pairs(n) {
		m := Mail{
			Name: key.Value, From: scalar(get(value, "from")), To: scalars(get(value, "to")), Cc: scalars(get(value, "cc")), Bcc: scalars(get(value, "bcc")),
			Subject: scalar(get(value, "subject")), Text: scalar(get(value, "text")), Notify: scalars(get(value, "notify")), Return: scalar(get(value, "return")),
		}
		if n := get(value, "notify"); len(m.Notify) > 1 && slices.Contains(m.Notify, "never") {
			d.complain(n, layers.N("scenario.fault.two-forms", arg("first", m.Notify[0]), arg("second", m.Notify[1])))
		}
		d.wantAddress(get(value, "from"))
		if len(m.To)+len(m.Cc)+len(m.Bcc) == 0 {
			d.complain(get(value, "to"), layers.N("scenario.fault.no-recipient"), layers.N("scenario.right.key", arg("key", "to"), arg("example", "[bob]")))
		}
		for _, list := range []string{"to", "cc", "bcc"} {
			if l := get(value, list); l != nil {
				for _, item := range l.Content {
					d.wantAddress(item)
				}
			}
		}
		if a := get(value, "attach"); a != nil {
			for _, item := range a.Content {
				bytes, _ := parseSize(scalar(get(item, "picture")))
				if pictures += bytes; pictures > picturesMax {
					d.complain(item, layers.N("scenario.fault.pictures"))
					pictures = 0
				}
				m.Attach = append(m.Attach, Attachment{Name: scalar(get(item, "name")), Picture: bytes})
			}
		}
		d.Mails = append(d.Mails, m)
	}
}

func (d *decoder) decodeMailboxes(n *yaml.Node) {
	for key, value := range pairs(n) {
		d.wantPerson(key)
		for _, item := range value.Content {
			d.wantMail(item)
		}
		d.Mailboxes = append(d.Mailboxes, Mailbox{Person: key.Value, Mails: scalars(value)})
	}
}

func (d *decoder) decodeActs(n *yaml.Node) {
	if n == nil {
		return
	}
	var waits time.Duration
	for _, item := range n.Content {
		form := actShape.formOf(item)
		if form == nil {
			d.Acts = append(d.Acts, Act{Line: item.Line}) // none or several: told already; it keeps its number
			continue
		}
		a := Act{
			Form: form.name,
			Says: textsOf(get(item, "says")), Say: textsOf(get(item, "say")), Note: scalar(get(item, "note")),
			Who: scalar(get(item, "who")), On: scalar(get(item, "on")), Does: scalar(get(item, "does")), Mail: scalar(get(item, "mail")),
			Folder: scalar(get(item, "folder")), Part: scalar(get(item, "part")),
			Cut: scalar(get(item, "cut")), Mend: scalar(get(item, "mend")), Lose: scalar(get(item, "lose")), From: scalar(get(item, "from")),
			Carrying: scalar(get(item, "carrying")), OnceSent: scalar(get(item, "once sent")), OnceDone: scalar(get(item, "once answered")),
			Count: 1, Line: item.Line,
		}
		if v := get(item, "count"); v != nil {
			a.Count, _ = strconv.Atoi(v.Value)
		}
		if v := get(item, "chance"); v != nil {
			a.Chance, _ = parsePercent(v.Value)
			a.ByChance = true
		}
		if v := get(item, "wait"); v != nil {
			a.Wait, _ = parseDuration(v.Value)
			if waits += a.Wait; waits > longestStory {
				d.complain(v, layers.N("scenario.fault.too-long"))
				waits = 0
			}
		}
		for _, key := range []string{"cut", "mend", "lose"} {
			d.wantCable(get(item, key))
		}
		d.wantEnd(get(item, "from"), a.Lose)
		d.wantNote(get(item, "note"))
		d.checkDoing(item, &a)
		d.Acts = append(d.Acts, a)
	}
}

// checkDoing wants what an act of a person needs: the person, the device, the mail.
func (d *decoder) checkDoing(item *yaml.Node, a *Act) {
	if a.Form != "does" {
		return
	}
	who := get(item, "who")
	if who == nil {
		d.complain(item, layers.N("scenario.fault.missing-key", arg("key", "who")), layers.N("scenario.right.key", arg("key", "who"), arg("example", personShape.example)))
		return
	}
	d.wantPerson(who)
	if p := d.person(a.Who); p != nil && !d.unsure["people"] {
		var devices []string
		for _, device := range p.Devices {
			devices = append(devices, device.Host)
		}
		if len(devices) == 0 {
			d.complain(who, layers.N("scenario.fault.no-device", arg("name", a.Who)))
		} else if a.On == "" {
			a.On = devices[0]
		} else if !slices.Contains(devices, a.On) {
			d.complain(get(item, "on"), layers.N("scenario.fault.device", arg("name", a.On), arg("person", a.Who)), d.near(a.On, devices))
		}
	}
	for _, key := range []string{"mail", "folder", "part"} {
		needed := slices.Contains(needs(a.Does), key)
		switch n := get(item, key); {
		case n != nil && !needed:
			d.complain(n, layers.N("scenario.fault.form-key", arg("key", key), arg("form", a.Does)))
		case n == nil && needed:
			d.complain(item, layers.N("scenario.fault.missing-key", arg("key", key)), layers.N("scenario.right.key", arg("key", key), arg("example", actShape.field(key).example)))
		}
	}
	if m := get(item, "mail"); m != nil {
		d.wantMail(m)
	}
}

func (d *decoder) decodeExpect(n *yaml.Node) {
	if n == nil {
		return
	}
	for _, item := range n.Content {
		e := Expectation{
			Mailbox: scalar(get(item, "mailbox")), Folder: scalar(get(item, "folder")), Device: scalar(get(item, "device")), Queue: scalar(get(item, "queue")),
			Marked: scalar(get(item, "marked")), Changes: scalar(get(item, "changes")),
			Ends: scalar(get(item, "ends")), Holds: -1, Line: item.Line,
		}
		if v := get(item, "after act"); v != nil {
			e.After = d.actNumber(v)
		}
		if e.Mailbox != "" {
			d.wantPerson(get(item, "mailbox"))
		}
		d.wantPlace(get(item, "device"), get(item, "queue"))
		d.wantPlace(get(item, "changes"), nil)
		if v := get(item, "holds"); v != nil {
			e.Holds, _ = strconv.Atoi(v.Value)
		}
		if v := get(item, "act"); v != nil {
			e.Act = d.actNumber(v)
		}
		needs := "holds"
		if get(item, "act") != nil {
			needs = "ends"
		}
		if get(item, needs) == nil {
			d.complain(item, layers.N("scenario.fault.missing-key", arg("key", needs)), layers.N("scenario.right.key", arg("key", needs), arg("example", map[string]string{"holds": "3", "ends": "failed"}[needs])))
		}
		d.Expect = append(d.Expect, e)
	}
}

// actNumber reads the number of an act that is there.
func (d *decoder) actNumber(n *yaml.Node) int {
	number, err := strconv.Atoi(n.Value)
	if err == nil && (number < 1 || number > len(d.Acts)) {
		d.complain(n, layers.N("scenario.fault.act-number", layers.A("acts", layers.Int(len(d.Acts)))))
	}
	return number
}

func textsOf(n *yaml.Node) Texts {
	t := Texts{}
	for key, value := range pairs(n) {
		t[key.Value] = value.Value
	}
	return t
}
