package authenticity

import (
	"strconv"
	"strings"

	"golang.org/x/net/publicsuffix"

	"mailwire/layers/application/message"
)

// A Disposition is what a domain wants done with mails that fail (RFC 7489 §6.3, p=).
type Disposition string

// The dispositions.
const (
	DoNothing  Disposition = "none"
	Quarantine Disposition = "quarantine" // to be held suspicious: usually the junk folder
	Reject     Disposition = "reject"     // to be refused
)

// A DMARCRecord is a domain's policy (RFC 7489 §6.3).
type DMARCRecord struct {
	Policy     Disposition // p=
	Subdomains Disposition // sp=; as Policy where nothing is said
	StrictDKIM bool        // adkim=s
	StrictSPF  bool        // aspf=s
	Percent    int         // pct=: of the mails that fail, how many the policy is for
	Aggregate  []string    // rua=: where reports of numbers go
	Failure    []string    // ruf=: where reports of single mails go
	Options    []string    // fo=
	Interval   int64       // ri=: seconds between reports
}

// ParseDMARC reads the text of a record; ok is false when it is none.
func ParseDMARC(text string) (r DMARCRecord, ok bool) {
	tags, ok := ParseTags(text)
	if !ok || tags[0] != (Tag{"v", "DMARC1"}) { // RFC 7489 §6.3: the first tag, to the letter
		return r, false
	}
	r = DMARCRecord{Percent: 100, Interval: 86400, StrictDKIM: tags.or("adkim", "r") == "s", StrictSPF: tags.or("aspf", "r") == "s",
		Aggregate: addresses(tags.or("rua", "")), Failure: addresses(tags.or("ruf", "")), Options: list(tags.or("fo", "0"))}
	if n, err := strconv.Atoi(tags.or("pct", "100")); err == nil && n >= 0 && n <= 100 {
		r.Percent = n
	}
	if n, err := strconv.ParseUint(tags.or("ri", "86400"), 10, 32); err == nil {
		r.Interval = int64(n)
	}
	policy, there := disposition(tags.or("p", ""))
	if !there {
		// RFC 7489 §6.6.3: a record without a sound policy that asks for reports means p=none; else it is none.
		if len(r.Aggregate) == 0 {
			return r, false
		}
		policy = DoNothing
	}
	r.Policy = policy
	if r.Subdomains, there = disposition(tags.or("sp", tags.or("p", ""))); !there {
		r.Subdomains = r.Policy
	}
	return r, true
}

func disposition(s string) (Disposition, bool) {
	d := Disposition(strings.ToLower(s))
	return d, d == DoNothing || d == Quarantine || d == Reject
}

// addresses cuts a list of URIs at its commas.
func addresses(s string) []string {
	var all []string
	for uri := range strings.SplitSeq(s, ",") {
		if uri = strings.Trim(uri, blanks); uri != "" {
			all = append(all, uri)
		}
	}
	return all
}

// A DMARCRequest is what DMARC looks at: the author's domain, and what the other checks found.
type DMARCRequest struct {
	From      string     // the domain of the address in From; see AuthorDomain
	DKIM      []Verified // of VerifyDKIM
	SPF       SPFResult  // of CheckHost
	SPFDomain string     // the domain that SPF looked at; "" takes the result's
	Chance    int        // 0 to 99: a mail whose chance is below pct= is dealt with by the policy
}

// A DMARCResult is what DMARC found.
type DMARCResult struct {
	Result      Result // pass, fail, none, temperror, permerror
	Why         DMARCWhy
	Record      DMARCRecord // where there is one
	Domain      string      // whose record it is: the author's domain, or its organization's
	DKIMAligned bool        // a signature that holds is of the author's domain
	SPFAligned  bool        // the domain that SPF passed is the author's
	Disposition Disposition // what the domain wants done; of a pass: nothing
}

// DMARCWhy names what is behind a result; the lexicon explains each as "dmarc.why.<it>".
type DMARCWhy string

// What is behind a result of DMARC.
const (
	DMARCNoDomain  DMARCWhy = "no-domain"  // From names no domain, or several
	DMARCNoRecord  DMARCWhy = "no-record"  // neither the domain nor its organization has a policy
	DMARCFailed    DMARCWhy = "dns-failed" // the DNS did not answer
	DMARCUnaligned DMARCWhy = "unaligned"  // something passed, for another domain
	DMARCNothing   DMARCWhy = "nothing"    // nothing passed
	DMARCSampled   DMARCWhy = "sampled"    // pct= spares this mail the full policy
	DMARCAligned   DMARCWhy = "aligned"    // it passed
)

