package pop3

import "time"

// A Choice is what a [Collector] does with one message of a maildrop.
type Choice struct {
	Fetch  Fetch
	Lines  int  // of the body, with FetchTop
	Remove bool // mark it; where it is fetched, only once its owner has taken it
}

// Fetch says how much of a message is fetched.
type Fetch uint8

// How much.
const (
	FetchNothing Fetch = iota
	FetchTop           // the header and some lines of the body
	FetchWhole
)

// A Strategy chooses what is done with a message. m.UID is "" on a server without UIDL, m.Size -1 where LIST does not tell it.
type Strategy func(m Listed, now time.Time) Choice

// Remembered says since when a message is here, by its unique id; ok is false for one that is not. It is what a client keeps from
// one session to the next, and how it takes up where a session broke off (RFC 1939 §7).
type Remembered func(uid string) (since time.Time, ok bool)

// of is about a message; one without a unique id can't be recognised.
func (r Remembered) of(m Listed) (since time.Time, ok bool) {
	if m.UID == "" {
		return time.Time{}, false
	}
	return r(m.UID)
}

// DeleteFetched is what POP3 was made for: what is fetched is removed, and nothing stays on the server.
func DeleteFetched(here Remembered) Strategy { return DeleteAfter(here, 0) }

// LeaveCopy fetches what is new and removes nothing.
func LeaveCopy(here Remembered) Strategy {
	return func(m Listed, _ time.Time) Choice {
		if _, ok := here.of(m); ok {
			return Choice{}
		}
		return Choice{Fetch: FetchWhole}
	}
}

// DeleteAfter fetches what is new and removes what has been here for a time; at once when it is 0. Without UIDL nobody can tell
// how long a message has been here: then only 0 removes.
func DeleteAfter(here Remembered, keep time.Duration) Strategy {
	return func(m Listed, now time.Time) Choice {
		if since, ok := here.of(m); ok {
			return Choice{Remove: now.Sub(since) >= keep}
		}
		return Choice{Fetch: FetchWhole, Remove: keep <= 0}
	}
}

// Headers fetches the header, and some lines of the body, of what is new, so that somebody can choose.
func Headers(here Remembered, lines int) Strategy {
	return func(m Listed, _ time.Time) Choice {
		if _, ok := here.of(m); ok {
			return Choice{}
		}
		return Choice{Fetch: FetchTop, Lines: lines}
	}
}

// UpTo lets a strategy fetch no message of more octets than max; of a larger one it fetches the header.
func UpTo(max int64, s Strategy) Strategy {
	return func(m Listed, now time.Time) Choice {
		choice := s(m, now)
		if choice.Fetch == FetchWhole && m.Size > max {
			return Choice{Fetch: FetchTop}
		}
		return choice
	}
}
