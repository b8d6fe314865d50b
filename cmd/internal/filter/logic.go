package filter

// both holds when all of its conditions do.
type both []condition

func (b both) holds(s *sight) bool {
	for _, c := range b {
		if !c.holds(s) {
			return false
		}
	}
	return true
}

// either holds when one of its conditions does.
type either []condition

func (e either) holds(s *sight) bool {
	for _, c := range e {
		if c.holds(s) {
			return true
		}
	}
	return false
}

// not holds when its condition does not.
type not struct{ condition }

func (n not) holds(s *sight) bool { return !n.condition.holds(s) }
