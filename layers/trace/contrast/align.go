package contrast

import (
	"slices"

	"mailwire/layers"
)

// Compare lays the sessions of two traces beside each other: of all that are left, always the two that are most alike.
func Compare(left, right string, ours, theirs []*Session) Comparison {
	c := Comparison{Left: left, Right: right}
	partners := couple(ours, theirs)
	taken := make([]bool, len(theirs))
	for i, one := range ours {
		if at := partners[i]; at >= 0 {
			taken[at] = true
			c.Pairs = append(c.Pairs, pair(one, theirs[at]))
		} else {
			c.LeftOnly = append(c.LeftOnly, one)
		}
	}
	for i, other := range theirs {
		if !taken[i] {
			c.RightOnly = append(c.RightOnly, other)
		}
	}
	c.Verdict = c.verdict()
	return c
}

// couple finds for each of ours its partner among theirs; -1 where there is none.
func couple(ours, theirs []*Session) []int {
	type couple struct{ one, other, alike int }
	var all []couple
	partners := make([]int, len(ours))
	for i, one := range ours {
		partners[i] = -1
		for j, other := range theirs {
			if one.Protocol == other.Protocol {
				all = append(all, couple{i, j, likeness(one, other)})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b couple) int { return b.alike - a.alike })
	taken := make([]bool, len(theirs))
	for _, c := range all {
		if partners[c.one] < 0 && !taken[c.other] {
			partners[c.one], taken[c.other] = c.other, true
		}
	}
	return partners
}

// likeness is how much two sessions have in common, in thousandths.
func likeness(a, b *Session) int {
	if len(a.Steps)+len(b.Steps) == 0 {
		return 1000
	}
	common := 0
	for _, r := range align(a.Steps, b.Steps) {
		switch r.Mark {
		case Same:
			common += 2
		case Otherwise:
			common++
		}
	}
	return common * 1000 / (len(a.Steps) + len(b.Steps))
}

// align finds the longest common sequence of commands; where there is a choice, equal answers count for more.
func align(a, b []Step) []Row {
	width := len(b) + 1
	score := make([]int, (len(a)+1)*width)
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			best := max(score[(i+1)*width+j], score[i*width+j+1])
			if worth := match(a[i], b[j]); worth > 0 {
				best = max(best, score[(i+1)*width+j+1]+worth)
			}
			score[i*width+j] = best
		}
	}
	var rows []Row
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case i < len(a) && j < len(b) && match(a[i], b[j]) > 0 && score[i*width+j] == score[(i+1)*width+j+1]+match(a[i], b[j]):
			mark := Same
			if a[i].Answer != b[j].Answer {
				mark = Otherwise
			}
			rows = append(rows, Row{mark, a[i], b[j]})
			i, j = i+1, j+1
		case i < len(a) && (j == len(b) || score[i*width+j] == score[(i+1)*width+j]):
			rows = append(rows, Row{Mark: LeftOnly, Left: a[i]})
			i++
		default:
			rows = append(rows, Row{Mark: RightOnly, Right: b[j]})
			j++
		}
	}
	return rows
}

// match is what it is worth to lay two steps beside each other; 0 when they are not the same command.
func match(a, b Step) int {
	switch {
	case a.Command != b.Command:
		return 0
	case a.Answer != b.Answer:
		return 2
	}
	return 3
}

// pair lays two sessions beside each other and says where they differ.
func pair(a, b *Session) Pair {
	p := Pair{Left: a, Right: b, Rows: align(a.Steps, b.Steps)}
	var counts [3]int
	for _, r := range p.Rows {
		switch r.Mark {
		case LeftOnly:
			counts[0]++
		case RightOnly:
			counts[1]++
		case Otherwise:
			counts[2]++
		}
	}
	say := func(id string, count int) {
		if count > 0 {
			p.Notes = append(p.Notes, layers.N("contrast."+id, layers.A("count", layers.Int(count))))
		}
	}
	say("left-only", counts[0])
	say("right-only", counts[1])
	say("otherwise", counts[2])
	if a.Encrypted != b.Encrypted {
		id := "contrast.tls.left"
		if b.Encrypted {
			id = "contrast.tls.right"
		}
		p.Notes = append(p.Notes, layers.N(id))
	}
	if a.Way != b.Way && a.Way != "" && b.Way != "" {
		p.Notes = append(p.Notes, layers.N("contrast.way"))
	}
	return p
}

// verdict says in a sentence what came of it.
func (c *Comparison) verdict() layers.Note {
	differ := 0
	for i := range c.Pairs {
		if len(c.Pairs[i].Notes) > 0 {
			differ++
		}
	}
	alone := len(c.LeftOnly) + len(c.RightOnly)
	switch {
	case len(c.Pairs)+alone == 0:
		return layers.N("contrast.nothing")
	case len(c.Pairs) == 0:
		return layers.N("contrast.unlike")
	case differ+alone == 0:
		return layers.N("contrast.same", layers.A("count", layers.Int(len(c.Pairs))))
	}
	return layers.N("contrast.differ", layers.A("count", layers.Int(len(c.Pairs))), layers.A("differ", layers.Int(differ)), layers.A("alone", layers.Int(alone)))
}
