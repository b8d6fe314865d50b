package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"mailwire/cmd/internal/terminal"
	"mailwire/layers"
	"mailwire/scenarios"
)

// scenarioMax is how many bytes a scenario file may have.
const scenarioMax = 4 << 20

// scenarioSource finds the file of a scenario: a shipped one by its name, another by its path, "-" on standard input.
func (p *program) scenarioSource(name string) ([]byte, error) {
	if source, ok := scenarios.Shipped(name); ok {
		return source, nil
	}
	in := p.stdin
	if name != "-" {
		file, err := os.Open(name)
		if errors.Is(err, fs.ErrNotExist) && !strings.ContainsAny(name, `/.\`) {
			return nil, p.unknown("scenario", name, scenarios.Names())
		}
		if err != nil {
			return nil, fileFault(name, err)
		}
		defer file.Close()
		in = file
	}
	source, err := io.ReadAll(io.LimitReader(in, scenarioMax+1))
	switch {
	case err != nil:
		return nil, fileFault(name, err)
	case len(source) > scenarioMax:
		return nil, failed(layers.N("cli.scenario-too-large", word("file", name)))
	}
	return source, nil
}

// loadScenario reads a scenario. Its faults are printed, all of them.
func (p *program) loadScenario(name string, set map[string]string) (*scenarios.Scenario, error) {
	source, err := p.scenarioSource(name)
	if err != nil {
		return nil, err
	}
	s, err := scenarios.Load(source, set)
	var faults scenarios.Faults
	var parameter *scenarios.ParameterError
	switch {
	case errors.As(err, &faults):
		p.printFaults(name, faults)
		return nil, failed(layers.N("cli.scenario-faults", word("file", name), layers.A("count", layers.Int(len(faults)))))
	case errors.As(err, &parameter) && parameter.Exists:
		_, err := p.choice("set", parameter.Value, parameter.Known)
		return nil, err
	case errors.As(err, &parameter):
		return nil, p.unknown("parameter", parameter.Name, parameter.Known)
	}
	return s, err
}

// printFaults writes each fault as file:line:column, the line itself with a mark under the place, and what would be
// right.
func (p *program) printFaults(name string, faults scenarios.Faults) {
	for _, f := range faults {
		fmt.Fprintf(p.stderr, "%s:%d:%d: %s\n", terminal.Safe(name), f.Line, f.Column, terminal.Safe(p.words.Line(f.What)))
		if source := terminal.Safe(f.Source); strings.TrimSpace(source) != "" {
			fmt.Fprintf(p.stderr, "    %s\n    %s^\n", source, strings.Repeat(" ", min(f.Column-1, len(source))))
		}
		if f.Right.ID != "" {
			fmt.Fprintf(p.stderr, "    %s\n", terminal.Safe(p.words.Line(f.Right)))
		}
	}
}

// fileFault says why a file cannot be opened, and what to do about it.
func fileFault(name string, err error) error {
	switch info, statErr := os.Stat(name); {
	case errors.Is(err, fs.ErrNotExist):
		return failed(layers.N("cli.no-file", word("file", name)))
	case errors.Is(err, fs.ErrPermission):
		return failed(layers.N("cli.no-permission", word("file", name)), layers.N("cli.give-permission", word("file", name)))
	case statErr == nil && info.IsDir():
		return failed(layers.N("cli.directory", word("file", name)))
	}
	return failed(layers.N("cli.open", word("file", name), word("error", err.Error())))
}
