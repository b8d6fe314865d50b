package authenticity

import (
	"net/netip"
	"strings"
)

// An SPFRequest is what check_host is asked (RFC 7208 §4.1): may the host of this address send for this domain?
type SPFRequest struct {
	Client   netip.Addr
	Sender   string // the reverse path without < and >; "" is the null path: then Hello is checked (RFC 7208 §2.4)
	Hello    string // what the client called itself
	Receiver string // the name of the host that checks, for explanations; "" is "unknown"
}

// The limits of RFC 7208 §4.6.4.
const (
	lookUpsMax     = 10 // terms that ask the DNS
	voidLookUpsMax = 2  // of them without an answer
	namesMax       = 10 // of an mx, and of a ptr
)

// An SPFResult is what check_host found.
type SPFResult struct {
	Result      Result
	Why         SPFWhy
	Domain      string // whose record was asked first
	Record      string // that record
	Matched     string // the term that decided, as it stands: "ip4:192.0.2.0/24", "-all"; "" where none did
	Explanation string // what the domain says to a fail (exp=); untrusted
	LookUps     int    // terms that asked the DNS
	Voids       int    // look-ups without an answer
}

// SPFWhy names why there is no answer of the record itself; "" where a term decided. The lexicon explains each as
// "spf.why.<it>".
type SPFWhy string

// Why a check ended without a term that fits.
const (
	SPFNoDomain      SPFWhy = "no-domain"        // the identity holds no domain name
	SPFNoRecord      SPFWhy = "no-record"        // the domain has none
	SPFManyRecords   SPFWhy = "many-records"     // it has several
	SPFSyntax        SPFWhy = "syntax"           // the record breaks the grammar
	SPFNoMatch       SPFWhy = "no-match"         // no term fits and nothing is said about the rest
	SPFLookUps       SPFWhy = "too-many"         // more than ten terms ask the DNS
	SPFVoids         SPFWhy = "too-many-voids"   // more than two look-ups found nothing
	SPFNames         SPFWhy = "too-many-names"   // an mx has more than ten
	SPFFailed        SPFWhy = "dns-failed"       // the DNS did not answer
	SPFNoneIncluded  SPFWhy = "include-none"     // an include or a redirect leads to a domain without a record
	spfStillToBeDone SPFWhy = "still-to-be-done" // an answer is awaited
)

// SPFWhys lists every one, for those who explain them.
var SPFWhys = []SPFWhy{SPFNoDomain, SPFNoRecord, SPFManyRecords, SPFSyntax, SPFNoMatch, SPFLookUps, SPFVoids, SPFNames, SPFFailed, SPFNoneIncluded}

// CheckHost does SPF's check (RFC 7208 §4).
func CheckHost(r SPFRequest) *Check[SPFResult] {
	return newCheck(func(n *names) SPFResult {
		h := &hostCheck{names: n, request: r, client: r.Client.Unmap()}
		return h.begin()
	})
}

// A hostCheck is check_host on its way.
type hostCheck struct {
	names   *names
	request SPFRequest
	client  netip.Addr
	sender  string // local part and domain
	lookUps int
	voids   int
	matched string
}

func (h *hostCheck) begin() SPFResult {
	h.sender = h.request.Sender
	if h.sender == "" {
		h.sender = "postmaster@" + h.request.Hello // RFC 7208 §2.4
	}
	if strings.LastIndexByte(h.sender, '@') <= 0 {
		h.sender = "postmaster@" + h.sender[strings.LastIndexByte(h.sender, '@')+1:] // RFC 7208 §4.3
	}
	domain := h.sender[strings.LastIndexByte(h.sender, '@')+1:]
	r := SPFResult{Domain: domain}
	if !isDomain(domain, true) || strings.HasPrefix(domain, "[") {
		r.Result, r.Why = None, SPFNoDomain
		return r
	}
	record, result, why := h.record(domain)
	if result == "" {
		r.Record = record.text
		result, why = h.evaluate(record, domain)
		if result == Fail && why == "" {
			r.Explanation = h.explain(record, domain)
		}
	}
	r.Result, r.Why, r.Matched, r.LookUps, r.Voids = result, why, h.matched, h.lookUps, h.voids
	return r
}

