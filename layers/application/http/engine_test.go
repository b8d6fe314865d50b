package http

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

var monday = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)

// served is what a server understands of some bytes, given in pieces of size, and what it answers when each request is
// answered with its target.
func served(in string, size int) (requests, out string) {
	s := NewServer(monday)
	for len(in) > 0 {
		n := min(size, len(in))
		s.Receive(monday, []byte(in[:n]))
		in = in[n:]
		for r, ok := s.Next(); ok; r, ok = s.Next() {
			requests += fmt.Sprintf("%s %s %q %q\n", r.Method, r.Target, r.Get("cookie"), r.Body)
			s.Answer(&Response{Code: 200, Reason: "OK", Body: []byte(r.Target)})
		}
	}
	return requests, string(s.Output())
}

func TestServer(t *testing.T) {
	for _, c := range []struct{ name, in, requests, answer string }{
		{"a page", "GET /inbox HTTP/1.1\r\nHost: webmail.example.net\r\nCookie: session=1\r\n\r\n", "GET /inbox \"session=1\" \"\"\n", "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n/inbox"},
		{"two at once, empty lines between", "GET /a HTTP/1.1\r\n\r\n\r\nPOST /b HTTP/1.1\r\nContent-Length: 3\r\n\r\nx=1", "GET /a \"\" \"\"\nPOST /b \"\" \"x=1\"\n",
			"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n/aHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n/b"},
		{"no request line", "EHLO ana\r\n\r\n", "", "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"},
		{"no field", "GET / HTTP/1.1\r\nwhat is this\r\n\r\n", "", "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"},
		{"a length that is none", "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", "", "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"},
		{"too long a body", "POST / HTTP/1.1\r\nContent-Length: 9999999999\r\n\r\n", "", "HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"},
		{"chunks", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", "", "HTTP/1.1 501 Not Implemented\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"},
		{"too long a head", "GET /" + strings.Repeat("a", headMax), "", "HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"},
	} {
		for _, size := range []int{len(c.in), 1, 7} {
			if size == 1 && len(c.in) > 10000 {
				continue
			}
			requests, answer := served(c.in, size)
			if requests != c.requests || answer != c.answer {
				t.Errorf("%s, %d at a time: %q, %q", c.name, size, requests, answer)
			}
		}
	}
}

// TestTheTwoEndsUnderstandEachOther, with values that would break out of their line.
func TestTheTwoEndsUnderstandEachOther(t *testing.T) {
	client, server := NewClient(monday, "webmail.example.net"), NewServer(monday)
	client.Send(monday, &Request{Method: "POST", Target: "/send", Fields: []Field{{"Cookie", "a\r\nX: b"}}, Body: []byte("to=bob")})
	server.Receive(monday, client.Output())
	r, ok := server.Next()
	if !ok || r.Get("host") != "webmail.example.net" || r.Get("Cookie") != "a  X: b" || string(r.Body) != "to=bob" || r.Get("X") != "" {
		t.Fatalf("%+v", r)
	}
	server.Answer(&Response{Code: 303, Reason: "See Other", Fields: []Field{{"Location", "/inbox"}}})
	client.Receive(monday, server.Output())
	if a, ok := client.Next(); !ok || a.Code != 303 || a.Get("location") != "/inbox" {
		t.Fatalf("%+v", a)
	}
	client.Receive(monday, []byte("220 mail.example.net ESMTP\r\n\r\n"))
	if client.Fault() == nil || !client.Closing() {
		t.Error("what is no HTTP is understood")
	}
	server.Expire(monday.Add(time.Hour))
	if !server.Closing() {
		t.Error("a silent client is waited for for ever")
	}
}

// FuzzServer: any bytes give requests or an answer, never a panic, and the same however they are cut.
func FuzzServer(f *testing.F) {
	f.Add([]byte("GET / HTTP/1.1\r\nHost: a\r\n\r\nPOST /b HTTP/1.1\r\nContent-Length: 3\r\n\r\nx=1"))
	f.Add([]byte("\r\n\r\nGET /\r\n\r\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		requests, out := served(string(b), len(b)+1)
		if again, same := served(string(b), 3); again != requests || same != out {
			t.Errorf("whole: %q, %q; in pieces: %q, %q", requests, out, again, same)
		}
	})
}
