package main

import (
	"context"
	"encoding/binary"
	"errors"
	"net"
	"slices"
	"sync"
	"time"

	"mailwire/cmd/internal/host"
	"mailwire/cmd/internal/pcapng"
	"mailwire/layers"
	"mailwire/layers/capture"
	"mailwire/layers/trace"
)

// A recorder writes the real packets of the served host's clients into a capture, each with its explanation, and the secrets of
// their TLS sessions in front of them.
type recorder struct {
	mu       sync.Mutex // a secret comes in a turn of the world, packets when they do
	face     *pcapng.Face
	follower *trace.Follower
	out      *output
	live     *host.Live
	ports    []uint16
	frames   int
	stop     context.CancelFunc
	ended    chan error
}

// record begins to record; without --write there is nothing to do.
func (p *program) record(f *writeFlags, open []host.Door) (*recorder, error) {
	if f.file == "" {
		return nil, nil
	}
	if f.file == "-" {
		return nil, wrongUsage(layers.N("cli.serve-write-file"))
	}
	at := interfaceOf(open)
	ctx, stop := context.WithCancel(context.Background())
	r := &recorder{stop: stop, ended: make(chan error, 1)}
	for _, d := range open {
		r.ports = append(r.ports, addressOf(d).Port())
	}
	var err error
	if r.live, err = host.Capture(ctx, at, r.flush); err != nil {
		stop()
		return nil, p.interfaceFault(at, err)
	}
	if r.out, err = f.output(p); err == nil {
		r.face, err = pcapng.New(blocks{r.out.buffered}, newWords(p.words.Language()))
	}
	if err != nil {
		stop()
		return nil, errors.Join(err, r.live.Close())
	}
	r.follower = trace.NewFollower(trace.Options{}, r.face)
	go func() { r.ended <- r.follow() }()
	return r, nil
}

// interfaceOf is the interface through which clients come: that of this computer's own packets, or any.
func interfaceOf(open []host.Door) string {
	for _, d := range open {
		if !addressOf(d).Addr().IsLoopback() {
			return host.Any
		}
	}
	list, err := net.Interfaces()
	if err != nil {
		return host.Any
	}
	for _, i := range list {
		if i.Flags&net.FlagLoopback != 0 {
			return i.Name
		}
	}
	return host.Any
}

// follow takes packets until it is stopped.
func (r *recorder) follow() error {
	for {
		frame, err := r.live.Next()
		switch {
		case errors.Is(err, host.ErrStopped):
			return r.follower.Close()
		case err != nil:
			return errors.Join(err, r.follower.Close())
		case frame != nil && r.wants(frame):
			if err := r.take(frame); err != nil {
				return err
			}
		}
	}
}

func (r *recorder) take(frame *layers.Frame) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.frames++
	frame.Number = r.frames
	return r.follower.Frame(frame)
}

// wants tells whether a frame goes to one of the doors or comes from one.
func (r *recorder) wants(f *layers.Frame) bool {
	header := 14 // Ethernet
	if f.Interface.LinkType == layers.LinkTypeSLL2 {
		header = 20
	}
	const tcp = 6
	ip := f.Data[min(header, len(f.Data)):]
	switch {
	case len(ip) > 20 && ip[0]>>4 == 4 && ip[9] == tcp:
		ip = ip[min(int(ip[0]&15)*4, len(ip)):]
	case len(ip) > 40 && ip[0]>>4 == 6 && ip[6] == tcp:
		ip = ip[40:]
	default:
		return false
	}
	return len(ip) >= 4 && (slices.Contains(r.ports, binary.BigEndian.Uint16(ip)) || slices.Contains(r.ports, binary.BigEndian.Uint16(ip[2:])))
}

// Write takes a line of the key log of a TLS session, before anything is sent that needs it.
func (r *recorder) Write(line []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	secret := trace.Secret{Type: capture.SecretsTLS, Data: slices.Clone(line)}
	r.follower.Learn(secret)
	return len(line), r.face.Show(trace.Secrets{secret})
}

// flush brings out what there is before it waits for more.
func (r *recorder) flush() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.out.buffered.Flush()
}

// lastPackets is how long the packets of connections that have just ended are waited for.
const lastPackets = 200 * time.Millisecond

// close ends the capture.
func (r *recorder) close() error {
	if r == nil {
		return nil
	}
	time.Sleep(lastPackets)
	r.stop()
	err := <-r.ended
	return errors.Join(err, r.live.Close(), r.out.commit())
}
