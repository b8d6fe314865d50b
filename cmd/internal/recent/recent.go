// Package recent holds maps whose keys are a few words that come again and again, such as the names of protocols and the ids of
// notes: a look-up of a word that came lately costs little more than to compare it.
package recent

// A Map finds values by words. The zero value is empty.
type Map[V any] struct {
	all  map[string]*V
	last [64]entry[V] // by place
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
func place(word string) int {
	if word == "" {
		return 0
	}
	return (len(word) + 5*int(word[0]) + 37*int(word[len(word)-1]) + 11*int(word[len(word)/2])) % 64
}
