package mail

import (
	"net/netip"
	"slices"
	"strings"

	"mailwire/layers/application/dns"
)

// findRoute looks up who takes mail for the domain of a mail, and begins to try these hosts in order (RFC 5321 §5.1).
func (q *queue) findRoute(i *item) {
	q.server.host.Lookup(dns.Name(i.Domain), dns.TypeMX, func(a dns.Answer) {
		switch {
		case a.Failed():
			i.blame(trouble{words: "No name server answered.", status: "4.4.3"})
		case a.Code == dns.NameError:
			i.blame(trouble{words: "The domain " + i.Domain + " does not exist.", status: "5.1.2"})
		default:
			exchanges, _, none := dns.Exchanges(dns.Name(i.Domain), a.Records, q.chance.IntN)
			if none {
				// RFC 7505 §3: with a null MX a domain says that it never takes mail.
				i.blame(trouble{words: "The domain " + i.Domain + " does not take mail.", status: "5.1.10"})
				break
			}
			q.follow(i, exchanges)
			return
		}
		q.exhausted(i)
	})
}

// follow tries the hosts of a route that lead away from here.
func (q *queue) follow(i *item, route []dns.Exchange) {
	// RFC 5321 §5.1: where the host finds itself in the list, only those before it count. The others are no nearer to the
	// mailbox than it is, and the mail would go in a circle.
	own := slices.IndexFunc(route, func(x dns.Exchange) bool { return strings.EqualFold(string(x.Host), q.server.Name()) })
	if own >= 0 {
		preference := route[own].Preference
		route = slices.DeleteFunc(route, func(x dns.Exchange) bool { return x.Preference >= preference })
	}
	if i.route = route; len(route) == 0 {
		i.blame(q.loop(i))
	}
	q.nextHost(i)
}

// loop is that a mail would come back to the host that sends it.
func (q *queue) loop(i *item) trouble {
	return trouble{words: "The mail for " + i.Domain + " would come back to " + q.server.Name() + ", which does not keep it.", status: "5.4.6"}
}

// nextHost tries the next host of the route.
func (q *queue) nextHost(i *item) {
	if len(i.route) == 0 {
		q.exhausted(i)
		return
	}
	name := string(i.route[0].Host)
	i.route = i.route[1:]
	q.server.host.Lookup(dns.Name(name), dns.TypeA, func(a dns.Answer) {
		var addresses []netip.Addr
		for _, x := range a.Addresses() {
			addresses = append(addresses, x.Addr)
		}
		switch {
		case slices.Contains(addresses, q.server.host.Address()):
			i.blame(q.loop(i))
			i.route = nil // the rest is no nearer
		case a.Failed():
			i.blame(trouble{words: "No name server answered.", status: "4.4.3"})
		case len(addresses) == 0:
			i.blame(trouble{words: "The host " + name + " has no address.", status: "5.4.4"})
		default:
			q.dial(i, name, addresses)
			return
		}
		q.nextHost(i)
	})
}
