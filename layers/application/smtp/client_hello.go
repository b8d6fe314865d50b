package smtp

import (
	"errors"
	"time"
)

// greeted takes the greeting (RFC 5321 §3.1).
func (c *Client) greeted(now time.Time, r *Reply) {
	if r.Code != 220 {
		c.giveUp(now, r)
		return
	}
	c.introduce(now)
}

// introduce says EHLO, and HELO where that is not known (RFC 5321 §3.2).
func (c *Client) introduce(now time.Time) {
	c.phase = introducing
	if c.config.OnlyHELO {
		c.hello(now)
		return
	}
	c.command(now, "EHLO "+c.config.Hostname, func(now time.Time, r *Reply) {
		switch {
		case r.Class() == 2:
			c.offers = ParseExtensions(r.Lines)
			c.secure(now)
		case r.Class() == 5:
			c.hello(now)
		default:
			c.giveUp(now, r)
		}
	})
}

func (c *Client) hello(now time.Time) {
	c.command(now, "HELO "+c.config.Hostname, func(now time.Time, r *Reply) {
		if r.Class() != 2 {
			c.giveUp(now, r)
			return
		}
		c.secure(now)
	})
}

var errNoTLS = errors.New("smtp: the server does not offer STARTTLS and this client goes nowhere without (RFC 3207 §4.1)")

// secure begins TLS where the policy wants it.
func (c *Client) secure(now time.Time) {
	offered := c.offers.Has("STARTTLS")
	switch {
	case c.config.Encrypted || c.config.TLS == NoTLS || c.config.TLS == TryTLS && !offered:
		c.login(now)
	case !offered:
		c.giveUp(now, errNoTLS)
	default:
		c.command(now, "STARTTLS", func(now time.Time, r *Reply) {
			switch {
			case r.Code == 220:
				// RFC 3207 §4.2: what follows in the clear is not to be believed.
				c.phase, c.in = securing, nil
				c.tell(&Secure{})
			case c.config.TLS == NeedTLS:
				c.giveUp(now, r)
			default:
				c.login(now)
			}
		})
	}
}

// login says AUTH where there is a user to log in.
func (c *Client) login(now time.Time) {
	c.tell(&Offered{Extensions: c.offers})
	if c.config.User == "" {
		c.rest(now)
		return
	}
	c.phase = loggingIn
	c.auth.mechanism = c.mechanism()
	switch c.auth.mechanism {
	case "":
		c.giveUp(now, errors.New("smtp: the server offers no mechanism that this client knows (RFC 4954 §4)"))
	case "PLAIN":
		c.command(now, "AUTH PLAIN "+EncodePlain(c.config.User, c.config.Password), c.challenged)
	default:
		c.command(now, "AUTH "+c.auth.mechanism, c.challenged)
	}
}

func (c *Client) mechanism() string {
	if c.config.Mechanism != "" {
		return c.config.Mechanism
	}
	for _, m := range []string{"PLAIN", "LOGIN", "CRAM-MD5"} {
		if c.offers.Mechanism(m) {
			return m
		}
	}
	return ""
}

// challenged goes on with the dialogue of a mechanism (RFC 4954 §4).
func (c *Client) challenged(now time.Time, r *Reply) {
	switch {
	case r.Code == 235:
		c.tell(&LoggedIn{User: c.config.User, Mechanism: c.auth.mechanism})
		c.auth = exchange{}
		c.rest(now)
	case r.Code != 334:
		c.giveUp(now, r)
	default:
		c.command(now, c.response(r.Text()), c.challenged)
	}
}

// response answers a challenge; "*" gives up.
func (c *Client) response(challenge string) string {
	text, err := decode64(challenge)
	switch {
	case err != nil:
		return "*"
	case c.auth.mechanism == "CRAM-MD5":
		return encode64(c.config.User + " " + CramDigest(c.config.Password, string(text)))
	case c.auth.mechanism == "LOGIN" && !c.auth.asked:
		c.auth.asked = true
		return encode64(c.config.User)
	case c.auth.mechanism == "LOGIN":
		return encode64(c.config.Password)
	}
	return "*"
}
