package imap

import "slices"

// tellFound tells the places that SEARCH or SORT has found: in the old response with the command's name, or in ESEARCH
// where the client has said what it wants of them (RFC 4731 §3.1).
func (s *Server) tellFound(name string, places []int) {
	c := &s.command
	if c.Return == nil && name == "SEARCH" && s.uses(rev2) {
		c.Return = &SearchReturn{All: true} // RFC 9051 §6.4.4: there is no other answer
	}
	numbers := make([]uint32, len(places))
	for i, place := range places {
		numbers[i] = s.numberOf(place)
	}
	if r := c.Return; r != nil {
		if r.Save {
			s.save(s.toSave(places))
		}
		if r.results() {
			s.write(NewEncoder().ESearch(s.esearch(numbers, places)))
		}
		return
	}
	e := NewEncoder().Atom("* " + name)
	for _, n := range numbers {
		e.SP().Number(int64(n))
	}
	if len(places) > 0 && c.Search.has("MODSEQ") { // RFC 7162 §3.1.6
		e.Atom(" (MODSEQ ").ModSeq(s.box.greatestModSeq(places)).Special(')')
	}
	s.write(e)
}

// esearch is what the client wants of the numbers that were found. MIN and MAX are the first and the last for SORT
// (RFC 5267 §3).
func (s *Server) esearch(numbers []uint32, places []int) *ESearchData {
	c := &s.command
	r, data := c.Return, &ESearchData{Tag: c.Tag, UID: c.UID()}
	data.HasCount, data.Count = r.Count, int64(len(numbers))
	if len(numbers) == 0 {
		data.HasCount = r.Count
		return data // RFC 4731 §3.1: without a match MIN, MAX and ALL are left out
	}
	if r.Min {
		data.Min = numbers[0]
	}
	if r.Max {
		data.Max = numbers[len(numbers)-1]
	}
	if r.All {
		data.All = inOrder(numbers)
	}
	if c.Search.has("MODSEQ") {
		data.ModSeq = s.box.greatestModSeq(r.reported(places))
	}
	return data
}

// reported are the places that a result is about: with MIN or MAX alone, only those (RFC 4731 §3.2).
func (r *SearchReturn) reported(places []int) []int {
	if r.All || r.Count || !r.Min && !r.Max {
		return places
	}
	var some []int
	if r.Min {
		some = append(some, places[0])
	}
	if r.Max {
		some = append(some, places[len(places)-1])
	}
	return some
}

func (v *view) greatestModSeq(places []int) (greatest uint64) {
	for _, place := range places {
		greatest = max(greatest, v.messages[place].ModSeq)
	}
	return greatest
}

// toSave are the places that SAVE keeps: with MIN or MAX, and neither ALL nor COUNT, only those (RFC 5182 §2.1).
func (s *Server) toSave(places []int) []int {
	if len(places) == 0 {
		return nil
	}
	return s.command.Return.reported(places)
}

// save keeps the messages at these places as what "$" names, by their UIDs, so that numbers that shift do no harm. It
// does so for a SEARCH with SAVE alone.
func (s *Server) save(places []int) {
	if r := s.command.Return; r == nil || !r.Save {
		return
	}
	uids := make([]uint32, len(places))
	for i, place := range places {
		uids[i] = s.box.messages[place].UID
	}
	s.box.saved = SetOf(uids...)
}

// has says whether a key is, or holds, one of this name.
func (k *SearchKey) has(name string) bool {
	return k.Name == name || slices.ContainsFunc(k.Keys, func(k SearchKey) bool { return k.has(name) })
}
