package application

import "testing"

// Whatever the order of pushes and pops, what goes in first comes out first, and a queue that is emptied each time costs
// nothing.
func TestQueue(t *testing.T) {
	var q Queue[int]
	in, out := 0, 0
	for round := range 200 {
		for range round % 7 * 5 {
			q.Push(&in)
			in++
		}
		for range round % 5 * 7 {
			n, ok := q.Pop()
			if !ok {
				break
			}
			if n != out {
				t.Fatalf("got %d, want %d", n, out)
			}
			out++
		}
		if q.Len() != in-out {
			t.Fatalf("length %d, want %d", q.Len(), in-out)
		}
	}
	for _, ok := q.Pop(); ok; _, ok = q.Pop() {
		out++
	}
	if out != in {
		t.Errorf("%d in, %d out", in, out)
	}
	one, two := 1, 2
	q.Push(&one)
	if n := testing.AllocsPerRun(100, func() { q.Push(&two); q.Pop(); q.Pop(); q.Push(&one) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}
