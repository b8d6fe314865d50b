package sasl

import (
	"crypto/hmac"
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"slices"
)

// Credentials are what a client proves its user with.
type Credentials struct {
	User     string
	Password string
	As       string // who the user acts for (authorization identity); "" is himself. CRAM-MD5 and LOGIN can't say it
}

// A Client is the client's side of one exchange.
type Client struct {
	mechanism string
	who       Credentials
	step      func(challenge []byte) (response []byte, err error)
	proved    bool // of SCRAM: the server has shown that it knows the password
	scram     scramClient
}

// NewClient begins an exchange by a mechanism of [Spoken], its name in upper case; ErrNoMechanism. The nonce is that of SCRAM:
// new in every exchange, of printable ASCII characters without commas.
func NewClient(mechanism string, who Credentials, nonce string) (*Client, error) {
	if !slices.Contains(Spoken, mechanism) {
		return nil, fmt.Errorf("%w: %s", ErrNoMechanism, mechanism)
	}
	c := &Client{mechanism: mechanism, who: who, proved: true}
	switch mechanism {
	case "PLAIN":
		c.step = c.plain
	case "LOGIN":
		c.step = c.loginUser
	case "CRAM-MD5":
		c.step = c.cram
	default:
		c.proved = false
		c.scram.nonce = nonce
		c.step = c.scramFirst
	}
	return c, nil
}

// Mechanism is the mechanism's name in upper case.
func (c *Client) Mechanism() string { return c.mechanism }

// Initial is the message with which the client begins, to be sent beside the protocol's command. ok is false where the server
// speaks first, and where the message has more bytes than there is room for: then it is the answer to the first challenge, as
// it is when Initial is not called at all.
func (c *Client) Initial(room int) (response []byte, ok bool) {
	if c.mechanism == "LOGIN" || c.mechanism == "CRAM-MD5" {
		return nil, false
	}
	begin := c.step
	response, err := c.step(nil)
	if err != nil || len(response) > room {
		c.step = begin
		return nil, false
	}
	return response, true
}

// Step answers a challenge, without base64. After an error the protocol cancels the exchange.
func (c *Client) Step(challenge []byte) (response []byte, err error) {
	if len(challenge) > maxMessage {
		return nil, c.wrong("the challenge is too long", "RFC 4422 §3.4")
	}
	return c.step(challenge)
}

// Finish is called when the protocol says that the login has succeeded; ErrServer where the mechanism lets the server prove
// itself too, and it has not (RFC 5802 §5).
func (c *Client) Finish() error {
	if !c.proved {
		return ErrServer
	}
	return nil
}

func (c *Client) wrong(why, ref string) error { return &SyntaxError{c.mechanism, why, ref} }

// over answers a server that asks for more than there is.
func (c *Client) over([]byte) ([]byte, error) {
	return nil, c.wrong("the server asks for more than the mechanism has", "RFC 4422 §3")
}

func (c *Client) plain([]byte) ([]byte, error) {
	c.step = c.over
	return EncodePlain(c.who.As, c.who.User, c.who.Password), nil
}

// EncodePlain is the message of PLAIN (RFC 4616 §2); authorization is "" for a user who acts as himself.
func EncodePlain(authorization, user, password string) []byte {
	return []byte(authorization + "\x00" + user + "\x00" + password)
}

// loginUser answers the first question of LOGIN, whatever its words are, and loginPassword the second.
func (c *Client) loginUser([]byte) ([]byte, error) {
	c.step = c.loginPassword
	return []byte(c.who.User), nil
}

func (c *Client) loginPassword([]byte) ([]byte, error) {
	c.step = c.over
	return []byte(c.who.Password), nil
}

func (c *Client) cram(challenge []byte) ([]byte, error) {
	c.step = c.over
	return []byte(c.who.User + " " + CramDigest(c.who.Password, string(challenge))), nil
}

// CramDigest is what CRAM-MD5 answers to a challenge: HMAC-MD5 with the password as key, in hexadecimal (RFC 2195 §2).
func CramDigest(password, challenge string) string {
	mac := hmac.New(md5.New, []byte(password))
	mac.Write([]byte(challenge))
	return hex.EncodeToString(mac.Sum(nil))
}
