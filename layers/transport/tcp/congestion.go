package tcp

import "time"

// A Congestion decides how many bytes may be under way at once. One belongs to one connection. Which segments are lost
// and when they are sent again is not its business. Sizes are in bytes.
type Congestion interface {
	// Name is what the algorithm is called: "newreno".
	Name() string
	// Start sets the segment size and the initial window. It is called once the handshake has settled both.
	Start(mss, initial int)
	// Window is the congestion window, cwnd.
	Window() int
	// Threshold is where slow start ends, ssthresh.
	Threshold() int
	// Acknowledged tells that new data was acknowledged outside of a recovery. Limited says that the window, and not
	// the program or the peer, was what held the sender back: only then may it grow.
	Acknowledged(now time.Time, bytes int, limited bool, rtt time.Duration)
	// Lost tells that duplicate acknowledgements showed a loss with flight bytes under way. It happens once for all
	// losses of one window.
	Lost(now time.Time, flight int)
	// Recovered tells that the window in which the loss was is acknowledged, with flight bytes under way since.
	Recovered(now time.Time, flight int)
	// TimedOut tells that the retransmission timer ran out with flight bytes under way; again says that the same
	// segment had timed out before.
	TimedOut(now time.Time, flight int, again bool)
	// Idle tells that nothing was sent for longer than the timeout and sending begins again.
	Idle(now time.Time)
}

// noThreshold is the initial threshold: as high as can be (RFC 5681 §3.1).
const noThreshold = 1 << 30

// newReno is the congestion control of RFC 5681.
type newReno struct {
	mss, initial      int
	window, threshold int
	counted           int // bytes acknowledged towards the next segment of growth
}

// NewReno returns the congestion control of RFC 5681: slow start doubles the window each round trip, congestion
// avoidance adds a segment, a loss halves it, a timeout sets it to one segment.
func NewReno() Congestion { return &newReno{window: 1, threshold: noThreshold} }

func (r *newReno) Name() string   { return "newreno" }
func (r *newReno) Window() int    { return r.window }
func (r *newReno) Threshold() int { return r.threshold }

func (r *newReno) Start(mss, initial int) {
	r.mss, r.initial, r.window, r.threshold = mss, initial, initial, noThreshold
}

func (r *newReno) Acknowledged(_ time.Time, bytes int, limited bool, _ time.Duration) {
	if !limited {
		return
	}
	if r.window < r.threshold {
		r.window += min(bytes, r.mss) // RFC 5681 §3.1, equation 2
		return
	}
	// RFC 5681 §3.1: a segment more once as many bytes as the window holds are acknowledged.
	r.counted += bytes
	if r.counted >= r.window {
		r.counted -= r.window
		r.window += r.mss
	}
}

// halve is equation 4 of RFC 5681 §3.1.
func (r *newReno) halve(flight int) { r.threshold = max(flight/2, 2*r.mss) }

func (r *newReno) Lost(_ time.Time, flight int) {
	r.halve(flight)
	r.window, r.counted = r.threshold, 0
}

func (r *newReno) Recovered(_ time.Time, flight int) {
	// RFC 6582 §3.2 step 3, option 1: no burst even if little is under way.
	r.window = min(r.threshold, max(flight, r.mss)+r.mss)
}

func (r *newReno) TimedOut(_ time.Time, flight int, again bool) {
	if !again { // RFC 5681 §3.1: the threshold is held when the same segment times out again
		r.halve(flight)
	}
	r.window, r.counted = r.mss, 0 // the loss window
}

func (r *newReno) Idle(time.Time) { r.window = min(r.window, r.initial) } // RFC 5681 §4.1, the restart window

// initialWindow is the initial congestion window in bytes (RFC 6928 §2), one segment when the SYN or its answer was
// lost (RFC 5681 §3.1).
func initialWindow(mss, segments int, lostSYN bool) int {
	switch {
	case lostSYN:
		return mss
	case segments > 0:
		return segments * mss
	}
	return min(10*mss, max(2*mss, 14600))
}
