package authenticity

import (
	"net/netip"
	"strings"
)

// matches says whether a mechanism fits (RFC 7208 §5). A result ends the whole check.
func (h *hostCheck) matches(m spfMechanism, domain string) (fits bool, result Result, why SPFWhy) {
	switch m.name {
	case "all":
		return true, "", ""
	case "ip4", "ip6":
		return m.network.Contains(h.client), "", ""
	}
	if why := h.count(); why != "" {
		return false, PermError, why
	}
	target := domain
	if m.domain != "" {
		var ok bool
		if target, ok = h.expand(m.domain, domain, false); !ok {
			return false, TempError, spfStillToBeDone
		}
	}
	switch m.name {
	case "include":
		return h.include(target)
	case "a":
		return h.hosts(m, target)
	case "mx":
		return h.exchanges(m, target)
	case "ptr":
		return h.pointer(target)
	}
	// RFC 7208 §5.7: exists asks for an address of the fourth version, whatever the client's is.
	a, result, why := h.ask("A", target)
	return result == "" && len(a.Addresses) > 0, result, why
}

// include asks another domain's record, and fits where that says pass (RFC 7208 §5.2).
func (h *hostCheck) include(target string) (bool, Result, SPFWhy) {
	if !isDomain(target, true) {
		return false, PermError, SPFNoneIncluded
	}
	record, result, why := h.record(target)
	if result == "" {
		matched := h.matched
		result, why = h.evaluate(record, target)
		h.matched = matched
	}
	switch result {
	case Pass:
		return true, "", ""
	case None:
		return false, PermError, SPFNoneIncluded
	case TempError, PermError:
		return false, result, why
	}
	return false, "", ""
}

// hosts fits where the target has an address in whose network the client is (RFC 7208 §5.3).
func (h *hostCheck) hosts(m spfMechanism, target string) (bool, Result, SPFWhy) {
	a, result, why := h.ask(h.addressType(), target)
	return result == "" && h.near(a.Addresses, m), result, why
}

// exchanges does the same with the hosts that take the target's mail (RFC 7208 §5.4).
func (h *hostCheck) exchanges(m spfMechanism, target string) (bool, Result, SPFWhy) {
	a, result, why := h.ask("MX", target)
	switch {
	case result != "":
		return false, result, why
	case len(a.Names) > namesMax: // RFC 7208 §4.6.4
		return false, PermError, SPFNames
	}
	for _, name := range a.Names {
		hosts, ok := h.names.ask(h.addressType(), name)
		switch {
		case !ok:
			return false, TempError, spfStillToBeDone
		case hosts.Failed:
			return false, TempError, SPFFailed
		case h.near(hosts.Addresses, m):
			return true, "", ""
		}
	}
	return false, "", ""
}

// pointer fits where a name of the client, which has the client's address, lies within the target (RFC 7208 §5.5). It is
// slow and hardly reliable, and should not be published.
func (h *hostCheck) pointer(target string) (bool, Result, SPFWhy) {
	valid, ok := h.validated()
	if !ok {
		return false, TempError, spfStillToBeDone
	}
	for _, name := range valid {
		if isSubdomain(name, strings.TrimSuffix(target, ".")) {
			return true, "", ""
		}
	}
	return false, "", ""
}

// validated are the names of the client that have its address; ok is false while answers are awaited.
func (h *hostCheck) validated() (valid []string, ok bool) {
	pointers, ok := h.names.ask("PTR", reverseName(h.client))
	if !ok {
		return nil, false
	}
	for i, name := range pointers.Names {
		if i == namesMax { // RFC 7208 §4.6.4: the others are passed over
			break
		}
		hosts, ok := h.names.ask(h.addressType(), name)
		if !ok {
			return nil, false
		}
		for _, address := range hosts.Addresses {
			if address.Unmap() == h.client {
				valid = append(valid, strings.ToLower(strings.TrimSuffix(name, ".")))
				break
			}
		}
	}
	return valid, true
}

// addressType is the type of record that holds addresses of the client's version.
func (h *hostCheck) addressType() string {
	if h.client.Is4() {
		return "A"
	}
	return "AAAA"
}

// near says whether the client is in the network of one of the addresses.
func (h *hostCheck) near(addresses []netip.Addr, m spfMechanism) bool {
	bits := m.bits4
	if !h.client.Is4() {
		bits = m.bits6
	}
	for _, address := range addresses {
		if network, err := address.Unmap().Prefix(bits); err == nil && network.Contains(h.client) {
			return true
		}
	}
	return false
}

// reverseName is the name under which the DNS keeps the names of an address (RFC 1035 §3.5, RFC 3596 §2.5).
func reverseName(address netip.Addr) string {
	var b strings.Builder
	bytes := address.AsSlice()
	for i := len(bytes) - 1; i >= 0; i-- {
		if address.Is4() {
			b.WriteString(decimal(int(bytes[i])) + ".")
		} else {
			const digits = "0123456789abcdef"
			b.Write([]byte{digits[bytes[i]&15], '.', digits[bytes[i]>>4], '.'})
		}
	}
	if address.Is4() {
		return b.String() + "in-addr.arpa"
	}
	return b.String() + "ip6.arpa"
}
