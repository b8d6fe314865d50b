// Package authenticity tells whether a mail comes from where it says: DKIM (RFC 6376, 8301, 8463) signs and checks, SPF
// (RFC 7208) asks whether the host that brings a mail may, DMARC (RFC 7489) compares both with the author's domain, and
// Authentication-Results (RFC 8601) writes down what was found.
//
// Nothing here asks the DNS. Each check is a [Check]: a machine that names the record it needs next and is told the answer,
// so that the same code serves a simulated resolver, a real one, and a test. Keys and the time come from the caller.
//
// Bounded: a mail's first ten signatures are checked, of at most [FieldsMax] signed fields each; SPF obeys the limits of
// RFC 7208 §4.6.4. Time is linear in the mail.
//
// Not modelled: checking ARC (RFC 8617), whose fields are explained only; reports of DMARC (RFC 7489 §7); BIMI; the tree walk
// of DMARC's next edition: the organizational domain comes from the public suffix list.
package authenticity

// A Result is what a check found, in the words of RFC 8601 §2.7.
type Result string

// The results. Not every method knows every one.
const (
	None      Result = "none"      // nothing to check: no signature, no record
	Pass      Result = "pass"      // it is as it says
	Fail      Result = "fail"      // it is not
	SoftFail  Result = "softfail"  // SPF: probably not
	Neutral   Result = "neutral"   // nothing is said about it; of DKIM: a signature that cannot be read
	Policy    Result = "policy"    // it holds, but not in a way that is accepted here
	TempError Result = "temperror" // the check could not be done now
	PermError Result = "permerror" // the check can never be done: the record or the signature is wrong
)

// A Question is a record that a check needs from the DNS.
type Question struct {
	Type string // "TXT", "A", "AAAA", "MX", "PTR"
	Name string // without the last dot
}

// A check that wants more records than this is at fault: RFC 7208 §4.6.4 allows far fewer.
const questionsMax = 500

// A Check is a check in progress: ask it for its Question, tell it the Answer, until it has its result.
type Check[R any] struct {
	run      func(n *names) R
	names    names
	result   R
	question Question
	done     bool
}

// newCheck starts a check. Run is begun anew for each answer, and stops where it needs a record that is not known yet:
// so it is written as if the DNS answered at once. How many records it may need is bounded, and so is the work.
func newCheck[R any](run func(n *names) R) *Check[R] {
	c := &Check[R]{run: run, names: names{known: map[Question]Answer{}}}
	c.advance()
	return c
}

func (c *Check[R]) advance() {
	c.names.missing = nil
	c.result = c.run(&c.names)
	c.done = c.names.missing == nil
	if !c.done {
		c.question = *c.names.missing
	}
}

// Question is the record that is needed next; ok is false once the result is there.
func (c *Check[R]) Question() (q Question, ok bool) { return c.question, !c.done }

// Answer tells what the DNS said to Question.
func (c *Check[R]) Answer(a Answer) {
	if c.done {
		return
	}
	if len(c.names.known) >= questionsMax {
		a = Answer{Failed: true}
	}
	c.names.known[c.question] = a
	c.advance()
}

// Done says whether the result is there.
func (c *Check[R]) Done() bool { return c.done }

// Result is what the check found; ask only once it is done.
func (c *Check[R]) Result() R { return c.result }
