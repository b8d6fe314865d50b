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

// ErrNoTLS ends a session whose client needs TLS, with a server that does not offer it.
var ErrNoTLS = errors.New("smtp: the server does not offer STARTTLS and this client goes nowhere without (RFC 3207 §4.1)")

// secure begins TLS where the policy wants it.
func (c *Client) secure(now time.Time) {
	offered := c.offers.Has("STARTTLS")
	switch {
	case c.config.Encrypted || c.config.TLS == NoTLS || c.config.TLS == TryTLS && !offered:
		c.login(now)
	case !offered:
		c.giveUp(now, ErrNoTLS)
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
