package scenarios

import (
	"net/netip"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"mailwire/layers"
	"mailwire/layers/application/authenticity"
	"mailwire/layers/application/dns"
	"mailwire/layers/application/smtp"
	"mailwire/sim/mail"
)

// Extensions lists those of SMTP that a mail host may lack.
var Extensions = []string{"PIPELINING", "SIZE", "8BITMIME", "ENHANCEDSTATUSCODES", "CHUNKING", "SMTPUTF8", "DSN"}

// Policies lists what a domain may want done with mail that is not its own.
var Policies = []string{"none", "quarantine", "reject"}

// Occasions lists when a sender may want a report; never goes with no other.
var Occasions = []string{"success", "failure", "delay", "never"}

// wishes are what the sender of a mail wants to hear about it.
func (m *Mail) wishes() mail.Wishes {
	var w mail.Wishes
	for i, occasion := range []smtp.Notify{smtp.NotifySuccess, smtp.NotifyFailure, smtp.NotifyDelay, smtp.NotifyNever} {
		if slices.Contains(m.Notify, Occasions[i]) {
			w.Notify |= occasion
		}
	}
	w.Return = map[string]smtp.Return{"header": smtp.ReturnHeaders, "full": smtp.ReturnFull}[m.Return]
	return w
}

// mailHostKeys are the keys by which a mail host says who sends for it, and for whom it stands in.
var mailHostKeys = []string{"backup for", "lacks", "spf", "dkim", "dmarc", "checks senders"}

func decodeSenders(value *yaml.Node, h *Host) {
	h.BackupFor, h.Lacks = scalars(get(value, "backup for")), scalars(get(value, "lacks"))
	h.SPF, h.DKIM, h.DMARC = scalar(get(value, "spf")), scalar(get(value, "dkim")), scalar(get(value, "dmarc"))
	h.Checks = scalar(get(value, "checks senders")) == "true"
}

// checkSenders wants an SPF record to be one, and a key to have a name that can stand in the name system.
func (d *decoder) checkSenders(value *yaml.Node, h *Host) {
	if n := get(value, "spf"); n != nil && !isSPF(h.SPF) {
		d.complain(n, layers.N("scenario.fault.value", arg("value", h.SPF)), layers.N("scenario.right.example", arg("example", "v=spf1 mx -all")))
	}
	if n := get(value, "dkim"); n != nil && !isSelector(h.DKIM, h.Domain) {
		d.complain(n, layers.N("scenario.fault.value", arg("value", h.DKIM)), layers.N("scenario.right.example", arg("example", "lesson")))
	}
}

// isSelector says whether a key of a domain can be called so: letters, digits and hyphens.
func isSelector(selector, domain string) bool {
	if strings.ContainsFunc(selector, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-')
	}) {
		return false
	}
	_, err := dns.ParseName(keyName(selector, domain))
	return selector != "" && err == nil
}

func keyName(selector, domain string) string { return selector + "._domainkey." + domain }

// isSPF says whether a text is a record that SPF can read.
func isSPF(record string) bool {
	c := authenticity.CheckHost(authenticity.SPFRequest{Client: netip.AddrFrom4([4]byte{192, 0, 2, 1}), Sender: "ana@example.net"})
	c.Answer(authenticity.Answer{Texts: []string{record}})
	return len(record) <= stringMax && (!c.Done() || c.Result().Why != authenticity.SPFSyntax && c.Result().Why != authenticity.SPFNoRecord)
}

// stringMax is how long one string of a TXT record can be (RFC 1035 §3.3.14).
const stringMax = 255

// checkForwards wants what a forwarding needs: somewhere to go, and a mailbox from which it goes.
func (d *decoder) checkForwards(people *yaml.Node) {
	for key, value := range pairs(people) {
		p := d.person(key.Value)
		if p == nil {
			continue
		}
		if n := get(value, "sends as"); n != nil {
			if address, ok := parseAddress(n.Value); ok {
				p.SendsAs = address
			} else {
				d.complain(n, layers.N("scenario.fault.value", arg("value", n.Value)), layers.N("scenario.right.example", arg("example", "ana@example.net")))
			}
		}
		to := get(value, "forwards to")
		if n := get(value, "keeps copy"); n != nil && to == nil {
			d.complain(n, layers.N("scenario.fault.missing-key", arg("key", "forwards to")), layers.N("scenario.right.key", arg("key", "forwards to"), arg("example", "[Bob]")))
		}
		if to == nil {
			continue
		}
		for _, item := range to.Content {
			d.wantAddress(item)
		}
		if d.hostOf(p.Address) == nil && !d.unsure["network"] && strings.Contains(p.Address, "@") {
			d.complain(to, layers.N("scenario.fault.domain", arg("name", domainOf(p.Address))))
		}
	}
}

// checkBackups wants the domains that a host stands in for to be those of other hosts.
func (d *decoder) checkBackups(network *yaml.Node) {
	for key, value := range pairs(get(network, "hosts")) {
		h, list := d.host(key.Value), get(value, "backup for")
		if h == nil || list == nil {
			continue
		}
		var others []string
		for _, other := range d.Hosts {
			if other.Domain != "" && other.Domain != h.Domain {
				others = append(others, other.Domain)
			}
		}
		for i, item := range list.Content {
			h.BackupFor[i] = strings.ToLower(item.Value)
			d.want(item, "domain", h.BackupFor[i], others)
		}
	}
}

// The preferences of mail hosts: a domain's own comes before those that stand in for it (RFC 5321 §5.1).
const (
	ownPreference    = 10
	backupPreference = 20
)

// senderRecords are what the zone of a host's domain says about who sends for it, and who stands in for it.
func (w *world) senderRecords(h *Host) []dns.Record {
	var all []dns.Record
	says := func(name, text string) {
		all = append(all, dns.Record{Name: dns.Name(name), Type: dns.TypeTXT, TTL: nameTTL, Data: dns.Text{text}})
	}
	for _, other := range w.scenario.Hosts {
		if slices.Contains(other.BackupFor, h.Domain) {
			exchange := dns.Exchange{Preference: backupPreference, Host: dns.Name(mail.HostName(other.Domain))}
			all = append(all, dns.Record{Name: dns.Name(h.Domain), Type: dns.TypeMX, TTL: nameTTL, Data: exchange})
		}
	}
	if h.SPF != "" {
		says(h.Domain, h.SPF)
	}
	if h.DKIM != "" {
		says(keyName(h.DKIM, h.Domain), authenticity.KeyRecord(mail.NewSigner(w.World, h.Domain, h.DKIM).Key.Public()))
	}
	if h.DMARC != "" {
		says("_dmarc."+h.Domain, "v=DMARC1; p="+h.DMARC)
	}
	return all
}

// configureSenders gives a mail host what it needs to send for its domain, to stand in for others and to check strangers.
func (w *world) configureSenders(h *Host, config *mail.ServerConfig) {
	config.Backups, config.Lacks, config.Check = h.BackupFor, h.Lacks, h.Checks
	if h.DKIM != "" {
		config.Sign = mail.NewSigner(w.World, h.Domain, h.DKIM)
	}
	for _, p := range w.scenario.People {
		if len(p.Forwards) == 0 || w.scenario.hostOf(p.Address) != h {
			continue
		}
		address, err := smtp.ParseMailbox(p.Address)
		if err != nil {
			panic("scenarios: the file was not checked: " + err.Error())
		}
		forward := mail.Forward{User: address.Local, Keep: p.Keeps}
		for _, who := range p.Forwards {
			forward.To = append(forward.To, w.scenario.addressOf(who))
		}
		config.Forwards = append(config.Forwards, forward)
	}
}
