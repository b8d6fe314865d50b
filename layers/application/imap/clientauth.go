package imap

import (
	"encoding/base64"
	"strings"

	"mailwire/layers/application/sasl"
)

// Login sends user and password as they are.
func (c *Client) Login(user, password string) (tag string) {
	return c.issue("LOGIN", c.encoder("LOGIN").SP().Astring(user).SP().Astring(password)).tag
}

// Authenticate logs in by the strongest mechanism that the server has told of and the policy allows; sasl.ErrNoMechanism, and
// then nothing is sent. The first message stands beside the command where the server takes it there (RFC 4959).
func (c *Client) Authenticate(user, password string, policy sasl.Policy) (tag string, err error) {
	auth, err := policy.Client(c.Mechanisms(), c.config.Secured, sasl.Credentials{User: user, Password: password})
	if err != nil {
		return "", err
	}
	e := c.encoder("AUTHENTICATE").SP().Atom(auth.Mechanism())
	if c.Can("SASL-IR") {
		if initial, ok := auth.Initial(smallLiteralMax); ok {
			e.SP().Atom(base64.StdEncoding.EncodeToString(initial))
		}
	}
	r := c.issue("AUTHENTICATE", e)
	r.auth, r.barrier = auth, true
	return r.tag, nil
}

// Mechanisms lists the mechanisms that the server has told of.
func (c *Client) Mechanisms() []string {
	var list []string
	for _, capability := range c.capabilities {
		if m, ok := strings.CutPrefix(strings.ToUpper(capability), "AUTH="); ok {
			list = append(list, m)
		}
	}
	return list
}

// answer responds to a challenge, or gives up with "*" (RFC 3501 §6.2.2).
func (c *Client) answer(r *request, challenge string) {
	text, err := sasl.Decode(challenge)
	var response []byte
	if err == nil {
		response, err = r.auth.Step(text)
	}
	line := base64.StdEncoding.EncodeToString(response)
	if err != nil {
		c.event(&ServerError{Line: "+", Why: err})
		line = "*"
	}
	c.out = append(append(c.out, line...), "\r\n"...)
}

// authenticated checks that the server has proved itself too, where the mechanism has it do so.
func (c *Client) authenticated(r *request) {
	if r.auth != nil {
		if err := r.auth.Finish(); err != nil {
			c.fail("", err)
		}
	}
}
