package tcp

import "time"

// A Config is how a host's TCP behaves. The zero value of a number or duration means the default that is named; the
// switches are set by [Defaults] as most systems have them.
type Config struct {
	// MSS is the most bytes of data that a segment to this host may carry: the MTU of its interface less the fixed
	// headers, 40 bytes for IPv4 and 60 for IPv6 (RFC 9293 §3.7.1). 0: 1460 for IPv4, 1440 for IPv6.
	MSS int
	// ReceiveBuffer and SendBuffer are bounds in bytes. 0: 64240 and 128 KiB. Memory is used as bytes arrive.
	ReceiveBuffer, SendBuffer int

	WindowScaling bool // offer and accept window scale (RFC 7323 §2)
	SACK          bool // offer and use selective acknowledgements (RFC 2018)
	Timestamps    bool // offer and use timestamps (RFC 7323 §3)
	NoDelay       bool // send small segments at once: no Nagle's algorithm (RFC 9293 §3.7.4)

	// DelayedACK is how long an acknowledgement may wait for company; at most 500 ms (RFC 9293 §3.8.6.3). 0: 40 ms;
	// negative: none waits.
	DelayedACK time.Duration

	InitialRTO time.Duration // 0: 1 s (RFC 6298 §2.1)
	MinimumRTO time.Duration // 0: 1 s (RFC 6298 §2.4); Linux uses 200 ms
	MaximumRTO time.Duration // 0: 60 s (RFC 6298 §2.5)

	// UserTimeout is how long sent data may stay without any acknowledgement before the connection is given up
	// (RFC 9293 §3.8.3). 0: 5 min.
	UserTimeout time.Duration
	// OpenTimeout is the same for a SYN. 0: 3 min.
	OpenTimeout time.Duration
	// Retries, where positive, gives up after that many retransmissions in a row, even if no timeout has passed.
	Retries int

	// TimeWait is how long a closed connection lingers to answer a repeated FIN: twice the maximum segment lifetime
	// (RFC 9293 §3.4.2, §3.6.1). 0: 60 s, as Linux has it; the RFC's two minutes of MSL make 4 min.
	TimeWait time.Duration
	// FinWait2 is how long a connection that its program has closed wholly waits for the peer's FIN. 0: 60 s.
	FinWait2 time.Duration

	KeepAlive KeepAlive // off unless Idle is set

	// InitialWindow is the initial congestion window in segments. 0: by RFC 6928 §2, at most 10.
	InitialWindow int
	// Congestion makes the congestion control of a connection. nil: [NewReno].
	Congestion func() Congestion
}

// KeepAlive says when a silent peer is asked whether it still exists (RFC 9293 §3.8.4).
type KeepAlive struct {
	Idle     time.Duration // silence before the first probe; 0: none is ever sent. The RFC wants two hours or more
	Interval time.Duration // between probes; 0: 75 s
	Probes   int           // unanswered ones before the connection is given up; 0: 9
}

// Defaults is how most systems behave: window scaling and SACK on, timestamps off, Nagle's algorithm on.
func Defaults() Config { return Config{WindowScaling: true, SACK: true} }

// defaultReceiveBuffer is 44 segments of 1460 bytes, so that a window of whole segments needs no scaling.
const defaultReceiveBuffer = 44 * 1460

func orElse[T int | time.Duration](v, otherwise T) T {
	if v == 0 {
		return otherwise
	}
	return v
}

// withDefaults fills in what was left zero.
func (f Config) withDefaults() *Config {
	f.ReceiveBuffer = orElse(f.ReceiveBuffer, defaultReceiveBuffer)
	f.SendBuffer = orElse(f.SendBuffer, 128<<10)
	f.DelayedACK = min(orElse(f.DelayedACK, 40*time.Millisecond), 500*time.Millisecond)
	f.InitialRTO = orElse(f.InitialRTO, time.Second)
	f.MinimumRTO = orElse(f.MinimumRTO, time.Second)
	f.MaximumRTO = max(orElse(f.MaximumRTO, time.Minute), f.MinimumRTO)
	f.UserTimeout = orElse(f.UserTimeout, 5*time.Minute)
	f.OpenTimeout = orElse(f.OpenTimeout, 3*time.Minute)
	f.TimeWait = orElse(f.TimeWait, time.Minute)
	f.FinWait2 = orElse(f.FinWait2, time.Minute)
	f.KeepAlive.Interval = orElse(f.KeepAlive.Interval, 75*time.Second)
	f.KeepAlive.Probes = orElse(f.KeepAlive.Probes, 9)
	if f.Congestion == nil {
		f.Congestion = NewReno
	}
	return &f
}
