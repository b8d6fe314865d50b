package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"mailwire/cmd/internal/terminal"
	"mailwire/layers"
	"mailwire/layers/anonymize"
	"mailwire/layers/capture"
	"mailwire/layers/trace"
)

// anonymizeRun writes a capture anew, with all replaced that tells of somebody. The file is read twice.
func anonymizeRun(p *program, names []string, o *replayOptions) error {
	name, target := names[0], o.anonymize
	info, err := os.Stat(name)
	if name == "-" || o.tail || len(names) > 1 || err == nil && !info.Mode().IsRegular() && !info.IsDir() {
		return wrongUsage(layers.N("cli.anonymize.input"), layers.N("cli.anonymize.keep"))
	}
	if written, err := os.Stat(target); err == nil && os.SameFile(info, written) {
		return wrongUsage(layers.N("cli.anonymize.original", word("file", target)), layers.N("cli.anonymize.rename"))
	}
	a := anonymize.New()
	follower := trace.NewFollower(trace.Options{ShowSecrets: true, Sealed: true}, a)
	damaged := p.eachFrame(name, follower.Frame, nil)
	var damage *capture.DamageError
	if damaged != nil && !errors.As(damaged, &damage) {
		return captureFault(name, damaged)
	}
	if err := follower.Close(); err != nil {
		return err
	}
	a.Learnt()
	out, err := createOutput(target, false)
	if err != nil {
		return failed(layers.N("cli.create", word("file", target), word("error", cause(err))), layers.N("cli.check-directory"))
	}
	packets, err := p.writeAnonymous(a, name, out.buffered)
	if err != nil && !errors.As(err, &damage) {
		return errors.Join(captureFault(name, err), out.discard())
	}
	if err := errors.Join(captureFault(name, damaged), out.commit()); err != nil {
		return err
	}
	_, err = fmt.Fprintln(p.stdout, terminal.Safe(p.words.Label("cli.anonymize.done", word("file", target), layers.A("packets", layers.Int(packets)),
		layers.A("addresses", layers.Int(a.Addresses())), layers.A("words", layers.Int(a.Words())))))
	return err
}

// writeAnonymous writes each frame as the anonymizer makes it, with the names of the addresses.
func (p *program) writeAnonymous(a *anonymize.Anonymizer, name string, w io.Writer) (packets int, err error) {
	writer, err := capture.NewWriter(w, "mailwire")
	if err != nil {
		return 0, err
	}
	err = p.eachFrame(name, func(f *layers.Frame) error {
		packets++
		return writer.Frame(a.Frame(f), "")
	}, func(told []capture.Name) error {
		names := make([]capture.Name, len(told))
		for i, n := range told {
			names[i] = capture.Name(a.Name(trace.Name(n)))
		}
		return writer.Names(names)
	})
	return packets, err
}

// eachFrame reads a capture: each frame, and before it the names told there. The error is a *capture.DamageError when all was
// read that could be.
func (p *program) eachFrame(name string, frame func(*layers.Frame) error, names func([]capture.Name) error) error {
	r, err := p.openCapture(context.Background(), name)
	if err != nil {
		return err
	}
	var damaged error
	for {
		f, err := r.Next()
		if told := r.Names(); names != nil && len(told) > 0 {
			if err := names(told); err != nil {
				return err
			}
		}
		var damage *capture.DamageError
		switch {
		case errors.Is(err, io.EOF):
			return damaged
		case errors.As(err, &damage):
			damaged = damage
			continue
		case err != nil:
			return err
		case f == nil:
			continue
		}
		if err := frame(f); err != nil {
			return err
		}
	}
}