// record finds the domain's SPF record (RFC 7208 §4.4, §4.5). A result says that there is none to be evaluated.
func (h *hostCheck) record(domain string) (record *spfRecord, result Result, why SPFWhy) {
	a, ok := h.names.ask("TXT", domain)
	switch {
	case !ok:
		return nil, TempError, spfStillToBeDone
	case a.Failed:
		return nil, TempError, SPFFailed
	}
	var found []string
	for _, text := range a.Texts {
		if version, _, _ := strings.Cut(text, " "); strings.EqualFold(version, "v=spf1") {
			found = append(found, text)
		}
	}
	switch len(found) {
	case 0:
		return nil, None, SPFNoRecord
	case 1:
	default:
		return nil, PermError, SPFManyRecords
	}
	// RFC 7208 §4.6: a record with a mistake anywhere counts for nothing, whatever stands before it.
	record, ok = parseSPF(found[0])
	if !ok {
		return nil, PermError, SPFSyntax
	}
	return record, "", ""
}

// evaluate tries the terms from the left to the right: the first that fits decides (RFC 7208 §4.6.2).
func (h *hostCheck) evaluate(record *spfRecord, domain string) (Result, SPFWhy) {
	for _, m := range record.mechanisms {
		fits, result, why := h.matches(m, domain)
		switch {
		case result != "":
			return result, why
		case fits:
			h.matched = m.text
			return m.qualifier, ""
		}
	}
	if record.redirect == "" {
		return Neutral, SPFNoMatch // RFC 7208 §4.7
	}
	return h.redirect(record, domain)
}

// redirect goes on with another domain's record (RFC 7208 §6.1).
func (h *hostCheck) redirect(record *spfRecord, domain string) (Result, SPFWhy) {
	if why := h.count(); why != "" {
		return PermError, why
	}
	target, ok := h.expand(record.redirect, domain, false)
	switch {
	case !ok:
		return TempError, spfStillToBeDone
	case !isDomain(target, true):
		return PermError, SPFNoneIncluded
	}
	next, result, why := h.record(target)
	switch {
	case result == None:
		return PermError, SPFNoneIncluded
	case result != "":
		return result, why
	}
	next.domain = target
	*record = *next // its exp= counts, and its alone
	return h.evaluate(record, target)
}

// count counts a term that asks the DNS.
func (h *hostCheck) count() SPFWhy {
	if h.lookUps++; h.lookUps > lookUpsMax {
		return SPFLookUps
	}
	return ""
}

// ask asks the DNS on behalf of a term; a result ends the check.
func (h *hostCheck) ask(kind, name string) (a Answer, result Result, why SPFWhy) {
	if !isDomain(name, false) {
		return Answer{NoName: true}, "", "" // RFC 7208 §4.8: as if it did not exist
	}
	a, ok := h.names.ask(kind, name)
	switch {
	case !ok:
		return a, TempError, spfStillToBeDone
	case a.Failed:
		return a, TempError, SPFFailed
	case a.empty():
		if h.voids++; h.voids > voidLookUpsMax {
			return a, PermError, SPFVoids
		}
	}
	return a, "", ""
}

// explain finds what the domain says to a fail (RFC 7208 §6.2). Whatever goes wrong leaves it empty.
func (h *hostCheck) explain(record *spfRecord, domain string) string {
	if record.explain == "" {
		return ""
	}
	if record.domain != "" {
		domain = record.domain
	}
	target, ok := h.expand(record.explain, domain, false)
	if !ok || !isDomain(target, true) {
		return ""
	}
	a, ok := h.names.ask("TXT", target)
	if !ok || len(a.Texts) != 1 || !validMacros(a.Texts[0], true) {
		return ""
	}
	text, _ := h.expand(a.Texts[0], domain, true)
	for _, c := range []byte(text) {
		if c < ' ' || c >= 0x7f {
			return "" // RFC 7208 §6.2: ASCII
		}
	}
	return text
}
