package mail

import (
	"slices"
	"strings"

	"mailwire/layers"
	"mailwire/layers/application/authenticity"
	"mailwire/layers/application/dns"
	"mailwire/layers/application/message"
	"mailwire/layers/application/smtp"
	"mailwire/sim"
)

// NewSigner makes a key of a domain for signatures (RFC 8463). The same world gives the same key; its public half is for the
// domain's zone: see [authenticity.KeyRecord].
func NewSigner(w *sim.World, domain, selector string) *authenticity.Signer {
	return &authenticity.Signer{Domain: domain, Selector: selector, Key: newKey(w, "dkim "+selector+" "+domain)}
}

// sign puts the domain's signature on top of a mail that one of its own people hands in. Whoever has logged in may still
// write any name into From: only for an address of the domain does the host stand.
func (s *Server) sign(e *smtp.Envelope, data []byte) []byte {
	if s.config.Sign == nil || e.Session.User == "" {
		return data
	}
	header, _ := message.ParseHeader(data)
	if domain, ok := authenticity.AuthorDomain(header); !ok || !strings.EqualFold(domain, s.config.Sign.Domain) {
		return data
	}
	signer := *s.config.Sign
	signer.Time = s.now()
	field, err := signer.Sign(data)
	if err != nil {
		return data // what cannot be signed goes as it is, and counts as unsigned
	}
	s.tell("queue", layers.N("mail.signed", text("domain", signer.Domain), text("selector", signer.Selector)))
	return append(field, data...)
}

// check finds out whether a mail from elsewhere comes from where it says. It returns the field that says so, and what the
// domain of the mail's author wants done.
func (b *backend) check(e *smtp.Envelope, data []byte) (field []byte, d authenticity.Disposition) {
	s := b.server
	header, _ := message.ParseHeader(data)
	author, _ := authenticity.AuthorDomain(header)
	request := authenticity.SPFRequest{Client: e.Session.Peer, Sender: e.From.Mailbox.String(), Hello: e.Session.Client, Receiver: s.Name()}
	spf := ask(b, authenticity.CheckHost(request))
	dkim := ask(b, authenticity.VerifyDKIM(data, s.now()))
	dmarc := ask(b, authenticity.CheckDMARC(authenticity.DMARCRequest{From: author, DKIM: dkim, SPF: spf, Chance: s.sample.IntN(100)}))
	results := authenticity.Results{Host: s.Name(), Methods: slices.Concat(
		[]authenticity.MethodResult{authenticity.SPFResultOf(request, spf)}, authenticity.DKIMResults(dkim), []authenticity.MethodResult{authenticity.DMARCResultOf(author, dmarc)})}
	signed := authenticity.None
	for _, v := range dkim {
		if signed == authenticity.None || v.Result == authenticity.Pass {
			signed = v.Result
		}
	}
	s.tell("queue", layers.N("mail.checked", text("domain", author), text("spf", string(spf.Result)), text("dkim", string(signed)), text("dmarc", string(dmarc.Result))))
	disposition := authenticity.DoNothing
	if dmarc.Result == authenticity.Fail {
		disposition = dmarc.Disposition
	}
	switch disposition {
	case authenticity.Quarantine:
		s.tell("queue", layers.N("mail.to-junk", text("domain", author)))
	case authenticity.Reject:
		s.tell("queue", layers.N("mail.not-authentic", text("domain", author)))
	}
	return results.Append(nil), disposition
}

// ask lets a check ask the name system, question after question, while the client waits.
func ask[R any](b *backend, c *authenticity.Check[R]) R {
	for q, more := c.Question(); more; q, more = c.Question() {
		c.Answer(b.lookUp(q))
	}
	return c.Result()
}

var questionTypes = map[string]dns.Type{"TXT": dns.TypeTXT, "A": dns.TypeA, "AAAA": dns.TypeAAAA, "MX": dns.TypeMX, "PTR": dns.TypePTR}

func (b *backend) lookUp(q authenticity.Question) (answer authenticity.Answer) {
	name, err := dns.ParseName(q.Name)
	if err != nil {
		return authenticity.Answer{NoName: true} // nobody can have such a name
	}
	done := false
	b.server.host.Lookup(name, questionTypes[q.Type], func(a dns.Answer) {
		answer, done = answerOf(a), true
		b.woken()
	})
	b.wait(func() bool { return done })
	return answer
}

// answerOf is an answer of the name system as the checks want it.
func answerOf(a dns.Answer) authenticity.Answer {
	answer := authenticity.Answer{Failed: a.Failed(), NoName: a.Code == dns.NameError}
	var exchanges []dns.Exchange
	for _, r := range a.Records {
		switch d := r.Data.(type) {
		case dns.Text:
			answer.Texts = append(answer.Texts, strings.Join(d, "")) // RFC 7208 §3.3, RFC 6376 §3.6.2.2
		case dns.Address:
			answer.Addresses = append(answer.Addresses, d.Addr)
		case dns.Exchange:
			exchanges = append(exchanges, d)
		case dns.Host:
			if r.Type == dns.TypePTR {
				answer.Names = append(answer.Names, string(d.Name))
			}
		}
	}
	slices.SortStableFunc(exchanges, func(x, y dns.Exchange) int { return int(x.Preference) - int(y.Preference) })
	for _, x := range exchanges {
		answer.Names = append(answer.Names, string(x.Host))
	}
	return answer
}
