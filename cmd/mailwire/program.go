package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"syscall"

	"mailwire/cmd/internal/terminal"
	"mailwire/cmd/internal/words"
	"mailwire/layers"
	"mailwire/layers/lexicon"
	scenariowords "mailwire/scenarios/words"
	simwords "mailwire/sim/words"
)

// version is set by the linker for releases.
var version = "devel"

// A program is what every command works with: the streams and the words.
type program struct {
	stdin  io.Reader
	stdout *results
	stderr io.Writer
	words  *lexicon.Lexicon // of the protocols, the world and the commands

	flushes []func() error // bring out what is held back beside the results
}

// idle brings out everything that was said so far, for the program is about to wait for more to say.
func (p *program) idle() error {
	for _, flush := range p.flushes {
		if err := flush(); err != nil {
			return err
		}
	}
	return p.stdout.Flush()
}

// newProgram chooses the language before anything is said, for help is in it too.
func newProgram(args []string, stdin io.Reader, stdout, stderr io.Writer) *program {
	language := localeLanguage()
	if named, ok := lexicon.Match(flagValue(args, "--lang")); ok {
		language = named
	}
	results := newResults(stdout)
	return &program{stdin: stdin, stdout: results, stderr: &asides{stderr, results}, words: newWords(language)}
}

// newWords are the words of the protocols, the world and the commands. They are for one goroutine.
func newWords(language lexicon.Language) *lexicon.Lexicon {
	return lexicon.New(language, lexicon.Notes, words.Source, scenariowords.Source, simwords.Notes)
}

// localeLanguage follows POSIX: LC_ALL before LC_MESSAGES before LANG; the first that is set decides.
func localeLanguage() lexicon.Language {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := os.Getenv(name); v != "" {
			l, _ := lexicon.Match(v)
			return l
		}
	}
	return lexicon.English
}

func flagValue(args []string, flag string) string {
	for i, a := range args {
		if value, ok := strings.CutPrefix(a, flag+"="); ok {
			return value
		}
		if a == flag && i+1 < len(args) {
			return args[i+1]
		}
	}
	return ""
}

// A fault ends a command: what is wrong, what to do about it, and how the program exits.
type fault struct {
	status int
	what   layers.Note
	place  []string    // lines that show where, safe to print
	hint   layers.Note // ID "" for none
}

// The exit statuses.
const (
	statusFailed = 1
	statusUsage  = 2
)

func (f *fault) Error() string { return f.what.ID }

func failed(what layers.Note, hint ...layers.Note) error { return newFault(statusFailed, what, hint) }

func wrongUsage(what layers.Note, hint ...layers.Note) error {
	return newFault(statusUsage, what, hint)
}

func newFault(status int, what layers.Note, hint []layers.Note) error {
	f := &fault{status: status, what: what}
	if len(hint) > 0 {
		f.hint = hint[0]
	}
	return f
}

// errReported ends a command that failed and has already said why.
var errReported = errors.New("reported")

// report says what ended the program and returns its exit status: the first that is not 0, if several things did.
func (p *program) report(err error) int {
	if several, ok := err.(interface{ Unwrap() []error }); ok {
		status := 0
		var told []error
		for _, one := range several.Unwrap() {
			if slices.ContainsFunc(told, func(e error) bool { return errors.Is(one, e) || errors.Is(e, one) }) {
				continue
			}
			told = append(told, one)
			if s := p.report(one); status == 0 {
				status = s
			}
		}
		return status
	}
	var f *fault
	switch {
	case err == nil, errors.Is(err, syscall.EPIPE), errors.Is(err, io.ErrClosedPipe): // who reads no more wants no more
		return 0
	case errors.Is(err, errReported):
		return statusFailed
	case errors.As(err, &f):
		p.complain(p.words.Line(f.what))
		for _, line := range f.place {
			fmt.Fprintf(p.stderr, "  %s\n", line)
		}
		if f.hint.ID != "" {
			p.hint(p.words.Line(f.hint))
		}
		return f.status
	}
	p.complain(err.Error())
	return statusFailed
}

func (p *program) complain(s string) { fmt.Fprintf(p.stderr, "mailwire: %s\n", terminal.Safe(s)) }

func (p *program) hint(s string) {
	fmt.Fprintf(p.stderr, "%s: %s\n", p.words.Label("cli.hint"), terminal.Safe(s))
}

// notice tells what the program is about, where nothing else would show it.
func (p *program) notice(n layers.Note) {
	p.complain(p.words.Line(n))
}

// word is an argument of a sentence of the command line.
func word(name, value string) layers.Arg { return layers.A(name, layers.String(value)) }
