package main

import (
	"context"
	"errors"
	"io"
	"os"
	"os/signal"
	"syscall"

	"mailwire/cmd/internal/host"
	"mailwire/layers"
	"mailwire/layers/capture"
	"mailwire/layers/trace"
)

// untilSignal is a context that ends when somebody wants the program to stop: the first signal lets it finish what it is
// about, the second ends it as usual.
func untilSignal() (context.Context, context.CancelFunc) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	return ctx, stop
}

// untilStopped is untilSignal where captures may keep the program waiting. One that lies there whole is just read: a signal
// ends that as it ends any program.
func (p *program) untilStopped(names []string, tail bool) (context.Context, context.CancelFunc) {
	for _, name := range names {
		if info, err := os.Stat(name); tail || name == "-" || err == nil && !info.Mode().IsRegular() {
			return untilSignal()
		}
	}
	return context.WithCancel(context.Background())
}

// openCaptures opens the captures to be replayed as one source. Among several, one that cannot be read is reported and
// left out; refused then says that the command has failed, whatever comes.
func (p *program) openCaptures(ctx context.Context, names []string) (source trace.Source, refused error, err error) {
	if len(names) == 1 {
		reader, err := p.openCapture(ctx, names[0])
		return reader, nil, err
	}
	var inputs []capture.Input
	for _, name := range names {
		reader, err := p.openCapture(ctx, name)
		if err != nil {
			p.report(err)
			refused = errReported
			continue
		}
		inputs = append(inputs, capture.Input{Name: name, Reader: reader})
	}
	if len(inputs) == 0 {
		return nil, nil, errReported
	}
	return capture.Merge(inputs), refused, nil
}

// openCapture opens a capture file; a hyphen stands for standard input. The file is read until the program ends.
func (p *program) openCapture(ctx context.Context, name string) (*capture.Reader, error) {
	in, err := p.openInput(ctx, name)
	if err != nil {
		return nil, err
	}
	reader, err := capture.Open(in)
	if err != nil {
		return nil, captureFault(name, err)
	}
	return reader, nil
}

func (p *program) openInput(ctx context.Context, name string) (io.Reader, error) {
	if name == "-" {
		return host.NewInput(ctx, p.stdin, p.idle), nil
	}
	if err := checkNoDirectory(name); err != nil {
		return nil, err
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, fileFault(name, err)
	}
	if info, err := file.Stat(); err == nil && !info.Mode().IsRegular() {
		return host.NewInput(ctx, file, p.idle), nil // a pipe or a device may keep us waiting
	}
	return &growing{file, p.idle}, nil
}

func checkNoDirectory(name string) error {
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		return failed(layers.N("cli.directory", word("file", name)))
	}
	return nil
}

// follow opens a capture file that grows.
func (p *program) follow(ctx context.Context, name string) (trace.Source, error) {
	if err := checkNoDirectory(name); err != nil {
		return nil, err
	}
	p.notice(layers.N("cli.following", word("file", name)))
	source, err := host.Follow(ctx, name, p.idle)
	var path *os.PathError
	switch {
	case errors.As(err, &path):
		return nil, fileFault(name, err)
	case err != nil:
		return nil, captureFault(name, err)
	}
	return source, nil
}

// captureFault says what is wrong with a capture: it is none, it is damaged, or the system cannot read it. That it was
// stopped is no fault.
func captureFault(name string, err error) error {
	if several, ok := err.(interface{ Unwrap() []error }); ok {
		var faults []error
		for _, one := range several.Unwrap() {
			faults = append(faults, captureFault(name, one))
		}
		return errors.Join(faults...)
	}
	var format *capture.FormatError
	var damage *capture.DamageError
	switch {
	case errors.Is(err, host.ErrStopped):
		return nil
	case errors.As(err, &format):
		return failed(layers.N("cli.no-capture", word("file", name)), format.Note())
	case errors.As(err, &damage):
		if damage.File != "" {
			name = damage.File
		}
		return failed(layers.N("cli.damaged", word("file", name), layers.A("offset", layers.Int(damage.Offset))))
	}
	return err
}
