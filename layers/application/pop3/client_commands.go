package pop3

import (
	"encoding/base64"
	"strconv"
	"strings"

	"mailwire/layers/application/sasl"
)

// User, Pass and the other methods queue the command of their name and return the ticket of its result. A number of zero asks
// List and Uidl about all messages.
func (c *Client) User(name string) Ticket     { return c.queued("USER", name) }
func (c *Client) Pass(password string) Ticket { return c.queued("PASS", password) }
func (c *Client) Stat() Ticket                { return c.queued("STAT") }
func (c *Client) Retr(n int) Ticket           { return c.queued("RETR", strconv.Itoa(n)) }
func (c *Client) Dele(n int) Ticket           { return c.queued("DELE", strconv.Itoa(n)) }
func (c *Client) Noop() Ticket                { return c.queued("NOOP") }
func (c *Client) Rset() Ticket                { return c.queued("RSET") }
func (c *Client) Capa() Ticket                { return c.queued("CAPA") }
func (c *Client) Utf8() Ticket                { return c.queued("UTF8") }
func (c *Client) Quit() Ticket                { return c.queued("QUIT") }

// List asks for the size of message n, or of all.
func (c *Client) List(n int) Ticket { return c.queued("LIST", oneOrAll(n)...) }

// Uidl asks for the unique id of message n, or of all.
func (c *Client) Uidl(n int) Ticket { return c.queued("UIDL", oneOrAll(n)...) }

// Top asks for the header of message n and the first lines of its body.
func (c *Client) Top(n, lines int) Ticket {
	return c.queued("TOP", strconv.Itoa(n), strconv.Itoa(lines))
}

// Stls asks to go on in TLS. After a Result that is OK the owner starts it and calls Secured; until then nothing is sent.
func (c *Client) Stls() Ticket { return c.queued("STLS") }

// Apop logs in with a digest. It is queued after the greeting, whose timestamp it needs.
func (c *Client) Apop(user, password string) Ticket {
	return c.queued("APOP", user, Digest(c.stamp, password))
}

// Auth logs in by a mechanism, the first message beside the command where it fits into a line (RFC 5034 §4).
func (c *Client) Auth(exchange *sasl.Client) Ticket {
	r := &request{command: Command{Verb: "AUTH", Args: []string{exchange.Mechanism()}}, auth: exchange}
	room := base64.StdEncoding.DecodedLen(MaxCommand - len(r.command.Append(nil)) - 1)
	if initial, ok := exchange.Initial(room); ok {
		r.command.Args = append(r.command.Args, base64.StdEncoding.EncodeToString(initial))
	}
	return c.ask(r)
}

// Login logs in, after the greeting, in the strongest way that is offered and allowed: by a mechanism of AUTH out of
// mechanisms, those that CAPA told of; by APOP, which counts as much as CRAM-MD5; by USER and PASS, which count as much as
// PLAIN. The policy's Only may be "APOP" or "USER" too. The ticket is that of the last command; sasl.ErrNoMechanism.
func (c *Client) Login(user, password string, mechanisms []string, policy sasl.Policy) (Ticket, error) {
	only := strings.ToUpper(policy.Only)
	strongest, err := policy.Choose(mechanisms, c.Secure)
	as := func(mechanism string) bool { // whether what is as strong as the mechanism is allowed
		p := sasl.Policy{Least: policy.Least, Clear: policy.Clear}
		_, err := p.Choose([]string{mechanism}, c.Secure)
		return err == nil
	}
	switch {
	case err == nil && !sasl.InClear(strongest):
	case c.stamp != "" && as("CRAM-MD5") && (only == "" || only == "APOP"):
		return c.Apop(user, password), nil
	case err == nil:
	case as("PLAIN") && (only == "" || only == "USER"):
		c.User(user)
		return c.ask(&request{command: Command{Verb: "PASS", Args: []string{password}}, depends: true}), nil
	default:
		return 0, err
	}
	exchange, err := policy.Client(mechanisms, c.Secure, sasl.Credentials{User: user, Password: password})
	if err != nil {
		return 0, err
	}
	return c.Auth(exchange), nil
}

func oneOrAll(n int) []string {
	if n == 0 {
		return nil
	}
	return []string{strconv.Itoa(n)}
}
