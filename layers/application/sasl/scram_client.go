package sasl

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
)

// A scramClient is what the client remembers of an exchange (RFC 5802 §5).
type scramClient struct {
	nonce  string
	header string
	bare   string // client-first-message-bare
	proof  []byte // that the server must give
}

// scramFirst says "n,,n=user,r=nonce": n, because the client can't bind to the channel (RFC 5802 §6).
func (c *Client) scramFirst([]byte) ([]byte, error) {
	x := &c.scram
	if !printable(x.nonce) {
		return nil, fmt.Errorf("sasl: %q is no nonce (RFC 5802 §7)", x.nonce)
	}
	x.header = "n,,"
	if c.who.As != "" {
		x.header = "n,a=" + escape(prepared(c.who.As)) + ","
	}
	x.bare = "n=" + escape(prepared(c.who.User)) + ",r=" + x.nonce
	c.step = c.scramFinal
	return []byte(x.header + x.bare), nil
}

// scramFinal answers "r=nonce,s=salt,i=4096" with the proof.
func (c *Client) scramFinal(challenge []byte) ([]byte, error) {
	x := &c.scram
	c.step = c.over
	first := string(challenge)
	if strings.HasPrefix(first, "e=") {
		return nil, ErrCredentials
	}
	parts := strings.Split(first, ",")
	if len(parts) < 3 || !strings.HasPrefix(parts[0], "r=") || !strings.HasPrefix(parts[1], "s=") || !strings.HasPrefix(parts[2], "i=") {
		return nil, c.wrong("want r=nonce,s=salt,i=rounds", "RFC 5802 §7")
	}
	nonce := parts[0][2:]
	salt, err := base64.StdEncoding.DecodeString(parts[1][2:])
	iterations, notNumber := strconv.Atoi(parts[2][2:])
	switch {
	case !strings.HasPrefix(nonce, x.nonce) || len(nonce) == len(x.nonce):
		// RFC 5802 §5.1: else somebody plays back what another server said.
		return nil, c.wrong("the nonce does not continue the client's", "RFC 5802 §5.1")
	case err != nil || len(salt) == 0:
		return nil, c.wrong("the salt is not one", "RFC 5802 §7")
	case notNumber != nil || iterations < MinIterations || iterations > maxIterations:
		return nil, c.wrong(fmt.Sprintf("the password would be hashed %.12s times, not %d to %d", parts[2][2:], MinIterations, maxIterations), "RFC 7677 §4")
	}
	of := scramHash(c.mechanism)
	salted := saltPassword(of, c.who.Password, salt, iterations)
	clientKey := mac(of, salted, "Client Key")
	without := "c=" + base64.StdEncoding.EncodeToString([]byte(x.header)) + ",r=" + nonce
	said := x.bare + "," + first + "," + without
	proof := xor(clientKey, mac(of, digest(of, clientKey), said))
	x.proof = mac(of, mac(of, salted, "Server Key"), said)
	c.step = c.scramEnd
	return []byte(without + ",p=" + base64.StdEncoding.EncodeToString(proof)), nil
}

// scramEnd checks "v=proof" and answers with nothing.
func (c *Client) scramEnd(challenge []byte) ([]byte, error) {
	c.step = c.over
	verifier, _, _ := strings.Cut(string(challenge), ",")
	if strings.HasPrefix(verifier, "e=") {
		return nil, ErrCredentials
	}
	proof, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(verifier, "v="))
	if !strings.HasPrefix(verifier, "v=") || err != nil || !same(proof, c.scram.proof) {
		return nil, ErrServer
	}
	c.proved = true
	return []byte{}, nil
}
