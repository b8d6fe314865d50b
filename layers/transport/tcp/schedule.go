package tcp

// place is where a connection stands in the lists of its stack.
type place struct {
	ready, eventful bool
	timer           int // index in the heap; -1: not there
	due             instant
}

// A fifo is connections that wait their turn.
type fifo struct {
	conns []*Conn
	head  int
}

func (f *fifo) first() *Conn {
	if f.head == len(f.conns) {
		return nil
	}
	return f.conns[f.head]
}

func (f *fifo) put(c *Conn) { f.conns = append(f.conns, c) }

func (f *fifo) take() {
	f.conns[f.head] = nil
	f.head++
	if f.head == len(f.conns) {
		f.conns, f.head = f.conns[:0], 0
	} else if f.head >= 64 && f.head*2 >= len(f.conns) {
		n := copy(f.conns, f.conns[f.head:])
		clear(f.conns[n:])
		f.conns, f.head = f.conns[:n], 0
	}
}

// A timerHeap orders connections by when they want to be woken. A connection that wants to be woken later than noted
// stays where it is and is looked at again then: most timers are restarted by each segment and never run out, so moving
// them each time would cost more than one early look now and then.
type timerHeap struct{ conns []*Conn }

// first is when the first connection is due; zero: none is.
func (h *timerHeap) first() instant {
	if len(h.conns) == 0 {
		return 0
	}
	return h.conns[0].place.due
}

// set notes that c wants to be woken at due; zero: not at all.
func (h *timerHeap) set(c *Conn, due instant) {
	switch p := &c.place; {
	case due == 0 || p.timer >= 0 && p.due <= due:
		return
	case p.timer < 0:
		p.timer, p.due = len(h.conns), due
		h.conns = append(h.conns, c)
		h.up(p.timer)
	default:
		p.due = due
		h.up(p.timer)
	}
}

// take removes the first connection.
func (h *timerHeap) take() *Conn {
	c := h.conns[0]
	h.remove(c)
	return c
}

func (h *timerHeap) remove(c *Conn) {
	i, last := c.place.timer, len(h.conns)-1
	if i < 0 {
		return
	}
	h.put(i, h.conns[last])
	h.conns[last] = nil
	h.conns = h.conns[:last]
	if i < last {
		h.down(i)
		h.up(i)
	}
	c.place.timer = -1
}

func (h *timerHeap) put(i int, c *Conn) {
	h.conns[i] = c
	c.place.timer = i
}

func (h *timerHeap) swap(i, j int) {
	a, b := h.conns[i], h.conns[j]
	h.put(i, b)
	h.put(j, a)
}

func (h *timerHeap) up(i int) {
	for i > 0 {
		parent := (i - 1) / 4
		if h.conns[parent].place.due <= h.conns[i].place.due {
			return
		}
		h.swap(i, parent)
		i = parent
	}
}

func (h *timerHeap) down(i int) {
	for {
		least := i
		for child := 4*i + 1; child <= 4*i+4 && child < len(h.conns); child++ {
			if h.conns[child].place.due < h.conns[least].place.due {
				least = child
			}
		}
		if least == i {
			return
		}
		h.swap(i, least)
		i = least
	}
}
