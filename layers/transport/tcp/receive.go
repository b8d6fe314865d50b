package tcp

// A receiveSide is the receive sequence space (RFC 9293 §3.3.1, figure 4) with the bytes in it.
type receiveSide struct {
	irs  Seq
	nxt  Seq // RCV.NXT
	edge Seq // behind the window that was announced: RCV.NXT + RCV.WND. It never moves back

	queue  byteQueue // arrived in order, not read
	buffer int       // bound of the queue and of what waits behind a gap
	mss    int       // the largest segment this side asks for

	shift      uint8
	offerScale bool // the SYN carries window scale
	finAt      Seq  // number of the peer's FIN, when it is known
	finKnown   bool
	finished   bool // the FIN was reached

	lastAcknowledged Seq // the number that the last segment of ours acknowledged: Last.ACK.sent

	owed    int // acknowledgements to be sent at once
	unacked int // bytes that came in order since the last acknowledgement
	largest int // the largest segment that came
}

// maxOwed bounds the acknowledgements that can wait to be sent.
const maxOwed = 16

// owe asks for an acknowledgement at once.
func (r *receiveSide) owe() { r.owed = max(r.owed, 1) }

// oweDuplicate asks for an acknowledgement of its own for a segment that came out of order: the peer counts them.
func (r *receiveSide) oweDuplicate() {
	if r.owed < maxOwed {
		r.owed++
	}
}

// acknowledged notes that a segment with the current numbers was sent.
func (r *receiveSide) acknowledged() { r.owed, r.unacked, r.lastAcknowledged = 0, 0, r.nxt }

// size is RCV.WND.
func (r *receiveSide) size() int { return max(0, r.edge.Sub(r.nxt)) }

// space is how far the window could reach now.
func (r *receiveSide) space() int { return max(0, r.buffer-r.queue.len()) }

// announce moves the window as far as there is room and returns it as it is written into a segment. RFC 9293
// §3.8.6.2.2: the right edge stays until it can move by a segment or by half the buffer, or a slow reader would be sent
// crumbs. On a SYN the window is not scaled (RFC 7323 §2.2).
func (r *receiveSide) announce(syn bool) uint16 {
	edge := r.nxt.Add(r.space())
	if edge.Sub(r.edge) >= min(r.mss, r.buffer/2) {
		r.edge = edge
	}
	shift := r.shift
	if syn {
		shift = 0
	}
	// Rounded up where there is room, so that scaling does not move the edge back (RFC 7323 §2.4).
	window := (r.size() + 1<<shift - 1) >> shift
	if window<<shift > r.space() {
		window = r.size() >> shift
	}
	window = min(window, 0xffff)
	if announced := r.nxt.Add(window << shift); syn || !announced.Less(r.edge) || window == 0xffff {
		r.edge = announced
	}
	return uint16(window)
}

// worthTelling says whether reading has opened the window so much that the peer should know at once: it was nearly
// closed, and is twice as large now and by a segment or half the buffer larger.
func (r *receiveSide) worthTelling() bool {
	gain := r.space() - r.size()
	return gain >= min(r.mss, r.buffer/2) && gain >= r.size()
}

// acceptable is the first check of RFC 9293 §3.10.7.4, the four cases of §3.4.
func (r *receiveSide) acceptable(seq Seq, length int) bool {
	window := r.size()
	switch {
	case length == 0 && window == 0:
		return seq == r.nxt
	case length == 0:
		return seq.In(r.nxt, window)
	case window == 0:
		return false
	}
	return seq.In(r.nxt, window) || seq.Add(length-1).In(r.nxt, window)
}

// take takes the data of an acceptable segment (RFC 9293 §3.10.7.4, seventh), and a FIN behind it (eighth).
func (c *Conn) take(at instant, seq Seq, p []byte, fin bool) {
	r := &c.receive
	if len(p) == 0 && !fin {
		return
	}
	// RFC 9293 §3.10.7.4: the part inside the window is what counts.
	end := seq.Add(len(p))
	if skip := r.nxt.Sub(seq); skip > 0 {
		skip = min(skip, len(p))
		seq, p = seq.Add(skip), p[skip:]
	}
	if beyond := end.Sub(r.edge); beyond > 0 {
		p, fin = p[:max(0, len(p)-beyond)], false
	}
	if fin && !r.finKnown && c.reassembly.end(end).LessEq(end) {
		r.finKnown, r.finAt = true, end
	}
	if r.finKnown && r.finAt.Less(seq.Add(len(p))) {
		p = p[:max(0, r.finAt.Sub(seq))] // bytes behind a FIN do not exist
	}
	before := r.nxt
	switch {
	case seq == r.nxt && c.reassembly.empty():
		r.queue.add(p, &c.stack.memory)
		r.nxt = r.nxt.Add(len(p))
	case seq == r.nxt:
		r.queue.placeAhead(0, p, &c.stack.memory)
		next := c.reassembly.advance(seq.Add(len(p)))
		r.queue.extend(next.Sub(r.nxt))
		r.nxt = next
		r.owe() // RFC 5681 §4.2: what fills a gap is acknowledged at once
	case len(p) > 0:
		if keep, fresh := c.reassembly.insert(Block{seq, seq.Add(len(p))}); keep && fresh {
			r.queue.placeAhead(seq.Sub(r.nxt), p, &c.stack.memory)
		}
		r.oweDuplicate() // RFC 5681 §4.2: out of order
	default:
		r.owe() // a FIN behind a gap
	}
	if n := r.nxt.Sub(before); n > 0 {
		c.arrived(at, n, len(p))
	}
	if r.finKnown && !r.finished && r.nxt == r.finAt {
		c.takeFIN(at)
	}
}

// arrived decides when n bytes that are now in order are acknowledged (RFC 9293 §3.8.6.3, RFC 5681 §4.2).
func (c *Conn) arrived(at instant, n, segment int) {
	r := &c.receive
	r.unacked += n
	r.largest = max(r.largest, segment)
	// "At least every second full-sized segment": full-sized is what the peer sends at most, as far as we have seen.
	if r.unacked >= 2*r.largest || c.config.DelayedACK < 0 {
		r.owe()
	} else if c.timers.ack == 0 {
		c.timers.ack = at.after(c.config.DelayedACK)
	}
	c.report(Event{Kind: DataReady, Len: r.queue.len()})
}

// takeFIN is RFC 9293 §3.10.7.4, eighth.
func (c *Conn) takeFIN(at instant) {
	r := &c.receive
	r.finished = true
	r.nxt++
	r.edge = later(r.edge, r.nxt)
	r.owe()
	c.report(Event{Kind: PeerClosed})
	const ref = "RFC 9293 §3.10.7.4"
	switch c.state {
	case SynReceived, Established:
		c.move(CloseWait, ref)
	case FinWait1:
		// If the segment had acknowledged our FIN, the state would be FIN-WAIT-2 by now.
		c.move(Closing, ref)
	case FinWait2:
		c.enterTimeWait(at, ref)
	}
}

func (c *Conn) enterTimeWait(at instant, ref string) {
	c.move(TimeWait, ref)
	c.timers = timers{wait: at.after(c.config.TimeWait)}
}
