package trace

import (
	"bytes"
	"net/netip"
	"slices"
	"sort"
	"time"

	"mailwire/layers"
	"mailwire/layers/application"
	"mailwire/layers/trace/story"
	"mailwire/layers/transport/tcp/observe"
)

// A conversation is what the follower keeps for a TCP connection, or for what is said within one: inside TLS, or compressed.
type conversation struct {
	stream   *observe.Stream
	within   string    // the protocol whose messages carry its bytes; "" for those of TCP
	turned   bool      // the observer took the server for the client
	begun    bool      // it is seen from its first byte
	hint     *protocol // that the port speaks for; nil for none
	overture *overture // until the protocol is known
	protocol *protocol // nil while it is not known, and when it can't be followed
	dialogue application.Dialogue
	kept     application.Dialogue // the dialogue that was last asked for its mails
	before   *protocol            // that has just agreed to go on in another, of which nothing has been said yet
	mail     *protocol            // that agreed to go on in TLS, and so is spoken inside
	inner    *conversation        // that its messages carry; nil while they carry none
	ways     [2]way
	asked    bool          // the client has said something that the server has not answered yet
	record   *story.Record // for the story at the end
	names    [2]string     // what the ends are called, where no packet tells it
	mss      [2]int        // the largest segment that each side takes; 0 when it has not said so
}

// A way is one direction of a conversation. Its offsets count the bytes of the stream.
type way struct {
	base    int64          // where the present protocol begins: its dialogue counts from there
	read    int64          // the bytes before it have been given to the dialogue, or to nobody
	tail    []byte         // the bytes before read, while the protocol may change
	time    time.Time      // when its last bytes were seen
	shown   []span         // which frames showed the bytes that belong to no complete message yet
	secrets []layers.Range // secret bytes of complete messages, in order
	partial []layers.Range // secret bytes of the message that is not complete yet
	pending int            // bytes kept of that message, about
	carried int64          // within another: the bytes before it have come
	packet  int64          // likewise: the bytes from it on came with the present packet
	ended   bool           // likewise: no more will come
}

// A span is bytes that one frame showed first.
type span struct {
	start, end int64
	frame      int
}

// secretsKept bounds how many secrets of one side are remembered for masking copies of them.
const secretsKept = 1024

func newConversation(s *observe.Stream) *conversation {
	return &conversation{stream: s, begun: !s.MidStream, hint: protocolAt(s.Ends[layers.Server].Port()), overture: &overture{}}
}

// side turns the observer's side into the conversation's.
func (c *conversation) side(from layers.Side) layers.Side {
	if c.turned {
		return from.Other()
	}
	return from
}

// ends are the conversation's, by side.
func (c *conversation) ends() [2]netip.AddrPort {
	return [2]netip.AddrPort{c.stream.Ends[c.side(layers.Client)], c.stream.Ends[c.side(layers.Server)]}
}

// name is the protocol as a PDU has it.
func (c *conversation) name() string {
	if c.protocol == nil {
		return "data"
	}
	return c.protocol.name
}

// start begins to follow p, which may be nil.
func (f *Follower) start(c *conversation, p *protocol) {
	c.protocol, c.overture = p, nil
	switch {
	case p == nil:
	case c.within == "tls" && p.inside != nil:
		c.dialogue = p.inside(true)
	default:
		c.dialogue = p.dialogue(setting{midStream: !c.begun, keys: f.keys})
	}
}

// upgrade goes on in another protocol, from the offsets that the dialogue gave. It returns the bytes of the new protocol
// that the old dialogue has been given already, without knowing it.
func (f *Follower) upgrade(c *conversation, u application.Upgrade) (again []observe.Delivery) {
	c.before, c.dialogue, c.protocol = c.protocol, nil, protocolNamed(u.Protocol)
	switch {
	case u.Protocol == application.Anew:
		c.overture, c.begun, c.hint = &overture{}, true, protocolAt(u.Port)
		if u.Host != "" {
			c.record.Server = u.Host // no longer the proxy
		}
	case c.protocol != nil:
		c.mail = c.before
		c.dialogue = c.protocol.dialogue(setting{keys: f.keys})
	}
	for side := range c.ways {
		w := &c.ways[side]
		w.base += u.From[side]
		w.partial = w.partial[:0]
		foreign := w.read - w.base
		if foreign <= 0 || c.dialogue == nil && c.overture == nil {
			continue
		}
		w.read = w.base
		d := observe.Delivery{From: c.side(layers.Side(side)), Offset: w.base, Time: w.time}
		if known := int64(len(w.tail)); foreign <= known {
			d.Bytes = bytes.Clone(w.tail[known-foreign:])
		} else {
			d.Gap = foreign
		}
		again = append(again, d)
	}
	return again
}

// reconsider looks at the first bytes behind an upgrade. Where TLS was agreed and something else follows, the capture was
// deciphered before it was written: the protocol before goes on. It tells whether that is so.
func (c *conversation) reconsider(side layers.Side, first []byte) bool {
	before := c.before
	c.before = nil
	if before == nil || before.inside == nil || c.protocol == nil || c.protocol.says(opening{side: side, bytes: first}) != unlike ||
		bytes.Contains(first, []byte("\x16\x03")) { // lines that were smuggled in before the handshake
		return false
	}
	c.protocol, c.dialogue = before, before.inside(false)
	return true
}

