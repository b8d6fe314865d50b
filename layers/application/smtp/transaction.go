package smtp

import (
	"slices"
)

// A transaction is a mail on its way out. It takes one round, and another one each time that some of its recipients were too
// many for the server at once (RFC 5321 §4.5.3.1.10).
type transaction struct {
	mail    *Outgoing
	data    []byte // as it goes over the wire, without doubled dots
	sender  *Reply
	answers []*Reply
	round   []int  // the recipients of this round, by their places in mail.To
	taken   *Reply // what ended an earlier round well; nil in the first one
	sent    int    // RCPTs sent in this round
	from    int    // bytes of data sent in chunks
}

func newTransaction(mail *Outgoing) *transaction {
	t := &transaction{mail: mail, data: mail.Data, answers: make([]*Reply, len(mail.To)), round: make([]int, len(mail.To))}
	for i := range t.round {
		t.round[i] = i
	}
	if !mail.Raw && !mail.Binary {
		t.data = lines(mail.Data)
	}
	return t
}

// again begins another round behind one that ended with final, if some recipients were too many in it while others were not.
func (t *transaction) again(final *Reply) bool {
	rest := slices.DeleteFunc(slices.Clone(t.round), func(i int) bool { return !tooMany(t.answers[i]) })
	if len(rest) == 0 || len(rest) == len(t.round) {
		return false
	}
	t.taken, t.round, t.sent, t.from = final, rest, 0, 0
	for _, i := range rest {
		t.answers[i] = nil
	}
	return true
}

// tooMany says whether a recipient was refused because there were enough already: 452 or, by servers of old, 552
// (RFC 5321 §4.5.3.1.10), with the enhanced code for it (RFC 3463 §3.6).
func tooMany(r *Reply) bool {
	return r != nil && (r.Code == 452 || r.Code == 552) && r.Enhanced.Subject == 5 && r.Enhanced.Detail == 3
}

// result is what became of the mail. Where a later round fails, those of earlier ones have it all the same.
func (t *transaction) result(final *Reply, why error) *Delivered {
	if t.taken != nil && why != nil {
		for _, i := range t.round {
			if t.answers[i] != nil && t.answers[i].Class() == 2 {
				t.answers[i] = final
			}
		}
		final, why = t.taken, nil
	}
	return &Delivered{Mail: t.mail, Sender: t.sender, Recipients: t.answers, Final: final, Why: why}
}

// accepted says whether anybody is to get the mail in this round.
func (t *transaction) accepted() bool {
	return slices.ContainsFunc(t.round, func(i int) bool { return t.answers[i] != nil && t.answers[i].Class() == 2 })
}

// lastRefusal is why nobody will get the mail: the answer to MAIL, or that to the last recipient.
func (t *transaction) lastRefusal() *Reply {
	if t.sender != nil && t.sender.Class() != 2 {
		return t.sender
	}
	for _, i := range slices.Backward(t.round) {
		if r := t.answers[i]; r != nil {
			return r
		}
	}
	return t.sender
}
