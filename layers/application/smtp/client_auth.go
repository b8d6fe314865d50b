package smtp

import (
	"encoding/base64"
	"strings"
	"time"

	"mailwire/layers/application/sasl"
)

// login says AUTH where there is a user to log in.
func (c *Client) login(now time.Time) {
	c.tell(&Offered{Extensions: c.offers})
	if c.config.User == "" {
		c.rest(now)
		return
	}
	c.phase = loggingIn
	offered, _ := c.offers.Find("AUTH")
	var err error
	c.auth, err = c.config.Auth.Client(strings.Fields(offered), c.config.Encrypted, sasl.Credentials{User: c.config.User, Password: c.config.Password})
	if err != nil {
		c.giveUp(now, err)
		return
	}
	line := "AUTH " + c.auth.Mechanism()
	// RFC 4954 §4: a response that makes the line too long waits for the server's empty challenge.
	if initial, ok := c.auth.Initial(base64.StdEncoding.DecodedLen(commandMax - len(line+" \r\n"))); ok {
		line += " " + base64.StdEncoding.EncodeToString(initial)
	}
	c.command(now, line, c.challenged)
}

// commandMax is how long a command line may be, with its CRLF (RFC 5321 §4.5.3.1.4).
const commandMax = 512

// challenged goes on with the dialogue of a mechanism (RFC 4954 §4).
func (c *Client) challenged(now time.Time, r *Reply) {
	switch r.Code {
	case 235:
		if err := c.auth.Finish(); err != nil {
			c.giveUp(now, err)
			return
		}
		c.tell(&LoggedIn{User: c.config.User, Mechanism: c.auth.Mechanism()})
		c.rest(now)
	case 334:
		response, err := c.response(r.Text())
		if err != nil {
			// RFC 4954 §4: "*" cancels, and the server says 501.
			c.command(now, "*", func(now time.Time, _ *Reply) { c.giveUp(now, err) })
			return
		}
		c.command(now, response, c.challenged)
	default:
		c.giveUp(now, r)
	}
}

// response answers a challenge, both in base64.
func (c *Client) response(challenge string) (string, error) {
	text, err := sasl.Decode(challenge)
	if err != nil {
		return "", err
	}
	response, err := c.auth.Step(text)
	return base64.StdEncoding.EncodeToString(response), err
}
