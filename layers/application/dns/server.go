package dns

import "slices"

// A Zone is a part of the tree of names that one server knows everything about (RFC 1034 §4.2).
type Zone struct {
	Name      Name
	Authority Authority
	TTL       uint32   // in seconds, of the SOA record
	Records   []Record // of names within the zone, any order; a Class of zero stands for IN
}

// A Server answers questions about its zones (RFC 1034 §4.3.2). It keeps no state between questions.
type Server struct {
	// Recursion makes it announce that it does whole searches for its clients, as a provider's server does. Outside its
	// zones it then knows of no name (NXDOMAIN): the zones are its whole world. Without it such questions are refused.
	Recursion bool
	zones     []zone
}

// A zone is a Zone with its records by name.
type zone struct {
	Zone
	names map[Name][]Record // by canonical name; a name without records of its own lies above one that has some
}

// NewServer returns a server for the zones. Names that can't be names fail.
func NewServer(zones ...Zone) (*Server, error) {
	s := &Server{}
	for _, given := range zones {
		z := zone{Zone: given, names: map[Name][]Record{}}
		apex := Record{Name: given.Name, Type: TypeSOA, Class: ClassIN, TTL: given.TTL, Data: given.Authority}
		for _, r := range append([]Record{apex}, given.Records...) {
			if r.Class == 0 {
				r.Class = ClassIN
			}
			if err := (&writer{names: map[string]int{}}).record(r); err != nil {
				return nil, err
			}
			if !r.Name.Within(given.Name) {
				return nil, &NameFault{Name: r.Name, Why: "is not within the zone " + string(given.Name)}
			}
			n := r.Name.Canonical()
			z.names[n] = append(z.names[n], r)
			// RFC 4592 §2.2.2: a name above an existing one exists too, without records
			for n != given.Name.Canonical() && n != Root {
				n = n.Parent()
				z.names[n] = append([]Record(nil), z.names[n]...)
			}
		}
		s.zones = append(s.zones, z)
	}
	// the zone nearest to the name is the one that knows
	slices.SortStableFunc(s.zones, func(a, b zone) int { return len(b.Name) - len(a.Name) })
	return s, nil
}

// Answer is the response to a query, at most limit octets long (MaxDatagram over UDP, 65535 over TCP); nil when the
// bytes deserve none because they are a response or too short to be a message.
func (s *Server) Answer(query []byte, limit int) []byte {
	m, err := Parse(query)
	if len(query) < headerLength || m.Response {
		return nil
	}
	response := Message{ID: m.ID, Response: true, Opcode: m.Opcode, RecursionDesired: m.RecursionDesired, RecursionAvailable: s.Recursion}
	switch {
	case m.Opcode != 0:
		response.Code = NotImplemented
	case err != nil || len(m.Questions) != 1:
		response.Code = FormatError
	default:
		response.Questions = m.Questions
		s.resolve(&response, m.Questions[0])
	}
	b, err := response.Append(nil)
	if err != nil || len(b) > limit {
		// RFC 2181 §9: TC is set when a part that belongs to the answer does not fit
		response.Truncated = true
		response.Answers, response.Authorities = nil, nil
		if b, err = response.Append(nil); err != nil {
			return nil
		}
	}
	return b
}

// maxAliases bounds a chain of CNAME records, which may lead in a circle.
const maxAliases = 8

func (s *Server) resolve(response *Message, q Question) {
	name := q.Name
	for range maxAliases {
		z, ok := s.zone(name)
		if !ok || q.Class != ClassIN {
			if len(response.Answers) == 0 {
				response.Code = Refused
				if s.Recursion {
					response.Code = NameError
				}
			}
			return
		}
		response.Authoritative = true
		records, exists := z.names[name.Canonical()]
		var alias Name
		found := false
		for _, r := range records {
			switch {
			case r.Type == q.Type || q.Type == TypeANY:
				found = true
				response.Answers = append(response.Answers, r)
			case r.Type == TypeCNAME:
				// RFC 1034 §3.6.2: go on with the name that it stands for
				response.Answers = append(response.Answers, r)
				if h, ok := r.Data.(Host); ok {
					alias = h.Name
				}
			}
		}
		if found {
			return
		}
		if alias == "" {
			if !exists {
				response.Code = NameError
			}
			// RFC 2308 §2: the SOA record says how long this "no" holds
			response.Authorities = []Record{{Name: z.Name, Type: TypeSOA, Class: ClassIN,
				TTL: min(z.TTL, z.Authority.Minimum), Data: z.Authority}}
			return
		}
		name = alias
	}
	response.Code = ServerFailure
}

func (s *Server) zone(name Name) (zone, bool) {
	for _, z := range s.zones {
		if name.Within(z.Name) {
			return z, true
		}
	}
	return zone{}, false
}
