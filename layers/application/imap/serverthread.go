package imap

import (
	"cmp"
	"slices"
	"time"

	"mailwire/layers/application/message"
)

// thread does THREAD (RFC 5256 §3): a SEARCH whose result is put together by what answers what.
func (s *Server) thread() {
	places, ok := s.searched()
	if !ok {
		return
	}
	all := s.box.threadNodes(places)
	if s.command.Thread == "ORDEREDSUBJECT" {
		all = bySubject(all)
	} else {
		all = byReferences(all)
	}
	e := NewEncoder().Atom("* THREAD")
	if len(all) > 0 {
		e.SP().threads(s.threadsOf(all))
	}
	s.write(e)
	s.done(s.box.issued(), s.command.Name+" completed")
}

// threadsOf names the nodes as the command in progress wants them.
func (s *Server) threadsOf(nodes []*threadNode) []Thread {
	all := make([]Thread, len(nodes))
	for i, n := range nodes {
		if !n.dummy {
			all[i].Number = s.numberOf(n.place)
		}
		all[i].Answers = s.threadsOf(n.children)
	}
	return all
}

// A threadNode is a message among those that it answers and that answer it; or, as a dummy, one that is referred to and is
// not there.
type threadNode struct {
	place    int
	dummy    bool
	id       string
	refs     []string // the messages that it refers to, oldest first
	subject  string   // base subject, made comparable
	reply    bool     // its subject says that it is a reply or a forward
	sent     time.Time
	parent   *threadNode
	children []*threadNode
}

func (v *view) threadNodes(places []int) []*threadNode {
	all := make([]*threadNode, 0, len(places))
	for _, place := range places {
		m := &v.messages[place]
		n := &threadNode{place: place, sent: m.InternalDate}
		if header, ok := v.header(m.UID); ok {
			n.read(header.Root.Fields, m.InternalDate)
		} else {
			v.lost = true
		}
		all = append(all, n)
	}
	return all
}

// refsMax bounds the references of one message that count: the last ones.
const refsMax = 200

func (n *threadNode) read(fields message.Header, arrived time.Time) {
	n.sent = sentDate(fields, arrived)
	n.subject, n.reply = baseSubject(fields.Decoded("Subject"))
	n.subject = caseMap(n.subject)
	field := func(name string) []string {
		f, _ := fields.Get(name)
		return messageIDs(f.Unfolded())
	}
	if ids := field("Message-ID"); len(ids) > 0 {
		n.id = ids[0]
	}
	if n.refs = field("References"); len(n.refs) == 0 {
		if n.refs = field("In-Reply-To"); len(n.refs) > 1 {
			n.refs = n.refs[:1]
		}
	}
	n.refs = n.refs[max(0, len(n.refs)-refsMax):]
}

// messageIDs lists the message ids in a field, without the quotes that may be left out (RFC 5256 §3).
func messageIDs(s string) (ids []string) {
	for i := 0; i < len(s); i++ {
		if s[i] != '<' {
			continue
		}
		var id []byte
		at, quoted := false, false
		for i++; i < len(s) && (quoted || s[i] != '>' && s[i] != '<'); i++ {
			switch c := s[i]; {
			case c == '"':
				quoted = !quoted
				continue
			case c == '\\' && quoted && i+1 < len(s):
				i++
			case c == '@' && !quoted:
				at = true
			case c == ' ' && !quoted:
				continue
			}
			id = append(id, s[i])
		}
		switch {
		case i < len(s) && s[i] == '<':
			i--
		case at && i < len(s):
			ids = append(ids, string(id))
		}
	}
	return ids
}

// earlier compares by sent date, and by the order in the mailbox where that is equal (RFC 5256 §2.2). Of a dummy the
// first answer counts.
func earlier(a, b *threadNode) int {
	a, b = a.first(), b.first()
	return cmp.Or(a.sent.Compare(b.sent), cmp.Compare(a.place, b.place))
}

func (n *threadNode) first() *threadNode {
	for n.dummy && len(n.children) > 0 {
		n = n.children[0]
	}
	return n
}

// bySubject is the algorithm ORDEREDSUBJECT (RFC 5256 §3).
func bySubject(all []*threadNode) (threads []*threadNode) {
	slices.SortStableFunc(all, func(a, b *threadNode) int { return cmp.Or(cmp.Compare(a.subject, b.subject), earlier(a, b)) })
	for _, n := range all {
		if k := len(threads) - 1; k >= 0 && threads[k].subject == n.subject {
			threads[k].children = append(threads[k].children, n)
		} else {
			threads = append(threads, n)
		}
	}
	slices.SortStableFunc(threads, earlier)
	return threads
}
