package host

import (
	"context"
	"io"
	"time"
)

// grace is how long an input may still deliver after the stop: the program that writes it is often stopped by the same
// key, and has something left to write.
const grace = 500 * time.Millisecond

// An Input reads from a reader that may wait for ever, such as a pipe, and can be stopped.
type Input struct {
	ctx    context.Context
	idle   Idle
	pieces chan piece
	free   chan []byte
	piece  piece
	late   <-chan time.Time // once stopped: the end of the grace
}

type piece struct {
	whole, rest []byte
	err         error
}

// NewInput returns an input that reads r, from now on, until ctx ends.
func NewInput(ctx context.Context, r io.Reader, idle Idle) *Input {
	i := &Input{ctx: ctx, idle: idle, pieces: make(chan piece, 1), free: make(chan []byte, 3)}
	for range cap(i.free) {
		i.free <- make([]byte, 64<<10)
	}
	go i.fetch(r)
	return i
}

// fetch reads on for ever; a process that ends does not wait for it.
func (i *Input) fetch(r io.Reader) {
	for b := range i.free {
		n, err := r.Read(b)
		i.pieces <- piece{whole: b, rest: b[:n], err: err}
		if err != nil {
			return
		}
	}
}

// Read returns what came; after the stop [ErrStopped], unless more comes at once.
func (i *Input) Read(b []byte) (int, error) {
	for len(i.piece.rest) == 0 {
		if i.piece.err != nil {
			return 0, i.piece.err
		}
		if i.piece.whole != nil {
			i.free <- i.piece.whole
			i.piece.whole = nil
		}
		if err := i.wait(); err != nil {
			return 0, err
		}
	}
	n := copy(b, i.piece.rest)
	i.piece.rest = i.piece.rest[n:]
	return n, nil
}

// wait takes the next piece.
func (i *Input) wait() error {
	select {
	case i.piece = <-i.pieces:
		return nil
	default:
	}
	if err := i.idle(); err != nil {
		return err
	}
	stop := i.ctx.Done()
	for {
		if i.late != nil {
			stop = nil
		}
		select {
		case i.piece = <-i.pieces:
			return nil
		case <-stop:
			i.late = time.After(grace)
		case <-i.late:
			return ErrStopped
		}
	}
}
