package socks

import "strconv"

// Methods of RFC 1928 §3 that lead on, and the one that ends the dialogue.
const (
	noLogin     = 0
	password    = 2
	noneOfThese = 0xff
)

var methodNames = map[byte]string{noLogin: "no login", 1: "GSSAPI", password: "user and password", noneOfThese: "none of these"}

// connect is the command that mail needs (RFC 1928 §4).
const connect = 1

var commandNames = map[byte]string{connect: "CONNECT", 2: "BIND", 3: "UDP ASSOCIATE"}

// A reply is the name of a reply code, and the note that explains it.
type reply struct{ name, note string }

const granted = "socks.granted"

// replies are those of version 5 (RFC 1928 §6).
var replies = map[byte]reply{
	0: {"succeeded", granted},
	1: {"general failure", "socks.refused.general-failure"},
	2: {"not allowed by ruleset", "socks.refused.not-allowed"},
	3: {"network unreachable", "socks.refused.network-unreachable"},
	4: {"host unreachable", "socks.refused.host-unreachable"},
	5: {"connection refused", "socks.refused.connection-refused"},
	6: {"TTL expired", "socks.refused.ttl-expired"},
	7: {"command not supported", "socks.refused.command"},
	8: {"address type not supported", "socks.refused.address-type"},
}

// oldReplies are those of version 4.
var oldReplies = map[byte]reply{
	90: {"granted", granted},
	91: {"rejected or failed", "socks.refused.rejected"},
	92: {"rejected: no identd", "socks.refused.no-identd"},
	93: {"rejected: other user", "socks.refused.other-user"},
}

// nameOf is the name of a value in a table, else its number.
func nameOf(names map[byte]string, b byte) string {
	if name, ok := names[b]; ok {
		return name
	}
	return strconv.Itoa(int(b))
}

// replyOf is what a table knows of a reply code: of an unknown one its number, and a note that tells it.
func replyOf(replies map[byte]reply, code byte) reply {
	if r, ok := replies[code]; ok {
		return r
	}
	return reply{strconv.Itoa(int(code)), "socks.refused"}
}
