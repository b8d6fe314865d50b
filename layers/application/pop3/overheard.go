package pop3

import (
	"strings"

	"mailwire/layers"
	"mailwire/layers/application"
)

// overheard reads a line from outside. Of one by which somebody meant to log in, but not in this grammar, the verb is the
// word that says so, and what follows it is one argument.
func overheard(line string) Command {
	c := parseCommand(line)
	if c.readable() {
		return c
	}
	s, ok := application.FindSlip(line)
	if !ok {
		return c
	}
	c = Command{Verb: s.Verb, At: s.At, slip: true}
	if s.Secret.Length > 0 {
		c.Args, c.Each = []string{line[s.Secret.Offset:s.Secret.End()]}, []layers.Range{s.Secret}
	}
	return c
}

// readable says whether the command exists and what is secret in it stands where the grammar puts it.
func (c Command) readable() bool {
	switch c.Verb {
	case "APOP":
		return len(c.Args) == 0 || len(c.Args) > 1 && !strings.Contains(c.Args[0], "\t")
	case "AUTH":
		return len(c.Args) == 0 || application.IsMechanism(c.Args[0])
	}
	return heard(c.Verb)
}

// secrets is the places of a command that only the user and the server should know.
func (c Command) secrets() []layers.Range {
	switch {
	case c.slip, c.Verb == "PASS" && len(c.Args) == 1:
		return c.Each
	case c.Verb == "APOP" && len(c.Args) > 1, c.Verb == "USER" && len(c.Args) > 1, c.Verb == "AUTH" && len(c.Args) > 1:
		return c.Each[1:]
	}
	return nil
}
