package dns

import "slices"

// Exchanges is the hosts to try for mail to domain, in order, from the answer to its MX question (RFC 5321 §5.1). The
// lowest preference comes first; among equal ones chance decides: chance(n) gives a number from 0 to n-1.
//
// Without any MX record the domain itself is its one exchange and implicit is true: its A or AAAA record counts. none
// is true when the domain says that it takes no mail (a null MX, RFC 7505 §3). Whether the name exists at all, and
// what to do when the question failed, is for the caller: ask Answer.Code first.
func Exchanges(domain Name, records []Record, chance func(n int) int) (hosts []Exchange, implicit, none bool) {
	for _, r := range records {
		if x, ok := r.Data.(Exchange); ok {
			hosts = append(hosts, x)
		}
	}
	switch {
	case len(hosts) == 0:
		return []Exchange{{Host: domain}}, true, false
	case len(hosts) == 1 && hosts[0].Host == Root:
		return nil, false, true
	}
	for i := len(hosts) - 1; i > 0; i-- { // shuffle, so that the stable sort leaves equals in chance's order
		j := chance(i + 1)
		hosts[i], hosts[j] = hosts[j], hosts[i]
	}
	slices.SortStableFunc(hosts, func(a, b Exchange) int { return int(a.Preference) - int(b.Preference) })
	return hosts, false, false
}
