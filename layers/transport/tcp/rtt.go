package tcp

import "time"

// granularity is G of RFC 6298 §2: how fine the clock is. Ours is exact; a millisecond is what timers resolve.
const granularity = time.Millisecond

// A roundTrip estimates the round-trip time and from it the retransmission timeout (RFC 6298).
type roundTrip struct {
	smoothed  time.Duration // SRTT; 0: nothing measured yet
	variation time.Duration // RTTVAR
	latest    time.Duration // the last measurement
	timeout   time.Duration // RTO before back-off
	backoff   uint8         // how often it was doubled

	timing  bool    // one segment at a time is measured
	timed   Seq     // the number behind it
	started instant // when it was sent
}

// start begins to measure the segment that ends before end, unless another is being measured.
func (r *roundTrip) start(at instant, end Seq) {
	if !r.timing {
		r.timing, r.timed, r.started = true, end, at
	}
}

// cancel stops measuring. RFC 6298 §3, Karn's algorithm: a segment sent twice says nothing about the time, for nobody
// knows which of the two was acknowledged.
func (r *roundTrip) cancel() { r.timing = false }

// acknowledged takes the measurement if ack covers the segment that is measured.
func (r *roundTrip) acknowledged(at instant, ack Seq, f *Config) (measured bool) {
	if !r.timing || ack.Less(r.timed) {
		return false
	}
	r.timing = false
	r.sample(time.Duration(at-r.started), f)
	return true
}

// sample works in one measurement.
func (r *roundTrip) sample(rtt time.Duration, f *Config) {
	rtt = max(rtt, 1)
	r.latest = rtt
	if r.smoothed == 0 {
		// RFC 6298 §2.2
		r.smoothed, r.variation = rtt, rtt/2
	} else {
		// RFC 6298 §2.3, with alpha 1/8 and beta 1/4
		r.variation += ((r.smoothed - rtt).Abs() - r.variation) / 4
		r.smoothed += (rtt - r.smoothed) / 8
	}
	// RFC 6298 §2.4, §2.5
	r.timeout = min(max(r.smoothed+max(granularity, 4*r.variation), f.MinimumRTO), f.MaximumRTO)
	// RFC 6298 §5: a new measurement collapses the timeout back to what it should be.
	r.backoff = 0
}

// rto is the timeout with its back-off.
func (r *roundTrip) rto(f *Config) time.Duration {
	return backedOff(r.timeout, r.backoff, f.MaximumRTO)
}

// backOff doubles the timeout (RFC 6298 §5.5).
func (r *roundTrip) backOff() {
	if r.backoff < 30 {
		r.backoff++
	}
}

func backedOff(d time.Duration, times uint8, most time.Duration) time.Duration {
	for ; times > 0 && d < most; times-- {
		d *= 2
	}
	return min(d, most)
}