// DMARCWhys lists every one, for those who explain them.
var DMARCWhys = []DMARCWhy{DMARCNoDomain, DMARCNoRecord, DMARCFailed, DMARCUnaligned, DMARCNothing, DMARCSampled, DMARCAligned}

// AuthorDomain is the domain of the one author in From; ok is false where it names none, or addresses of several domains (RFC
// 7489 §6.6.1).
func AuthorDomain(h message.Header) (domain string, ok bool) {
	fields := h.All("From")
	if len(fields) != 1 {
		return "", false
	}
	for _, a := range message.ParseAddresses(fields[0].Unfolded()) {
		switch {
		case a.Group != message.NoGroup:
		case a.Host == "" || domain != "" && !strings.EqualFold(a.Host, domain):
			return "", false
		default:
			domain = strings.ToLower(a.Host)
		}
	}
	return domain, isDomain(domain, true)
}

// Organization is the domain that somebody registered, of which domain is a part (RFC 7489 §3.2).
func Organization(domain string) string {
	domain = strings.ToLower(strings.TrimSuffix(domain, "."))
	if org, err := publicsuffix.EffectiveTLDPlusOne(domain); err == nil {
		return org
	}
	return domain
}

// CheckDMARC compares the author's domain with what DKIM and SPF found (RFC 7489 §6.6).
func CheckDMARC(r DMARCRequest) *Check[DMARCResult] {
	return newCheck(func(n *names) DMARCResult { return r.check(n) })
}

func (r *DMARCRequest) check(n *names) DMARCResult {
	from := strings.ToLower(strings.TrimSuffix(r.From, "."))
	if !isDomain(from, true) {
		return DMARCResult{Result: None, Why: DMARCNoDomain}
	}
	found := DMARCResult{Domain: from}
	record, why := policyOf(n, from)
	if organization := Organization(from); why == DMARCNoRecord && organization != from {
		found.Domain = organization
		record, why = policyOf(n, organization)
	}
	switch why {
	case DMARCFailed:
		return DMARCResult{Result: TempError, Why: why}
	case DMARCNoRecord:
		return DMARCResult{Result: None, Why: why}
	}
	found.Record = record
	r.align(from, &found)
	return found
}

// policyOf finds the record of a domain (RFC 7489 §6.6.3): several count for none.
func policyOf(n *names, domain string) (DMARCRecord, DMARCWhy) {
	a, ok := n.ask("TXT", "_dmarc."+domain)
	if !ok || a.Failed {
		return DMARCRecord{}, DMARCFailed
	}
	var records []DMARCRecord
	for _, text := range a.Texts {
		if r, ok := ParseDMARC(text); ok {
			records = append(records, r)
		}
	}
	if len(records) != 1 {
		return DMARCRecord{}, DMARCNoRecord
	}
	return records[0], ""
}

// align decides: one of the two must have passed, for the author's domain (RFC 7489 §3.1, §4.2).
func (r *DMARCRequest) align(from string, found *DMARCResult) {
	passed := false
	for _, v := range r.DKIM {
		if v.Result == Pass {
			passed = true
			found.DKIMAligned = found.DKIMAligned || aligned(from, v.Signature.Domain, found.Record.StrictDKIM)
		}
	}
	domain := r.SPFDomain
	if domain == "" {
		domain = r.SPF.Domain
	}
	if r.SPF.Result == Pass {
		passed = true
		found.SPFAligned = aligned(from, domain, found.Record.StrictSPF)
	}
	if found.DKIMAligned || found.SPFAligned {
		found.Result, found.Why, found.Disposition = Pass, DMARCAligned, DoNothing
		return
	}
	found.Result, found.Why = Fail, DMARCNothing
	if passed {
		found.Why = DMARCUnaligned
	}
	found.Disposition = found.Record.Policy
	if found.Domain != from {
		found.Disposition = found.Record.Subdomains
	}
	// RFC 7489 §6.6.4: a mail that pct= spares gets the next weaker policy.
	if r.Chance >= found.Record.Percent {
		found.Why = DMARCSampled
		switch found.Disposition {
		case Reject:
			found.Disposition = Quarantine
		case Quarantine:
			found.Disposition = DoNothing
		}
	}
}

// aligned says whether a domain that passed is the author's: the same, or, unless strict, of the same organization.
func aligned(from, domain string, strict bool) bool {
	domain = strings.ToLower(strings.TrimSuffix(domain, "."))
	return domain == from || !strict && Organization(domain) == Organization(from)
}
