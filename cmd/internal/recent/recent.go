// Package recent holds maps whose keys are a few words that come again and again, such as the names of protocols and the ids of
// notes: a look-up of a word that came lately costs little more than to compare it.
package recent

// A Map finds values by words. The zero value is empty.
type Map[V any] struct {
	all  map[string]*V
	last [256]entry[V] // by place
}

type entry[V any] struct {
	word  string
	value *V
}

// Get returns the value of a word; nil where there is none.
func (m *Map[V]) Get(word string) *V {
	last := &m.last[place(word)]
	if last.word == word && last.value != nil {
		return last.value
	}
	value := m.all[word]
	if value != nil {
		*last = entry[V]{word, value}
	}
	return value
}

// Set gives a word its value.
func (m *Map[V]) Set(word string, value *V) {
	if m.all == nil {
		m.all = map[string]*V{}
	}
	m.all[word] = value
	m.last[place(word)] = entry[V]{word, value}
}

// place is a number that most words of one trace do not share.
func place(word string) uint8 {
	n := len(word)
	if n < 2 {
		return uint8(n)
	}
	return uint8(n) + 5*word[0] + 11*word[n/2] + 37*word[n*3/4] + 59*word[n-2] + 83*word[n-1]
}
