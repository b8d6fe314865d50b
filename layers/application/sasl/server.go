package sasl

import (
	"crypto/subtle"
	"fmt"
	"slices"
)

// A Verifier knows the accounts of a server.
type Verifier interface {
	// Login checks the password that PLAIN or LOGIN has brought. nil: it is right. Any error ends the exchange and comes out
	// of [Server.Step] as it is; [ErrCredentials] is the one for a wrong user or password.
	Login(user, password string) error
	// Secret is what is known of a user, for mechanisms that do not carry the password. Where there is no such user, ok is
	// false, and the Secret may hold keys all the same, which stand for a user who can't log in: so that nobody learns from
	// the time that an answer takes whether a user exists, Verifiers that keep keys give such ones.
	Secret(user string) (s Secret, ok bool)
}

// A Secret is what a server keeps of a user's password: the password itself, from which any mechanism can be served, or keys
// for SCRAM, from which nobody can find it but by trying.
type Secret struct {
	Password string
	Keys     []Keys // at most one of each hash
}

// Challenges is what makes the exchanges of a server unlike each other.
type Challenges struct {
	// Nonce is new in every exchange and can't be foreseen: 1 to 128 printable ASCII characters without spaces, commas and
	// angle brackets.
	Nonce string
	// Host is the server's name, which the challenge of CRAM-MD5 holds.
	Host string
	// SaltKey is the server's own secret, the same in every exchange: from it and the user's name comes the salt of SCRAM for
	// users of whom the server keeps the password, and for users who do not exist.
	SaltKey string
	// Iterations is how often SCRAM hashes a password that the server keeps; MinIterations where it is less.
	Iterations int
}

// A Server is the server's side of one exchange.
type Server struct {
	mechanism string
	verifier  Verifier
	own       Challenges
	step      func(response []byte) (challenge []byte, done bool, err error)
	user      string
	challenge string // of CRAM-MD5
	scram     scramServer
}

// NewServer begins an exchange by a mechanism of [Spoken], its name in upper case; ErrNoMechanism.
func NewServer(mechanism string, v Verifier, own Challenges) (*Server, error) {
	if !slices.Contains(Spoken, mechanism) {
		return nil, fmt.Errorf("%w: %s", ErrNoMechanism, mechanism)
	}
	own.Iterations = max(own.Iterations, MinIterations)
	s := &Server{mechanism: mechanism, verifier: v, own: own}
	switch mechanism {
	case "PLAIN":
		s.step = s.plain
	case "LOGIN":
		s.step = s.loginUser
	case "CRAM-MD5":
		s.step = s.cram
	default:
		s.step = s.scramFirst
	}
	return s, nil
}

// Mechanism is the mechanism's name in upper case.
func (s *Server) Mechanism() string { return s.mechanism }

// User is who wants to log in; "" before it is known.
func (s *Server) User() string { return s.user }

// Step takes the client's message, without base64. The first call has the initial response, or nil where there is none (not
// the same as an empty one). The challenge is to be sent to the client, whose answer is the next message, unless the exchange
// is over: done says that the user has logged in, err that it failed: ErrCredentials for a wrong user and a wrong password
// alike, ErrAuthorization, a *SyntaxError, or what Verifier.Login said.
func (s *Server) Step(response []byte) (challenge []byte, done bool, err error) {
	if len(response) > maxMessage {
		err = s.wrong("the message is too long", "RFC 4422 §3.4")
	} else {
		challenge, done, err = s.step(response)
	}
	if done || err != nil {
		s.step = func([]byte) ([]byte, bool, error) { return nil, false, s.wrong("the exchange is over", "RFC 4422 §3") }
	}
	return challenge, done, err
}

// maxMessage is how many bytes a message may have; the longest are two names of SCRAM in UTF-8.
const maxMessage = 8 << 10

func (s *Server) wrong(why, ref string) error { return &SyntaxError{s.mechanism, why, ref} }

// plain is PLAIN: one message with all of it (RFC 4616 §2).
func (s *Server) plain(response []byte) ([]byte, bool, error) {
	if response == nil {
		return []byte{}, false, nil
	}
	authorization, user, password, ok := DecodePlain(response)
	if !ok {
		return nil, false, s.wrong("want [authorization] NUL user NUL password", "RFC 4616 §2")
	}
	s.user = user
	// RFC 4616 §2: whoever names no other identity acts as himself.
	if authorization != "" && authorization != user {
		return nil, false, ErrAuthorization
	}
	return s.login(user, password)
}

func (s *Server) login(user, password string) ([]byte, bool, error) {
	err := s.verifier.Login(user, password)
	return nil, err == nil, err
}

// loginUser is the first half of LOGIN, loginPassword the second. The words of the questions are those of its draft, which some
// clients wait for.
func (s *Server) loginUser(response []byte) ([]byte, bool, error) {
	if response == nil {
		return []byte("Username:"), false, nil
	}
	s.user = string(response)
	s.step = s.loginPassword
	return []byte("Password:"), false, nil
}

func (s *Server) loginPassword(response []byte) ([]byte, bool, error) {
	return s.login(s.user, string(response))
}

// cram is CRAM-MD5, in which the server speaks first (RFC 2195 §2).
func (s *Server) cram(response []byte) ([]byte, bool, error) {
	switch {
	case s.challenge == "" && response != nil:
		return nil, false, s.wrong("the server speaks first", "RFC 4422 §5")
	case s.challenge == "":
		s.challenge = "<" + s.own.Nonce + "@" + s.own.Host + ">"
		return []byte(s.challenge), false, nil
	}
	user, digest, ok := DecodeCram(response)
	if !ok {
		return nil, false, s.wrong("want user, space, digest", "RFC 2195 §2")
	}
	s.user = user
	secret, known := s.verifier.Secret(user)
	// The work is the same for a user who does not exist, and for one whose password is not kept as it is.
	right := same([]byte(CramDigest(secret.Password, s.challenge)), []byte(digest))
	if !right || !known || secret.Password == "" {
		return nil, false, ErrCredentials
	}
	return nil, true, nil
}

// same compares two texts in a time that does not depend on where they differ.
func same(a, b []byte) bool { return subtle.ConstantTimeCompare(a, b) == 1 }
