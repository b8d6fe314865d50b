package tcp

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

var scripts = flag.String("scripts", filepath.Join("testdata", "scripts"), "the folder of *.pkt to run")

// TestScripts runs each *.pkt below -scripts against the engine, which behaves as Linux is set by default: a minimum
// retransmission timeout of 200 ms, timestamps, and windows scaled by 7.
func TestScripts(t *testing.T) {
	var passed, failed, skipped int
	err := filepath.WalkDir(*scripts, func(path string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".pkt" {
			return err
		}
		t.Run(strings.TrimPrefix(path, *scripts+"/"), func(t *testing.T) {
			var no skip
			switch err := runScript(path); {
			case errors.As(err, &no):
				skipped++
				t.Skipf("not for us: %v", err)
			case err != nil:
				failed++
				t.Error(err)
			default:
				passed++
			}
		})
		return nil
	})
	t.Logf("%d passed, %d failed, %d not for us", passed, failed, skipped)
	if err != nil || passed+failed+skipped == 0 {
		t.Errorf("no scripts in %s (%v)", *scripts, err)
	}
}

// A script whose expectation is wrong fails, and one that asks for what the engine does not have is no pass.
func TestScriptsFail(t *testing.T) {
	const open = "0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n+0 bind(3, ..., ...) = 0\n+0 listen(3, 1) = 0\n+0 < S 0:0(0) win 9000 <mss 1000>\n"
	for _, row := range []struct {
		line string
		skip bool
	}{
		{"+.3 > S. 0:0(0) ack 1 <mss 1460>", false}, // too late
		{"+0 > S. 0:0(0) ack 2 <mss 1460>", false},
		{"+0 > S. 0:0(0) ack 1 <mss 1000>", false},
		{"+0 > S. 0:0(0) ack 1 win 5 <mss 1460>", false},
		{"+0 > . 0:0(0) ack 1 <mss 1460>", false},
		{"+0 accept(3, ..., ...) = 4", false},
		{"+0 > SE. 0:0(0) ack 1 <mss 1460>", true},
		{"+0 %{ assert tcpi_snd_cwnd == 10 }%", true},
		{"+0 splice(3) = 0", true},
	} {
		file := filepath.Join(t.TempDir(), "wrong.pkt")
		if err := os.WriteFile(file, []byte(open+row.line+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		err := runScript(file)
		var no skip
		if err == nil || errors.As(err, &no) != row.skip {
			t.Errorf("%s: %v", row.line, err)
		}
	}
}

// A player runs one script: it is the remote host, and the programs of the local one.
type player struct {
	now, last time.Time
	stack     *Stack
	config    Config
	sockets   map[int]*socket
	conn      *Conn
	sent      []sentSegment
	tolerance time.Duration
	stamps    uint32 // what the live clock is ahead of the script's
	stamped   bool
	waiting   []blocked
}

type socket struct {
	listener *Listener
	conn     *Conn
	config   Config
}

type sentSegment struct {
	at time.Time
	Segment
}

type blocked struct {
	until time.Time
	do    func() error
}

func runScript(path string) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	s, err := parseScript(string(b))
	if err != nil {
		return err
	}
	p := &player{now: epoch, last: epoch, sockets: map[int]*socket{}, tolerance: 4 * time.Millisecond}
	p.config = Config{MSS: 1460, WindowScaling: true, SACK: true, Timestamps: true, ReceiveBuffer: 6 << 20, SendBuffer: 4 << 20,
		MinimumRTO: 200 * time.Millisecond}
	for _, e := range s.events {
		// How large the host's buffers are is told by the scale that the script expects.
		if m := ownScale.FindStringSubmatch(e.text); m != nil {
			shift, _ := strconv.Atoi(m[1])
			p.config.ReceiveBuffer = 0xffff << min(shift, 14)
			p.config.WindowScaling = true
		}
	}
	if err := p.settings(s); err != nil {
		return err
	}
	p.stack = NewStack(p.config, Secret{1}, func() uint64 { return 1 })
	for i := range s.events {
		if err := p.play(&s.events[i]); err != nil {
			return fmt.Errorf("%s:%d: %s: %w", path, s.events[i].line, s.events[i].text, err)
		}
	}
	if err := p.finishBlocked(p.now.Add(time.Hour)); err != nil {
		return err
	}
	return nil
}

var ownScale = regexp.MustCompile(`^>.* S.*wscale (\d+)`)

var sysctl = regexp.MustCompile(`(tcp_\w+)\s*=\s*"?(\w+)`)

func (p *player) settings(s *script) error {
	for name, value := range map[string]string{"ip_version": "ipv4", "mtu": "", "mss": "", "tolerance_usecs": ""} {
		v, ok := s.options[name]
		if !ok {
			continue
		}
		n, _ := strconv.Atoi(v)
		switch name {
		case "ip_version":
			if v != value {
				return skip{"ip_version " + v}
			}
		case "mtu":
			p.config.MSS = n - 40
		case "mss":
			p.config.MSS = n
		case "tolerance_usecs":
			p.tolerance = time.Duration(n) * time.Microsecond
		}
	}
	for _, line := range s.shell {
		for _, m := range sysctl.FindAllStringSubmatch(line, -1) {
			on := m[2] != "0"
			switch m[1] {
			case "tcp_sack":
				p.config.SACK = on
			case "tcp_timestamps":
				p.config.Timestamps = on
			case "tcp_window_scaling":
				p.config.WindowScaling = on
			case "tcp_congestion_control":
				if m[2] != "reno" && m[2] != "newreno" {
					return skip{"congestion control " + m[2]}
				}
			}
		}
		if strings.Contains(line, "initcwnd") {
			f := strings.Fields(line[strings.Index(line, "initcwnd"):])
			if len(f) > 1 {
				p.config.InitialWindow, _ = strconv.Atoi(strings.Trim(f[1], "`;"))
			}
		}
	}
	return nil
}

// run lets time pass until end, and notes what is sent when.
func (p *player) run(end time.Time) {
	for {
		p.collect()
		due := p.stack.Deadline()
		if due.IsZero() || due.After(end) {
			break
		}
		if due.After(p.now) {
			p.now = due
		}
		p.stack.Expire(p.now)
	}
	if end.After(p.now) {
		p.now = end
	}
}

func (p *player) collect() {
	for {
		if _, _, ok := p.stack.Next(); !ok {
			break
		}
	}
	var o Outgoing
	for p.stack.NextSegment(p.now, &o) {
		o.Segment.Payload = append([]byte(nil), o.Segment.Payload...)
		p.sent = append(p.sent, sentSegment{p.now, o.Segment})
	}
}

func (p *player) play(e *scriptEvent) error {
	from, to := epoch.Add(e.from), epoch.Add(e.to)
	if e.relative {
		from, to = p.last.Add(e.from), p.last.Add(e.to)
	}
	if strings.HasPrefix(e.text, ">") {
		return p.expect(e, from, to)
	}
	if e.any {
		from, to = p.now, p.now
	}
	// What arrives at the instant at which a call returns may be what it waits for.
	returned := from
	if strings.HasPrefix(e.text, "<") {
		returned = from.Add(-1)
	}
	if err := p.finishBlocked(returned); err != nil {
		return err
	}
	p.run(from)
	p.last = from
	switch {
	case strings.HasPrefix(e.text, "<"):
		k, err := parsePacket(e.text)
		if err != nil {
			return err
		}
		p.inject(k)
	case strings.HasPrefix(e.text, "`"):
	default:
		err := p.call(e, to)
		p.collect()
		return err
	}
	p.collect()
	return nil
}

// finishBlocked ends the calls that were to return before t.
func (p *player) finishBlocked(t time.Time) error {
	for len(p.waiting) > 0 && !p.waiting[0].until.After(t) {
		w := p.waiting[0]
		p.waiting = p.waiting[1:]
		p.run(w.until)
		if err := w.do(); err != nil {
			return err
		}
	}
	return nil
}

func (p *player) inject(k *scriptPacket) {
	s := k.segment
	s.SourcePort, s.DestinationPort = peerAddr.Port(), localAddr.Port()
	s.Payload = make([]byte, k.length)
	if !k.win {
		s.Window = 0xffff
	}
	if p.conn != nil {
		if s.Flags.Has(ACK) {
			s.Ack = p.conn.send.iss.Add(int(s.Ack))
		}
		for i := range s.Options.SACKBlocks() {
			b := &s.Options.SACK[i]
			b.Left, b.Right = p.conn.send.iss+b.Left, p.conn.send.iss+b.Right
		}
	}
	if k.stamp {
		s.Options.TSValue, s.Options.TSReply = k.val, k.ecr+p.stamps
	}
	p.stack.Receive(p.now, peerAddr.Addr(), localAddr.Addr(), &s)
	if c := p.stack.Lookup(localAddr, peerAddr); c != nil {
		p.conn = c
	}
}

// expect waits for the segments of one line, and compares.
func (p *player) expect(e *scriptEvent, from, to time.Time) error {
	k, err := parsePacket(e.text)
	if err != nil {
		return err
	}
	if e.any {
		from, to = p.last, p.last.Add(time.Hour)
	}
	slack := max(p.tolerance, from.Sub(p.last)/8)
	got := Segment{}
	var at time.Time
	for first := true; first || len(got.Payload) < k.length; first = false {
		if err := p.await(to.Add(slack)); err != nil {
			return err
		}
		next := p.sent[0]
		p.sent = p.sent[1:]
		if first {
			at, got = next.at, next.Segment
			continue
		}
		if next.Seq != got.End() {
			break
		}
		got.Payload = append(got.Payload, next.Payload...)
		got.Flags |= next.Flags
	}
	if at.Before(from.Add(-slack)) || at.After(to.Add(slack)) {
		return fmt.Errorf("sent at %v, want %v to %v", at.Sub(epoch), from.Sub(epoch), to.Sub(epoch))
	}
	p.last = from
	if e.any || from != to {
		p.last = at
	}
	return p.compare(k, &got)
}

// await lets time pass until a segment was sent.
func (p *player) await(end time.Time) error {
	for len(p.sent) == 0 {
		p.collect()
		if len(p.sent) > 0 {
			return nil
		}
		due := p.stack.Deadline()
		if len(p.waiting) > 0 && (due.IsZero() || p.waiting[0].until.Before(due)) {
			due = p.waiting[0].until
		}
		if due.IsZero() || due.After(end) {
			return errors.New("nothing was sent")
		}
		if err := p.finishBlocked(due); err != nil {
			return err
		}
		p.run(due)
	}
	return nil
}

func (p *player) compare(k *scriptPacket, got *Segment) error {
	want := k.segment
	if p.conn != nil {
		want.Seq += p.conn.send.iss
	}
	if k.stamp && got.Options.HasTimestamps {
		if !p.stamped {
			p.stamped, p.stamps = true, got.Options.TSValue-k.val
		}
		want.Options.TSValue, want.Options.TSReply = got.Options.TSValue, k.ecr
	}
	if k.any {
		want.Options = got.Options
	}
	if !k.win {
		want.Window = got.Window
	}
	if !want.Flags.Has(ACK) {
		want.Ack = got.Ack
	}
	if got.Flags != want.Flags || got.Seq != want.Seq || got.Ack != want.Ack || len(got.Payload) != k.length ||
		got.Window != want.Window || got.Options != want.Options {
		s := story{conn: p.conn}
		return fmt.Errorf("sent %v seq %d len %d ack %d win %d %+v", got.Flags, got.Seq.Sub(s.iss()), len(got.Payload), got.Ack, got.Window, got.Options)
	}
	return nil
}

func (s *story) iss() Seq {
	if s.conn == nil {
		return 0
	}
	return s.conn.send.iss
}

var callForm = regexp.MustCompile(`^(\w+)\s*\((.*)\)\s*=\s*(-?\w+|\.\.\.)\s*(E\w+)?.*$`)

// call makes one system call of the local program.
func (p *player) call(e *scriptEvent, until time.Time) error {
	m := callForm.FindStringSubmatch(e.text)
	if m == nil {
		return skip{fmt.Sprintf("the call %q is not understood", e.text)}
	}
	name, args, errno := m[1], strings.Split(m[2], ","), m[4]
	want, _ := strconv.Atoi(m[3])
	number := func(i int) int {
		if i >= len(args) {
			return 0
		}
		n, _ := strconv.Atoi(strings.TrimSpace(args[i]))
		return n
	}
	if name == "socket" {
		if strings.Contains(m[2], "DGRAM") || strings.Contains(m[2], "MPTCP") {
			return skip{"another protocol"}
		}
		p.sockets[want] = &socket{config: p.config}
		return nil
	}
	k := p.sockets[number(0)]
	if k == nil {
		return skip{"a socket that is not TCP's"}
	}
	check := func(got int) error {
		if m[3] != "..." && got != want {
			return fmt.Errorf("%s = %d", name, got)
		}
		return nil
	}
	later := func(do func() error) error {
		if !e.blocking {
			return do()
		}
		p.waiting = append(p.waiting, blocked{until, do})
		return nil
	}
	switch name {
	case "bind", "fcntl", "ioctl", "poll":
		return check(want)
	case "listen":
		p.stack.config = k.config.withDefaults()
		k.listener, _ = p.stack.Listen(localAddr, number(1)+1)
		return check(0)
	case "accept":
		return later(func() error {
			c, ok := k.listener.Accept()
			if !ok {
				return check(-1)
			}
			p.sockets[want] = &socket{conn: c, config: k.config}
			return check(want)
		})
	case "connect":
		if k.conn == nil {
			k.conn, _ = p.stack.Connect(p.now, localAddr, peerAddr, &k.config)
			p.conn = k.conn
		}
		return later(func() error {
			switch {
			case errno == "EINPROGRESS":
				return check(-1)
			case k.conn.State() == Established:
				return check(0)
			}
			return check(-1)
		})
	case "setsockopt":
		return p.setOption(k, args)
	case "getsockopt":
		if strings.Contains(m[2], "SO_ERROR") {
			return nil
		}
		return skip{"getsockopt" + args[2]}
	}
	if k.conn == nil && slices.Contains([]string{"write", "send", "sendto", "read", "recv", "recvfrom", "shutdown"}, name) {
		return check(-1) // ENOTCONN
	}
	switch name {
	case "write", "send", "sendto":
		n := number(2)
		got, err := k.conn.Write(make([]byte, n))
		if err != nil {
			got = -1
		}
		return check(got)
	case "read", "recv", "recvfrom":
		return later(func() error {
			got, err := k.conn.Read(make([]byte, number(2)))
			if err != nil && err != io.EOF || got == 0 && err == nil {
				got = -1
			}
			return check(got)
		})
	case "shutdown":
		if !strings.Contains(m[2], "SHUT_RD)") && strings.TrimSpace(args[1]) != "SHUT_RD" {
			k.conn.CloseWrite()
		}
		return check(0)
	case "close":
		if k.conn != nil {
			k.conn.Close()
		} else if k.listener != nil {
			k.listener.Close()
		}
		return check(0)
	}
	return skip{"the call " + name}
}

func (p *player) setOption(k *socket, args []string) error {
	if len(args) < 4 {
		return skip{"setsockopt"}
	}
	value := strings.Trim(strings.TrimSpace(args[3]), "[]")
	n, _ := strconv.Atoi(value)
	f := &k.config
	if k.conn != nil {
		f = k.conn.config
	}
	switch option := strings.TrimSpace(args[2]); option {
	case "SO_REUSEADDR", "SO_REUSEPORT":
	case "TCP_NODELAY":
		if k.conn != nil {
			own := *f
			k.conn.config, f = &own, &own
		}
		f.NoDelay = n != 0
	case "TCP_MAXSEG":
		f.MSS = n
	case "SO_RCVBUF":
		f.ReceiveBuffer = n
	case "SO_SNDBUF":
		f.SendBuffer = 2 * n
	case "TCP_USER_TIMEOUT":
		f.UserTimeout = time.Duration(n) * time.Millisecond
	default:
		return skip{"setsockopt " + option}
	}
	return nil
}
