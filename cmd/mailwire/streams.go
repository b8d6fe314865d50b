package main

import (
	"bufio"
	"io"
)

// resultsAtOnce is how many bytes of results are gathered before they are written.
const resultsAtOnce = 1 << 16

// Results are what a command prints. They are gathered, and written when there are many, at the end, before anything is
// said on standard error, and before the program waits for more to explain: whoever waits calls Flush first. An error, as on
// a full disk, stays: Flush returns it again at the end.
type results struct {
	*bufio.Writer
	stream io.Writer // where they go, for its width and its colours
}

func newResults(stream io.Writer) *results {
	return &results{bufio.NewWriterSize(stream, resultsAtOnce), stream}
}

// Asides are what is said on standard error. They stand behind the results that came before them.
type asides struct {
	io.Writer
	results *results
}

func (r *asides) Write(b []byte) (int, error) {
	_ = r.results.Flush() // an error is reported at the end
	return r.Writer.Write(b)
}

// A growing source is read while it may still grow. To read on may take until somebody sends the next packet, so what has
// been explained is printed before.
type growing struct {
	io.Reader
	idle func() error
}

func (g *growing) Read(b []byte) (int, error) {
	if err := g.idle(); err != nil {
		return 0, err
	}
	return g.Reader.Read(b)
}
