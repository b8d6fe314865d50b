package host

import (
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"mailwire/sim"
	"mailwire/sim/mail"
)

// An inn is a world with one service: it says hello, repeats what it hears in capitals, and ends a session at the word "bye".
// A guest who asks to be woken is, a while later.
type inn struct {
	world   *sim.World
	mu      sync.Mutex // of what tests look at
	most    int        // bytes that have waited at once
	ends    []error
	refused int
	guests  []mail.Connection
	turned  error
}

var errFault = errors.New("nobody can be shown anything any more")

func (i *inn) World() *sim.World { return i.world }
func (i *inn) Turned() error     { return i.turned }

func (i *inn) Refuse(string, netip.AddrPort) []byte {
	i.refused++
	return []byte("full\n")
}

func (i *inn) Shutdown() {
	for _, g := range i.guests {
		g.Write([]byte("closing time\n"))
		g.Close()
	}
}

func (i *inn) Accept(_ string, c mail.Connection) error {
	g := &guest{inn: i, c: c}
	i.guests = append(i.guests, c)
	c.Attach(g)
	c.Write([]byte("hello\n"))
	return nil
}

type guest struct {
	inn *inn
	c   mail.Connection
}

func (g *guest) Received(b []byte) {
	switch word := string(b); {
	case strings.HasPrefix(word, "bye"):
		g.c.Write([]byte("good-bye\n"))
		g.c.Close()
	case strings.HasPrefix(word, "fail"):
		g.inn.turned = errFault
	case strings.HasPrefix(word, "wake"):
		g.inn.world.After(50*time.Millisecond, func() { g.c.Write([]byte("it is time\n")) })
	default:
		g.c.Write([]byte(strings.ToUpper(word)))
	}
	g.inn.mu.Lock()
	g.inn.most = max(g.inn.most, g.c.Waiting())
	g.inn.mu.Unlock()
}

func (g *guest) Drained()    {}
func (g *guest) PeerClosed() { g.c.Close() }
func (g *guest) Closed(err error) {
	g.inn.mu.Lock()
	g.inn.ends = append(g.inn.ends, err)
	g.inn.mu.Unlock()
}

// opened is an inn that is open until the test ends, or until close is called; then it tells how the serving ended.
func opened(t *testing.T, limits Limits) (i *inn, address string, close func() error) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	i = &inn{world: sim.New(time.Now(), 1)}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- Serve(ctx, i, []Door{{"talk", l}}, limits) }()
	var once sync.Once
	close = func() (err error) {
		once.Do(func() {
			stop()
			err = <-ended
		})
		return err
	}
	t.Cleanup(func() { close() })
	return i, l.Addr().String(), close
}

// visit opens a connection that gives up in time.
func visit(t *testing.T, address string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(20 * time.Second))
	return c
}

// hear reads until the peer closes.
func hear(t *testing.T, c net.Conn) string {
	t.Helper()
	b, err := io.ReadAll(c)
	if err != nil {
		t.Errorf("after %q: %v", b, err)
	}
	return string(b)
}

func listen(t *testing.T, c net.Conn, want string) {
	t.Helper()
	b := make([]byte, len(want))
	if n, err := io.ReadFull(c, b); err != nil || string(b) != want {
		t.Fatalf("%q, %v; want %q", b[:n], err, want)
	}
}

func TestServe(t *testing.T) {
	i, address, close := opened(t, Limits{})
	c := visit(t, address)
	listen(t, c, "hello\n")
	io.WriteString(c, "how are you?")
	listen(t, c, "HOW ARE YOU?")
	io.WriteString(c, "wake me")
	listen(t, c, "it is time\n") // while nothing comes from outside
	io.WriteString(c, "bye")
	if got := hear(t, c); got != "good-bye\n" {
		t.Errorf("%q", got)
	}
	c.Close()

	// Who has said all may still listen.
	c = visit(t, address)
	io.WriteString(c, "one thing")
	c.(*net.TCPConn).CloseWrite()
	if got := hear(t, c); got != "hello\nONE THING" {
		t.Errorf("%q", got)
	}
	c.Close()

	// Who is there at the end is told so.
	c = visit(t, address)
	listen(t, c, "hello\n")
	if err := close(); err != nil {
		t.Error(err)
	}
	if got := hear(t, c); got != "closing time\n" {
		t.Errorf("%q", got)
	}
	if len(i.ends) != 3 || errors.Join(i.ends...) != nil {
		t.Errorf("three sessions in order have ended with %v", i.ends)
	}
}

