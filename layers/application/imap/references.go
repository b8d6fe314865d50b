package imap

import "slices"

// byReferences is the algorithm REFERENCES (RFC 5256 §3). Its six steps are the functions below.
func byReferences(all []*threadNode) []*threadNode {
	nodes := linkReferences(all)
	var roots []*threadNode
	for _, n := range nodes { // step 2
		if n.parent == nil {
			roots = append(roots, n)
		} else {
			n.parent.children = append(n.parent.children, n)
		}
	}
	roots = pruneRoots(roots)
	for _, n := range roots { // step 4
		if n.dummy {
			slices.SortStableFunc(n.children, earlier)
		}
	}
	slices.SortStableFunc(roots, earlier)
	roots = mergeSubjects(roots)
	sortThreads(&roots)
	return roots
}

// linkReferences is step 1: each message gets as its parent the last one that it refers to. It returns all nodes, those
// of messages that are not there included.
func linkReferences(all []*threadNode) []*threadNode {
	nodes := slices.Clone(all)
	byID := make(map[string]*threadNode, len(all))
	for _, n := range all {
		if n.id == "" {
			continue
		}
		if byID[n.id] == nil { // of several with the same id the first has it
			byID[n.id] = n
		}
	}
	for _, n := range all {
		var parent *threadNode
		for _, id := range n.refs {
			referred := byID[id]
			if referred == nil {
				referred = &threadNode{dummy: true, id: id}
				byID[id] = referred
				nodes = append(nodes, referred)
			}
			if parent != nil && referred.parent == nil {
				referred.answer(parent)
			}
			parent = referred
		}
		n.parent = nil // step 1B: what others say of it counts less than what it says itself
		if parent != nil {
			n.answer(parent)
		}
	}
	return nodes
}

// threadDepthMax bounds how deep a chain of answers may become.
const threadDepthMax = 10000

// answer makes n, which has no parent, an answer of another message, unless that would be a loop.
func (n *threadNode) answer(parent *threadNode) {
	depth := 0
	for above := parent; above != nil; above = above.parent {
		if depth++; above == n || depth > threadDepthMax {
			return
		}
	}
	n.parent = parent
}

// pruneRoots is step 3: dummies go, and their answers take their place; a dummy at the top with several answers stays.
func pruneRoots(roots []*threadNode) (kept []*threadNode) {
	for _, n := range roots {
		n.children = prune(n.children)
		switch {
		case !n.dummy || len(n.children) > 1:
			kept = append(kept, n)
		case len(n.children) == 1:
			kept = append(kept, n.children[0])
		}
	}
	return kept
}

func prune(nodes []*threadNode) (kept []*threadNode) {
	for _, n := range nodes {
		n.children = prune(n.children)
		if n.dummy {
			kept = append(kept, n.children...)
		} else {
			kept = append(kept, n)
		}
	}
	return kept
}

// mergeSubjects is step 5: threads with the same subject become one.
func mergeSubjects(roots []*threadNode) (merged []*threadNode) {
	bySubject := map[string]*threadNode{}
	for _, n := range roots {
		subject := n.first()
		other := bySubject[subject.subject]
		if other == nil || !other.dummy && (n.dummy || other.reply && !n.reply) {
			bySubject[subject.subject] = n
		}
	}
	gone := map[*threadNode]bool{}
	for _, n := range roots {
		subject := n.first().subject
		other := bySubject[subject]
		if subject == "" || other == n {
			continue
		}
		gone[n] = true
		switch {
		case n.dummy && other.dummy:
			other.children = append(other.children, n.children...)
		case other.dummy || n.reply && !other.reply:
			other.children = append(other.children, n)
		default:
			gone[other] = true
			both := &threadNode{dummy: true, children: []*threadNode{other, n}}
			bySubject[subject] = both
			merged = append(merged, both)
		}
	}
	for _, n := range roots {
		if !gone[n] {
			merged = append(merged, n)
		}
	}
	return merged
}

// sortThreads is step 6: answers by their dates, the innermost first.
func sortThreads(nodes *[]*threadNode) {
	for _, n := range *nodes {
		sortThreads(&n.children)
	}
	slices.SortStableFunc(*nodes, earlier)
}
