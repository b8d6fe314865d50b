package main

import (
	"bufio"
	"fmt"
	"net/url"
	"os"
	"strconv"
	"strings"

	"golang.org/x/term"

	"mailwire/layers"
)

// A mailServer is what a URL names.
type mailServer struct {
	protocol string // smtp, pop3 or imap
	tls      bool   // from the first byte
	user     string
	host     string
	port     uint16 // 0: the usual one
}

// schemes are those of the URLs, with what they mean (RFC 8314 §3).
var schemes = map[string]mailServer{
	"smtp": {protocol: "smtp"}, "submission": {protocol: "smtp"}, "smtps": {protocol: "smtp", tls: true}, "submissions": {protocol: "smtp", tls: true},
	"pop3": {protocol: "pop3"}, "pop3s": {protocol: "pop3", tls: true}, "imap": {protocol: "imap"}, "imaps": {protocol: "imap", tls: true},
}

// parseServer reads a URL: imaps://ana@mail.example.net:993. A password in it is refused: whoever lists the processes of the
// computer could read it.
func parseServer(text string) (*mailServer, error) {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		return nil, wrongUsage(layers.N("cli.connect.url", word("url", text)), layers.N("cli.connect.url.hint"))
	}
	s, ok := schemes[strings.ToLower(u.Scheme)]
	if !ok || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" {
		return nil, wrongUsage(layers.N("cli.connect.url", word("url", u.Redacted())), layers.N("cli.connect.url.hint"))
	}
	if _, told := u.User.Password(); told {
		return nil, wrongUsage(layers.N("cli.connect.password-in-url"), layers.N("cli.connect.password.hint", word("variable", passwordVariable)))
	}
	s.user, s.host = u.User.Username(), u.Hostname()
	if port := u.Port(); port != "" {
		n, err := strconv.ParseUint(port, 10, 16)
		if err != nil || n == 0 {
			return nil, wrongUsage(layers.N("cli.connect.url", word("url", text)), layers.N("cli.connect.url.hint"))
		}
		s.port = uint16(n)
	}
	return &s, nil
}

// service is what the trace calls it.
func (s *mailServer) service() string {
	name := s.protocol
	if name == "smtp" {
		name = "submission"
	}
	if s.tls {
		name += "s"
	}
	return name
}

// passwordVariable is where a password is found that nobody is asked for.
const passwordVariable = "MAILWIRE_PASSWORD"

// password is the user's: from the environment, or asked for where somebody sits there, or the first line of the input.
func (p *program) password(at *mailServer) (string, error) {
	if password, ok := os.LookupEnv(passwordVariable); ok {
		return password, nil
	}
	f, ok := p.stdin.(*os.File)
	if ok && term.IsTerminal(int(f.Fd())) {
		fmt.Fprint(p.stderr, p.words.Line(layers.N("cli.connect.password", word("user", at.user), word("host", at.host))))
		b, err := term.ReadPassword(int(f.Fd()))
		fmt.Fprintln(p.stderr)
		return string(b), err
	}
	line, err := bufio.NewReader(p.stdin).ReadString('\n')
	if line == "" && err != nil {
		return "", failed(layers.N("cli.connect.no-password"), layers.N("cli.connect.password.hint", word("variable", passwordVariable)))
	}
	return strings.TrimRight(line, "\r\n"), nil
}
