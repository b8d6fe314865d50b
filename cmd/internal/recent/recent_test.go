package recent

import (
	"strconv"
	"testing"
)

// TestMap: each of many words, of which many have one place, keeps its value.
func TestMap(t *testing.T) {
	var m Map[int]
	words := []string{"", "tcp", "ipv4", "ethernet"}
	for i := range 300 {
		words = append(words, "word-"+strconv.Itoa(i))
	}
	for i, word := range words {
		if m.Get(word) != nil {
			t.Errorf("%q is there before it was set", word)
		}
		m.Set(word, &i)
	}
	for range 2 {
		for i, word := range words {
			if got := m.Get(word); got == nil || *got != i {
				t.Errorf("%q is %v, want %d", word, got, i)
			}
		}
	}
	again := -1
	m.Set("tcp", &again)
	if got := m.Get("tcp"); *got != -1 {
		t.Errorf("set again, tcp is %d", *got)
	}
	if n := testing.AllocsPerRun(10, func() { m.Get("tcp"); m.Get("udp") }); n != 0 {
		t.Errorf("%v allocations for a look-up", n)
	}
}
