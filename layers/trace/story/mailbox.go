package story

import "mailwire/layers"

// A mailboxKey is a mailbox and a way of reading it.
type mailboxKey struct{ strategy, protocol, server, user string }

// A mailbox is how one mailbox was read in one way, over all sessions that did so.
type mailbox struct {
	place
	mailboxKey
	client    string // of the first session
	sessions  int
	counts    commands
	bytes     int64 // of whole mails downloaded
	partBytes int64

	mails, parts, heads, broken int

	removed    int // from the server
	failed     int // marked, and QUIT was answered -ERR
	unproven   int // marked, and the answer to QUIT was not seen
	spared     int // marked, and the connection ended without QUIT
	pending    int // marked, and the capture ends before QUIT
	kept       int // downloaded and left
	listed     int // how many the server told last
	listedSeen bool
	last       int // number of the first frame of the last session

	flagged, moved, copied, saved, unsaved, idles, news int
	savedTo                                             string
}

// mailbox is where the session of r is taken down; nil where there is no room, and where TLS hides what was done.
func (b *Book) mailbox(r *Record, strategy string) *mailbox {
	if strategy == "nobody" && (r.tls.begun || r.starttls) {
		return nil
	}
	r.way = strategy
	key := mailboxKey{strategy, r.protocol, r.Server, r.login.name()}
	b.sums.visits++
	x, fresh := b.mailboxes.at(key)
	if x == nil {
		return nil
	}
	if fresh {
		x.place, x.mailboxKey, x.client = place{r.stream, r.packet}, key, r.Client
	}
	x.sessions++
	x.last = max(x.last, r.packet)
	return x
}

// An account is a mailbox however it is read.
type account struct{ protocol, server, user string }

func (k mailboxKey) account() account { return account{k.protocol, k.server, k.user} }

// A count is how many mails a server told in the session that begins with a frame.
type count struct{ count, packet int }

// told takes down how many mails the server told before any was marked. A later session may so prove what an earlier one did.
func (b *Book) told(x *mailbox, r *Record, n int) {
	x.listed, x.listedSeen = n, true
	if b.counts == nil {
		b.counts = map[account]count{}
	}
	if b.counts[x.account()].packet < r.packet {
		b.counts[x.account()] = count{n, r.packet}
	}
}

// point tells the mailbox: how it was read, by which commands, and what stayed in it. later is what the last session of the
// same account told of it.
func (x *mailbox) point(later count) Point {
	p := Point{Stream: x.stream, Packet: x.packet}
	p.Note = layers.N("story.box."+x.strategy, text("user", x.user), text("server", x.server), text("client", x.client),
		text("protocol", layers.ProtocolName(x.protocol)))
	add := func(id string, count int, args ...layers.Arg) {
		if count > 0 {
			p.Details = append(p.Details, layers.N("story.box."+id, append(args, number("count", count))...))
		}
	}
	add("commands", len(x.counts.verbs), text("client", x.client), number("sessions", x.sessions), text("commands", x.counts.String()))
	if x.listedSeen {
		p.Details = append(p.Details, layers.N("story.box.listed", number("count", x.listed)))
	}
	add("fetched", x.mails, number("bytes", x.bytes))
	add("parts", x.parts, number("bytes", x.partBytes))
	add("headers", x.heads)
	add("broken", x.broken)
	add("removed."+x.protocol, x.removed)
	add("remove-failed", x.failed)
	add("unproven", x.unproven)
	add("spared", x.spared)
	add("pending", x.pending)
	add("kept", x.kept)
	add("flagged", x.flagged)
	add("moved", x.moved)
	add("copied", x.copied)
	add("saved", x.saved, text("mailbox", x.savedTo))
	add("unsaved", x.unsaved)
	add("idle", x.idles, number("news", x.news))
	if later.packet > x.last && x.unproven+x.spared+x.pending+x.failed > 0 {
		p.Details = append(p.Details, layers.N("story.box.later", number("count", later.count)))
	}
	return p
}