func TestServeSaysMuch(t *testing.T) {
	_, address, _ := opened(t, Limits{})
	c := visit(t, address)
	listen(t, c, "hello\n")
	much := strings.Repeat("all the same ", 1<<17)
	go func() {
		io.WriteString(c, much)
		c.(*net.TCPConn).CloseWrite()
	}()
	if got := hear(t, c); got != strings.ToUpper(much) {
		t.Errorf("%d bytes, want %d", len(got), len(much))
	}
}

func TestServeDropsWhoeverDoesNotRead(t *testing.T) {
	i, address, _ := opened(t, Limits{Stall: 300 * time.Millisecond})
	c := visit(t, address)
	said := 0
	for b := []byte(strings.Repeat("x", 1<<16)); ; said += len(b) {
		if _, err := c.Write(b); err != nil {
			break // it has been dropped
		}
		if said > 1<<30 {
			t.Fatal("a gigabyte was taken from somebody who reads nothing")
		}
	}
	late := time.Now().Add(10 * time.Second)
	for {
		i.mu.Lock()
		ends, most := len(i.ends), i.most
		i.mu.Unlock()
		if ends == 1 {
			if i.ends[0] == nil {
				t.Error("the program was not told why")
			}
			if most > 4*readSize {
				t.Errorf("%d bytes were kept for it", most)
			}
			return
		}
		if time.Now().After(late) {
			t.Fatal("the program was not told")
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func TestServeLimits(t *testing.T) {
	i, address, _ := opened(t, Limits{PerService: 2})
	first, second := visit(t, address), visit(t, address)
	listen(t, first, "hello\n")
	listen(t, second, "hello\n")
	if got := hear(t, visit(t, address)); got != "full\n" {
		t.Errorf("%q", got)
	}
	io.WriteString(first, "bye")
	hear(t, first)
	first.Close()
	for late := time.Now().Add(10 * time.Second); ; {
		c := visit(t, address)
		b := make([]byte, 6)
		if io.ReadFull(c, b); string(b) == "hello\n" {
			break
		}
		if time.Now().After(late) {
			t.Fatal("the place of somebody who has gone stays taken")
		}
		time.Sleep(10 * time.Millisecond)
	}
	if i.refused == 0 {
		t.Error("the world was not told of who was turned away")
	}
}

func TestServeEndsWithTheWorld(t *testing.T) {
	_, address, close := opened(t, Limits{})
	c := visit(t, address)
	listen(t, c, "hello\n")
	io.WriteString(c, "fail")
	hear(t, c)
	c.Close()
	if err := close(); !errors.Is(err, errFault) {
		t.Errorf("%v, want %v", err, errFault)
	}
}

func TestPrinterKeepsOrderAndErrors(t *testing.T) {
	r, w := io.Pipe()
	p := NewPrinter(w)
	var want strings.Builder
	go func() {
		for n := range 1000 {
			line := strings.Repeat("y", n) + "\n"
			want.WriteString(line)
			p.Write([]byte(line))
		}
		p.Flush()
		w.Close()
	}()
	if got, err := io.ReadAll(r); err != nil || string(got) != want.String() {
		t.Errorf("%d bytes (%v), want %d", len(got), err, want.Len())
	}
	r.Close()
	p.Write([]byte("nobody reads"))
	if err := p.Flush(); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("%v, want %v", err, io.ErrClosedPipe)
	}
	if _, err := p.Write([]byte("x")); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("%v, want %v", err, io.ErrClosedPipe)
	}
}
