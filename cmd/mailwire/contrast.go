package main

import (
	"errors"
	"path/filepath"

	"github.com/spf13/cobra"

	"mailwire/layers/trace"
	"mailwire/layers/trace/contrast"
	"mailwire/layers/trace/story"
	"mailwire/scenarios"
)

func addCompare(c *cobra.Command, p *program, name *string) {
	c.Flags().StringVar(name, "compare", "", p.words.Label("cli.flag.compare"))
	_ = c.RegisterFlagCompletionFunc("compare", cobra.FixedCompletions(scenarios.Names(), cobra.ShellCompDirectiveDefault))
}

// A listener hears the dialogues of a trace and its story, and shows the face nothing but the capture's damage.
type listener struct {
	face  trace.Face
	side  contrast.Side
	story story.Story
}

// Show takes what a comparison is about.
func (l *listener) Show(e trace.Event) error {
	switch e := e.(type) {
	case *trace.Message:
		l.side.Message(e.Stream, &e.Message)
	case *trace.Story:
		l.story = e.Story
	case *trace.Damage:
		return l.face.Show(e)
	}
	return nil
}

func (l *listener) sessions() []*contrast.Session { return l.side.Sessions(&l.story) }

// contrastSource lays the trace of a source beside that of a scenario, and says where they differ.
func (p *program) contrastSource(source trace.Source, o *replayOptions, name string) error {
	s, err := p.loadScenario(o.compare, nil)
	if err != nil {
		return err
	}
	face, err := o.trace.face(p)
	if err != nil {
		return err
	}
	ours, theirs := &listener{face: face}, &listener{face: face}
	damage := p.explainTo(ours, source, &o.explainFlags, name)
	if _, err := s.Run(scenarios.Options{Language: p.words.Language(), Face: theirs}); err != nil {
		return errors.Join(damage, err)
	}
	c := contrast.Compare(filepath.Base(name), s.Name, ours.sessions(), theirs.sessions())
	return errors.Join(face.Show(&trace.Comparison{Comparison: c}), damage)
}
