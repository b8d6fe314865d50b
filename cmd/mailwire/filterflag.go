package main

import (
	"errors"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/spf13/cobra"

	"mailwire/cmd/internal/filter"
	"mailwire/cmd/internal/terminal"
	"mailwire/layers"
	"mailwire/layers/lexicon"
	"mailwire/layers/trace"
)

// filterFlag is the flag of the commands that can show a part of a trace.
type filterFlag struct{ expression string }

func (f *filterFlag) add(c *cobra.Command, p *program) {
	c.Flags().StringVar(&f.expression, "filter", "", p.words.Label("cli.flag.filter"))
	_ = c.RegisterFlagCompletionFunc("filter", completeFilter)
}

// face is the face that the trace's flags ask for, which is shown what fits the filter.
func (f *filterFlag) face(p *program, t *traceFlags) (trace.Face, error) {
	face, err := t.face(p)
	if err != nil {
		return nil, err
	}
	return f.wrap(p, face)
}

// wrap lets only what fits the filter through to a face; everything, where no filter is given.
func (f *filterFlag) wrap(p *program, face trace.Face) (trace.Face, error) {
	if f.expression == "" {
		return face, nil
	}
	parsed, err := filter.Parse(f.expression, filterWords(p.words))
	var wrong *filter.Error
	if errors.As(err, &wrong) {
		return nil, p.filterFault(wrong)
	}
	return filter.New(parsed, face), err
}

// filterWords are the names that the lexicon knows. Every protocol that mailwire reads has notes or fields under its name.
func filterWords(words *lexicon.Lexicon) filter.Words {
	known := filter.Words{Protocols: []string{"data"}} // of bytes that nobody understands
	for _, e := range words.Entries() {
		if e.Layer == 0 {
			continue
		}
		if !e.Label {
			known.Notes = append(known.Notes, e.ID)
		}
		if name, _, _ := strings.Cut(e.ID, "."); !slices.Contains(noProtocols, name) && !slices.Contains(known.Protocols, name) {
			known.Protocols = append(known.Protocols, name)
		}
	}
	return known
}

// noProtocols are those groups of the lexicon that explain something else.
var noProtocols = []string{
	"arc", "authentication", "capture", "dkim", "dmarc", "fragment", "header", "message", "mime", "port", "report", "spf", "trace",
}

// filterFault shows where an expression cannot be understood.
func (p *program) filterFault(e *filter.Error) error {
	what := layers.N("cli.filter.column", layers.A("column", layers.Int(e.Column())), word("what", p.words.Line(e.What)))
	before := terminal.Safe(e.Expression[:e.At])
	mark := max(1, ansi.StringWidth(terminal.Safe(e.Expression[e.At:e.End])))
	f := &fault{status: statusUsage, what: what, hint: e.Hint}
	f.place = []string{
		terminal.Safe(e.Expression),
		strings.Repeat(" ", ansi.StringWidth(before)) + strings.Repeat("^", mark),
	}
	return f
}

// filterHelp lists the words of an expression, each with an example and what it means.
func (p *program) filterHelp(b *strings.Builder, width int) {
	for _, line := range []struct{ example, meaning string }{
		{"host ana, host 192.0.2.0/24", "host"},
		{"from server, to server", "from"},
		{"port 25,587", "port"},
		{"smtp, tcp, ip, mail", "protocol"},
		{"stream 3", "stream"},
		{"packet 10..20", "packet"},
		{"verb RCPT", "verb"},
		{"code 550, code 5xx, status NO", "code"},
		{`text "invoice"`, "text"},
		{"note retransmission", "note"},
		{"time 09:00..09:05", "time"},
		{"and, or, not, ( )", "and"},
	} {
		row(b, "  "+line.example, p.words.Label("cli.filter.help."+line.meaning), 33, width)
	}
}

// completeFilter completes the last word of an expression.
func completeFilter(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	before, last := "", typed
	if i := strings.LastIndexAny(typed, " ("); i >= 0 {
		before, last = typed[:i+1], typed[i+1:]
	}
	var possible []string
	for _, w := range slices.Concat(filter.Keywords(), []string{"and", "or", "not"}) {
		if strings.HasPrefix(w, last) {
			possible = append(possible, before+w)
		}
	}
	return possible, cobra.ShellCompDirectiveNoSpace | cobra.ShellCompDirectiveNoFileComp
}
