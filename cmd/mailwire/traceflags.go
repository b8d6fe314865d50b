package main

import (
	"strings"

	"github.com/spf13/cobra"

	"mailwire/cmd/internal/jsonl"
	"mailwire/cmd/internal/terminal"
	"mailwire/cmd/internal/text"
	"mailwire/layers"
	"mailwire/layers/trace"
)

// traceFlags are the flags of every command that prints a trace.
type traceFlags struct {
	layers []string
	detail string
	format string
	color  string
	notes  string
	width  int
	ascii  bool
	quiet  bool
}

var (
	detailNames  = []string{"story", "packets", "fields", "bytes"}
	notesNames   = []string{"first", "all", "none"}
	formatNames  = []string{"text", "json"}
	colorNames   = []string{"auto", "always", "never"}
	explainModes = []text.Explain{text.FirstTime, text.Always, text.Never}
)

func (f *traceFlags) add(c *cobra.Command, p *program) {
	flags := c.Flags()
	usage := func(name string) string { return p.words.Label("cli.flag." + name) }
	flags.StringSliceVar(&f.layers, "layer", nil, usage("layer"))
	flags.StringVar(&f.detail, "detail", "packets", usage("detail"))
	flags.StringVar(&f.format, "format", "text", usage("format"))
	flags.StringVar(&f.notes, "notes", "first", usage("notes"))
	flags.StringVar(&f.color, "color", "auto", usage("color"))
	flags.IntVar(&f.width, "width", 0, usage("width"))
	flags.BoolVar(&f.ascii, "ascii", false, usage("ascii"))
	flags.BoolVar(&f.quiet, "quiet", false, usage("quiet"))
	for name, values := range map[string][]string{"layer": layerNames(), "detail": detailNames, "format": formatNames, "notes": notesNames, "color": colorNames} {
		_ = c.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
	}
}

func layerNames() []string {
	var names []string
	for _, l := range layers.All {
		names = append(names, l.String())
	}
	return names
}

// face makes the face that the flags ask for, on standard output.
func (f *traceFlags) face(p *program) (trace.Face, error) {
	only, err := f.onlyLayers(p)
	if err != nil {
		return nil, err
	}
	detail, err := p.choice("detail", f.detail, detailNames)
	if err != nil {
		return nil, err
	}
	explain, err := p.choice("notes", f.notes, notesNames)
	if err != nil {
		return nil, err
	}
	format, err := p.choice("format", f.format, formatNames)
	if err != nil {
		return nil, err
	}
	if _, err := p.choice("color", f.color, colorNames); err != nil {
		return nil, err
	}
	if formatNames[format] == "json" {
		return jsonl.New(p.stdout, jsonl.Options{Lexicon: p.words, Bytes: text.Detail(detail) == text.Bytes, Layers: only, Quiet: f.quiet}), nil
	}
	width := f.width
	if width == 0 {
		width = terminal.Width(p.stdout.stream)
	}
	return text.New(p.stdout, text.Options{
		Lexicon: p.words, Width: min(max(width, terminal.NarrowestWidth), terminal.WidestWidth), Colors: terminal.Colors(p.stdout.stream, f.color),
		ASCII: f.ascii, Detail: text.Detail(detail), Explain: explainModes[explain], Layers: only, Quiet: f.quiet,
	}), nil
}

func (f *traceFlags) onlyLayers(p *program) ([]layers.Layer, error) {
	var only []layers.Layer
	for _, name := range f.layers {
		i, err := p.choice("layer", strings.TrimSpace(name), layerNames())
		if err != nil {
			return nil, err
		}
		only = append(only, layers.All[i])
	}
	return only, nil
}

// choice finds the value of a flag among those it may have.
func (p *program) choice(flag, value string, names []string) (int, error) {
	for i, name := range names {
		if name == value {
			return i, nil
		}
	}
	what := layers.N("cli.flag-choice", word("flag", "--"+flag), word("value", value))
	if near := nearest(value, names); near != "" {
		return 0, wrongUsage(what, layers.N("cli.near", word("name", near)))
	}
	return 0, wrongUsage(what, layers.N("cli.one-of", word("names", strings.Join(names, ", "))))
}