// given keeps the bytes that the dialogue was given last, as long as the protocol may still change.
func (w *way) given(b []byte, spare *layers.Spare) {
	const kept, changes = 4096, 64 << 10
	if w.read > changes {
		w.letTail(spare)
		return
	}
	if w.tail == nil {
		w.tail = spare.Take()
	}
	b = b[max(0, len(b)-kept):]
	if excess := len(w.tail) + len(b) - kept; excess > 0 {
		w.tail = append(w.tail[:0], w.tail[excess:]...)
	}
	w.tail = append(w.tail, b...)
}

// letTail gives the space of the last bytes to another.
func (w *way) letTail(spare *layers.Spare) {
	spare.Give(w.tail)
	w.tail = nil
}

// weight is about how many bytes are kept for the conversation: what may be large of it.
func (c *conversation) weight() int {
	const conversationBytes, spanBytes, rangeBytes = 1 << 10, 24, 16
	n := conversationBytes
	if c.overture != nil {
		n += c.overture.size
	}
	if c.inner != nil {
		n += c.inner.weight()
	}
	for side := range c.ways {
		w := &c.ways[side]
		n += cap(w.tail) + spanBytes*cap(w.shown) + rangeBytes*cap(w.secrets) + w.pending
	}
	return n
}

// keepsOf is how many bytes a dialogue keeps, about, of a message that is not complete.
func keepsOf(m *application.Message) int {
	const line, small, data = 64 << 10, 2 << 10, 24 << 10 // of a mail the beginning, once as it is sent and once as it was
	if m.Kind == application.Data && m.Length > small {
		return data
	}
	return int(min(m.Length, line))
}

// settle lets go of what only further bytes would need. What is kept explains and masks late copies.
func (c *conversation) settle(spare *layers.Spare) {
	c.dialogue, c.overture, c.before, c.inner = nil, nil, nil, nil
	for side := range c.ways {
		w := &c.ways[side]
		w.letTail(spare)
		w.shown, w.partial, w.pending = nil, nil, 0
	}
}

// show notes which frames first showed the bytes from start up to end. The bytes of a socket are in none: frame is 0.
func (w *way) show(start, end int64, at time.Time, frame int, others []int) {
	if w.time = at; frame == 0 {
		return
	}
	for _, other := range others {
		if other != frame {
			w.shown = append(w.shown, span{start, end, other})
		}
	}
	w.shown = append(w.shown, span{start, end, frame})
}

// appendFrames adds the numbers of the frames that showed the bytes from start up to end, in order, each once.
func (w *way) appendFrames(dst []int, start, end int64) []int {
	from := len(dst)
	first := sort.Search(len(w.shown), func(i int) bool { return w.shown[i].end > start })
	for _, s := range w.shown[first:] {
		if s.start >= end {
			break
		}
		if len(dst) == from || dst[len(dst)-1] != s.frame {
			dst = append(dst, s.frame)
		}
	}
	if frames := dst[from:]; !slices.IsSorted(frames) {
		slices.Sort(frames)
		dst = dst[:from+len(slices.Compact(frames))]
	}
	return dst
}

// forget drops what is known about the bytes before offset.
func (w *way) forget(offset int64) {
	n := sort.Search(len(w.shown), func(i int) bool { return w.shown[i].end > offset })
	switch {
	case n == len(w.shown):
		w.shown = w.shown[:0]
	case n > len(w.shown)/2:
		w.shown = append(w.shown[:0], w.shown[n:]...)
	}
}

// hide remembers the secrets of a complete message.
func (w *way) hide(m *application.Message) {
	for _, r := range m.Secrets {
		w.secrets = append(w.secrets, layers.Range{Offset: int(m.Offset) + r.Offset, Length: r.Length})
	}
	if excess := len(w.secrets) - secretsKept; excess > 0 {
		w.secrets = append(w.secrets[:0], w.secrets[excess:]...)
	}
}

// hidePart remembers the secrets of a message that is not complete, in the place of those known of it before.
func (w *way) hidePart(m *application.Message) {
	w.partial = w.partial[:0]
	for _, r := range m.Secrets {
		w.partial = append(w.partial, layers.Range{Offset: int(m.Offset) + r.Offset, Length: r.Length})
	}
}

// appendSecrets adds the secret bytes from start up to end, counted from start.
func (w *way) appendSecrets(dst []layers.Range, start, end int64) []layers.Range {
	first := sort.Search(len(w.secrets), func(i int) bool { return int64(w.secrets[i].End()) > start })
	for _, known := range [2][]layers.Range{w.secrets[first:], w.partial} {
		for _, r := range known {
			low, high := max(int64(r.Offset), start), min(int64(r.End()), end)
			if low < high {
				dst = append(dst, layers.Range{Offset: int(low - start), Length: int(high - low)})
			}
		}
	}
	return dst
}
