package imap

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// A scripted client speaks with a server that says what the test has it say. script is its greeting, and then, line by
// line, what the client must send ("> …") and what it gets.
func scripted(t *testing.T, name, script string, act func(*Client)) (events []string) {
	t.Helper()
	cl := NewClient(epoch, ClientConfig{})
	lines := strings.Split(strings.TrimSpace(script), "\n")
	acted := false
	sent := ""
	for i, line := range lines {
		line = strings.TrimSpace(line)
		want, expected := strings.CutPrefix(line, "> ")
		if !expected {
			for _, b := range []byte(line + "\r\n") {
				cl.Receive(epoch, []byte{b})
			}
		}
		if i == 0 && !acted {
			act(cl)
			acted = true
		}
		sent += string(cl.Output())
		if expected {
			want += "\r\n"
			if !strings.HasPrefix(sent, want) {
				t.Errorf("%s, line %d: sent %.200q, want %.200q", name, i+1, sent, want)
			}
			sent = sent[min(len(want), len(sent)):]
		}
		for e, ok := cl.Next(); ok; e, ok = cl.Next() {
			switch e := e.(type) {
			case *Done:
				code := ""
				if e.Code != nil {
					code = " [" + e.Code.Name + "]"
				}
				events = append(events, fmt.Sprintf("%s %s %s%s", e.Tag, e.Command, e.Status, code))
			case *ServerError:
				events = append(events, e.Why.Error())
			}
		}
	}
	if sent += string(cl.Output()); sent != "" {
		t.Errorf("%s: sent %.200q too", name, sent)
	}
	return events
}

// TestClientScripts: what the client sends depends on what the server can.
func TestClientScripts(t *testing.T) {
	body := strings.Repeat("x ", 2048) + "x"
	for _, row := range []struct {
		name, script string
		act          func(*Client)
		events       string
	}{
		{"MOVE", `* OK [CAPABILITY IMAP4rev1 MOVE] hi
			> A001 UID MOVE 1:3 Old
			* OK [COPYUID 1 1:3 7:9] moved
			A001 OK done`, func(c *Client) { c.MoveOrCopy(Range(1, 3), "Old") }, "A001 UID MOVE OK"},
		{"without MOVE", `* OK [CAPABILITY IMAP4rev1 UIDPLUS] hi
			> A001 UID COPY 1:3 Old
			A001 OK [COPYUID 1 1:3 7:9] copied
			> A002 UID STORE 1:3 +FLAGS.SILENT (\Deleted)
			A002 OK marked
			> A003 UID EXPUNGE 1:3
			A003 OK gone`, func(c *Client) { c.MoveOrCopy(Range(1, 3), "Old") }, "A001 UID MOVE OK [COPYUID]"},
		{"without MOVE and UIDPLUS they stay, marked", `* OK [CAPABILITY IMAP4rev1] hi
			> A001 UID COPY 1:3 Old
			A001 OK copied
			> A002 UID STORE 1:3 +FLAGS.SILENT (\Deleted)
			A002 OK marked`, func(c *Client) { c.MoveOrCopy(Range(1, 3), "Old") }, "A001 UID MOVE OK"},
		{"what was not copied is not marked", `* OK [CAPABILITY IMAP4rev1 UIDPLUS] hi
			> A001 UID COPY 1 Old
			A001 NO [TRYCREATE] no such mailbox`, func(c *Client) { c.MoveOrCopy(Range(1, 1), "Old") }, "A001 UID MOVE NO [TRYCREATE]"},
		{"LITERAL+ never waits", `* OK [CAPABILITY IMAP4rev1 LITERAL+] hi
			> A001 APPEND INBOX {4097+}
			> ` + body + `
			A001 OK done`, func(c *Client) { c.Append("INBOX", nil, time.Time{}, []byte(body)) }, "A001 APPEND OK"},
		{"LITERAL- waits with what is long", `* OK [CAPABILITY IMAP4rev1 LITERAL-] hi
			> A001 LOGIN {3+}
			> ü! {4097}
			+ go on
			> ` + body + `
			A001 NO wrong`, func(c *Client) { c.Login("ü!", body) }, "A001 LOGIN NO"},
		{"without either all wait", `* OK [CAPABILITY IMAP4rev1] hi
			> A001 LOGIN {3}
			+ go on
			> ü! pw
			A001 OK in`, func(c *Client) { c.Login("ü!", "pw") }, "A001 LOGIN OK"},
		{"a refused literal is never sent", `* OK hi
			> A001 APPEND INBOX {2}
			A001 NO [TOOBIG] no
			> A002 NOOP
			A002 OK fine`, func(c *Client) {
			c.Append("INBOX", nil, time.Time{}, []byte("hi"))
			c.Noop()
		}, "A001 APPEND NO [TOOBIG], A002 NOOP OK"},
		{"news at any time", `* OK hi
			> A001 SELECT INBOX
			* OK [CLOSED] before
			* 3 EXISTS
			* 1 RECENT
			* OK [UIDVALIDITY 7] valid
			* OK [UIDNEXT 9] next
			A001 OK [READ-ONLY] open
			* 4 EXISTS
			* 2 EXPUNGE
			* 1 FETCH (FLAGS (\Seen))
			+ what for?
			Z9 OK nobody asked`, func(c *Client) { c.Select("INBOX") },
			"A001 SELECT OK [READ-ONLY], imap: nothing waits for a continuation (RFC 3501 §7.5), imap: no command has this tag (RFC 3501 §2.2.1)"},
	} {
		if got := strings.Join(scripted(t, row.name, row.script, row.act), ", "); got != row.events {
			t.Errorf("%s: %s, want %s", row.name, got, row.events)
		}
	}
}

// TestClientForgetsCapabilities: what the server could do before LOGIN need not hold after it; who was not told, asks.
func TestClientForgetsCapabilities(t *testing.T) {
	for _, row := range []struct{ answer, knows string }{
		{"A001 OK in", ""},
		{"A001 OK [CAPABILITY IMAP4rev1 MOVE] in", "IMAP4rev1 MOVE"},
		{"* CAPABILITY IMAP4rev1 IDLE\r\nA001 OK in", "IMAP4rev1 IDLE"},
		{"A001 NO who?", "IMAP4rev1 AUTH=PLAIN"},
	} {
		cl := NewClient(epoch, ClientConfig{})
		cl.Receive(epoch, []byte("* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hi\r\n"))
		cl.Login("bob", "pw")
		cl.Output()
		cl.Receive(epoch, []byte(row.answer+"\r\n"))
		if got := strings.Join(cl.Capabilities(), " "); got != row.knows {
			t.Errorf("after %q the client knows %q, want %q", row.answer, got, row.knows)
		}
	}
}
