package dns

import (
	"slices"
	"time"
)

// maxNegative is how long a "no" is kept at most, whatever its zone says (RFC 2308 §5).
const maxNegative = 3 * time.Hour

// maxCached bounds a cache; the oldest answer goes first.
const maxCached = 1024

// A cache keeps answers by their questions. The other sections of a response are not kept: they were not asked for, and who
// answers could put anything there (RFC 2181 §5.4.1).
type cache struct {
	entries map[key]*entry
	order   []key
}

type key struct {
	name  Name // canonical
	typ   Type
	class Class
}

func keyOf(q Question) key { return key{q.Name.Canonical(), q.Type, q.Class} }

type entry struct {
	question Question
	code     Code
	records  []Record
	learnt   time.Time
	until    time.Time
}

// answer is what an earlier response still says about q, with the time that passed taken off each TTL.
func (c *cache) answer(now time.Time, q Question) (Answer, bool) {
	e, ok := c.entries[keyOf(q)]
	if !ok || !now.Before(e.until) {
		return Answer{}, false
	}
	age := uint32(max(0, now.Sub(e.learnt)) / time.Second)
	records := slices.Clone(e.records)
	for i := range records {
		records[i].TTL -= min(age, records[i].TTL)
	}
	return Answer{Question: q, Code: e.code, Records: records, Cached: true}, true
}

func (c *cache) keep(now time.Time, q Question, m Message) {
	life, ok := lifetime(m)
	if !ok || life <= 0 {
		return // RFC 1035 §3.2.1: a TTL of zero is for the question in progress only
	}
	k := keyOf(q)
	if c.entries == nil {
		c.entries = map[key]*entry{}
	}
	if _, known := c.entries[k]; known {
		c.order = slices.DeleteFunc(c.order, func(o key) bool { return o == k })
	} else if len(c.order) == maxCached {
		delete(c.entries, c.order[0])
		c.order = c.order[1:]
	}
	c.order = append(c.order, k)
	c.entries[k] = &entry{q, m.Code, m.Answers, now, now.Add(life)}
}

// lifetime is how long a response may be kept: the shortest TTL of its answers; for a "no", as long as the SOA record beside
// it says (RFC 2308 §5), and not at all without one. A server's failure is not kept.
func lifetime(m Message) (time.Duration, bool) {
	asked := false
	shortest := time.Duration(1<<31-1) * time.Second
	for _, r := range m.Answers {
		asked = asked || len(m.Questions) > 0 && (r.Type == m.Questions[0].Type || m.Questions[0].Type == TypeANY)
		shortest = min(shortest, r.Lifetime())
	}
	switch {
	case m.Code == NoError && asked:
		return shortest, true
	case m.Code != NoError && m.Code != NameError:
		return 0, false
	}
	for _, r := range m.Authorities {
		if soa, ok := r.Data.(Authority); ok {
			return min(shortest, maxNegative, r.Lifetime(), time.Duration(soa.Minimum)*time.Second), true
		}
	}
	return 0, false
}

func (c *cache) questions(now time.Time) []Question {
	var all []Question
	for _, k := range c.order {
		if e := c.entries[k]; now.Before(e.until) {
			all = append(all, e.question)
		}
	}
	return all
}
