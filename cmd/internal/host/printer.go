package host

import (
	"io"
	"sync"
)

// printerHolds is how many bytes a printer keeps for a reader that is slow.
const printerHolds = 4 << 20

// A Printer writes in a goroutine of its own, so that a terminal that was stopped, or a pager that waits for its reader, does
// not at once stop whoever writes. What it keeps is bounded: then it makes its writers wait.
type Printer struct {
	w       io.Writer
	mu      sync.Mutex
	changed sync.Cond
	waiting []byte
	busy    bool
	err     error
}

// NewPrinter returns a printer that writes to w.
func NewPrinter(w io.Writer) *Printer {
	p := &Printer{w: w}
	p.changed.L = &p.mu
	return p
}

// Write keeps b to be written. The error is that of an earlier write.
func (p *Printer) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(p.waiting) >= printerHolds && p.err == nil {
		p.changed.Wait()
	}
	if p.err != nil {
		return 0, p.err
	}
	p.waiting = append(p.waiting, b...)
	if !p.busy {
		p.busy = true
		go p.print()
	}
	return len(b), nil
}

// print writes what waits, until nothing does.
func (p *Printer) print() {
	var b []byte
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(p.waiting) > 0 && p.err == nil {
		p.waiting, b = b[:0], p.waiting
		p.mu.Unlock()
		_, err := p.w.Write(b)
		p.mu.Lock()
		p.err = err
		p.changed.Broadcast()
	}
	p.busy = false
	p.changed.Broadcast()
}

// Flush waits until all is written.
func (p *Printer) Flush() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	for p.busy {
		p.changed.Wait()
	}
	return p.err
}
