package anonymize

import (
	"bytes"
	"encoding/base64"
	"strconv"
	"strings"

	"mailwire/layers"
)

// httpNames are the fields of HTTP that are known; httpWords the words of those whose values are (RFC 9110).
var (
	httpNames = set(`accept accept-charset accept-encoding accept-language accept-ranges age allow authorization cache-control connection content-disposition
		content-encoding content-language content-length content-location content-range content-type cookie date etag expect expires host if-match
		if-modified-since if-none-match if-range if-unmodified-since keep-alive last-modified location origin pragma proxy-authenticate
		proxy-authorization proxy-connection range referer retry-after server set-cookie strict-transport-security te trailer transfer-encoding upgrade
		upgrade-insecure-requests user-agent vary via warning www-authenticate x-powered-by x-forwarded-for dnt access-control-allow-origin`)
	httpWords = set(`chunked gzip deflate br identity close keep-alive upgrade websocket no-cache no-store bytes basic digest ntlm negotiate bearer
		text html plain css javascript xml json image png jpeg gif webp application xhtml+xml octet-stream x-www-form-urlencoded multipart form-data
		charset utf-8 iso-8859-1 timeout max 100-continue * */*`)
)

// http replaces one message of HTTP/1: the head of a request or response, or a body.
func (a *Anonymizer) http(side *direction, m *message, b []byte) {
	if m.kind == "data" {
		fillChunks(b, side.chunked)
		return
	}
	side.chunked = false
	first := true
	lines(b, func(line []byte) {
		if first {
			a.httpStart(line)
			first = false
			return
		}
		side.chunked = a.httpField(line) || side.chunked
	})
}

// httpStart replaces the target of a request, or the phrase of a response (RFC 9112 §3, §4).
func (a *Anonymizer) httpStart(line []byte) {
	words := fields(line)
	switch {
	case len(words) == 0:
	case bytes.HasPrefix(words[0], []byte("HTTP/1.")) && len(words) > 1 && allDigits(words[1], 3) && len(words[0]) == len("HTTP/1.1"):
		a.say(line[bytes.Index(line, words[1])+3:])
	case len(words) == 3 && methods[string(words[0])] && bytes.HasPrefix(words[2], []byte("HTTP/1.")) && len(words[2]) == len("HTTP/1.1"):
		if string(words[0]) == "CONNECT" {
			name, port, ok := bytes.Cut(words[1], []byte(":"))
			a.identify(name, host)
			if ok && !allDigits(port, 5) {
				fill(port)
			}
			return
		}
		fill(words[1])
	default:
		fill(line)
	}
}

// methods of requests.
var methods = map[string]bool{"GET": true, "HEAD": true, "POST": true, "PUT": true, "DELETE": true, "CONNECT": true, "OPTIONS": true, "TRACE": true,
	"PATCH": true, "PROPFIND": true}

// httpField replaces a field of a head. It tells whether the field says that the body comes in chunks.
func (a *Anonymizer) httpField(line []byte) (chunked bool) {
	name, value, ok := bytes.Cut(line, []byte(":"))
	if !ok || line[0] == ' ' || line[0] == '\t' {
		fill(line)
		return false
	}
	key := lower(name)
	if !httpNames.has(key) {
		a.identify(name, other)
	}
	switch key {
	case "host":
		a.identify(value, host)
	case "content-length":
		a.numbersOr(value, other)
	case "date", "last-modified", "expires", "if-modified-since", "if-unmodified-since":
		if !isDate(bytes.TrimSpace(value)) {
			fill(value)
		}
	case "transfer-encoding", "connection", "proxy-connection", "keep-alive", "upgrade", "te", "expect", "content-type", "content-encoding", "accept-encoding",
		"proxy-authenticate", "www-authenticate", "cache-control", "pragma", "accept-ranges":
		chunked = key == "transfer-encoding" && strings.Contains(lower(value), "chunked")
		a.words(value, httpWords)
	case "authorization", "proxy-authorization":
		a.credentials(value)
	default:
		fill(value)
	}
	return chunked
}

// credentials replaces what a client logs in with (RFC 7617 §2); of other schemes all is filled.
func (a *Anonymizer) credentials(value []byte) {
	words := fields(value)
	if len(words) == 2 && lower(words[0]) == "basic" {
		if _, err := base64.StdEncoding.DecodeString(string(words[1])); err == nil {
			recode(words[1], func(plain []byte) {
				name, password, _ := bytes.Cut(plain, []byte(":"))
				a.identify(name, user)
				hush(password)
			})
			return
		}
	}
	for i, w := range words {
		if i > 0 || !httpWords.has(lower(w)) {
			fill(w)
		}
	}
}

// fillChunks fills a body; the lines between its chunks stay (RFC 9112 §7.1).
func fillChunks(b []byte, chunked bool) {
	for chunked && len(b) > 0 {
		end := bytes.IndexByte(b, '\n') + 1
		size, err := strconv.ParseUint(string(bytes.TrimSpace(b[:end])), 16, 31)
		if end == 0 || err != nil {
			break
		}
		b = b[end:]
		n := min(int(size), len(b))
		fill(b[:n])
		if b = b[n:]; size == 0 {
			break
		}
		if end := bytes.IndexByte(b, '\n') + 1; end > 0 && len(bytes.TrimSpace(b[:end])) == 0 {
			b = b[end:]
		}
	}
	fill(b)
}

// socks replaces one message of SOCKS: the name of who logs in, and where to (RFC 1928 §4 to §6, RFC 1929 §2).
func (a *Anonymizer) socks(m *message, b []byte) {
	switch {
	case len(b) < 2:
		clear(b)
	case b[0] == 4 || b[0] == 0 && len(b) == 8:
		a.socks4(b)
	case b[0] == 1 && m.from == layers.Client:
		c := cursor{b[1:]}
		a.identify(c.vector(1), user)
		fill(c.vector(1))
		clear(c.b)
	case b[0] == 5 && (m.verb != "" || m.from == layers.Server && len(b) > 2):
		a.socksAddress(b[min(3, len(b)):])
	case m.from == layers.Client && len(b) == 2+int(b[1]) && len(b) <= 16: // methods
	case m.from == layers.Server && len(b) == 2:
	default:
		clear(b[1:])
	}
}

// socksAddress replaces an address with its type; the port behind it stays.
func (a *Anonymizer) socksAddress(b []byte) {
	if len(b) < 3 {
		clear(b)
		return
	}
	kind, rest := b[0], b[1:len(b)-2]
	switch {
	case kind == 1 && len(rest) == 4, kind == 4 && len(rest) == 16:
		a.addresses.bytes(rest)
	case kind == 3 && int(rest[0]) == len(rest)-1:
		a.identify(rest[1:], host)
	default:
		clear(rest)
	}
}

// socks4 replaces what version 4 says: an address, and of a request a user's name and, in 4a, a host's.
func (a *Anonymizer) socks4(b []byte) {
	if len(b) < 8 {
		clear(b[1:])
		return
	}
	if b[4]|b[5]|b[6] != 0 { // else it only says that a name follows
		a.addresses.bytes(b[4:8])
	}
	name, target, _ := bytes.Cut(b[8:], []byte{0})
	a.identify(name, user)
	a.identify(target, host)
}
