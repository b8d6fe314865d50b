package contrast

import (
	"fmt"
	"strings"
	"testing"

	"mailwire/layers"
	"mailwire/layers/application"
	"mailwire/layers/trace/story"
)

// steps reads "USER +OK, RETR +OK 3": a command, its answer, how often.
func steps(s string) []Step {
	var list []Step
	for _, one := range strings.Split(s, ", ") {
		step := Step{Count: 1}
		fmt.Sscan(one, &step.Command, &step.Answer, &step.Count)
		list = append(list, step)
	}
	return list
}

// rows writes what was laid side by side: "=USER ~PASS <RETR >DELE".
func rows(list []Row) string {
	var s []string
	for _, r := range list {
		command := r.Left.Command
		if r.Mark == RightOnly {
			command = r.Right.Command
		}
		s = append(s, string(rune(r.Mark))+command)
	}
	return strings.Join(s, " ")
}

func TestDialoguesSideBySide(t *testing.T) {
	for _, row := range []struct{ left, right, want string }{
		{"USER +OK, PASS +OK, QUIT +OK", "USER +OK, PASS +OK, QUIT +OK", "=USER =PASS =QUIT"},
		{"RETR +OK 3, QUIT +OK", "RETR +OK 46, QUIT +OK", "=RETR =QUIT"}, // how often is no difference
		{"USER +OK, PASS -ERR, QUIT +OK", "USER +OK, PASS +OK, STAT +OK, QUIT +OK", "=USER ~PASS >STAT =QUIT"},
		{"MAIL 250, RCPT 550, QUIT 221", "EHLO 250, MAIL 250, RCPT 250, DATA 354, . 250, QUIT 221", ">EHLO =MAIL ~RCPT >DATA >. =QUIT"},
		{"RCPT 550, RCPT 250", "RCPT 250", "<RCPT =RCPT"}, // the equal answer decides
		{"NOOP OK", "IDLE OK", "<NOOP >IDLE"},
	} {
		if got := rows(align(steps(row.left), steps(row.right))); got != row.want {
			t.Errorf("%s | %s: %s, want %s", row.left, row.right, got, row.want)
		}
	}
}

func session(protocol, s string) *Session {
	return &Session{Protocol: protocol, Steps: steps(s), Times: 1}
}

func TestWhoIsMostAlikeIsLaidSideBySide(t *testing.T) {
	ours := []*Session{session("pop3", "USER +OK, STAT +OK"), session("pop3", "USER +OK, PASS +OK, RETR +OK, QUIT +OK"), session("imap", "LOGIN OK")}
	theirs := []*Session{session("pop3", "USER +OK, PASS +OK, RETR +OK, DELE +OK, QUIT +OK"), session("smtp", "EHLO 250")}
	c := Compare("lab", "lesson", ours, theirs)
	if len(c.Pairs) != 1 || c.Pairs[0].Left != ours[1] || c.Pairs[0].Right != theirs[0] || len(c.LeftOnly) != 2 || len(c.RightOnly) != 1 {
		t.Errorf("%+v", c)
	}
	if c.Verdict.ID != "contrast.differ" || len(c.Pairs[0].Notes) != 1 || c.Pairs[0].Notes[0].ID != "contrast.right-only" {
		t.Errorf("%v %v", c.Verdict, c.Pairs[0].Notes)
	}
	for id, sides := range map[string][2][]*Session{
		"contrast.same":    {ours[:1], ours[:1]},
		"contrast.unlike":  {ours[2:], theirs[1:]},
		"contrast.nothing": {},
	} {
		if c := Compare("lab", "lesson", sides[0], sides[1]); c.Verdict.ID != id {
			t.Errorf("%v, want %s", c.Verdict, id)
		}
	}
}

func TestDifferencesAreNamed(t *testing.T) {
	a, b := session("imap", "LOGIN OK"), session("imap", "LOGIN NO")
	a.Encrypted, a.Way, b.Way = true, "imap.whole", "imap.headers"
	var ids []string
	for _, n := range pair(a, b).Notes {
		ids = append(ids, n.ID)
	}
	if got := strings.Join(ids, " "); got != "contrast.otherwise contrast.tls.left contrast.way" {
		t.Error(got)
	}
}

func TestSessionsThatSaidTheSameAreOne(t *testing.T) {
	var s Side
	told := &story.Story{}
	for stream := range 3 {
		told.Sessions = append(told.Sessions, story.Session{Stream: stream, Protocol: "pop3", Times: story.Times{Packets: 10}})
		for _, m := range []application.Message{
			{Protocol: "pop3", From: layers.Server, Kind: application.Greeting, Status: "+OK"},
			{Protocol: "pop3", From: layers.Client, Kind: application.Command, Verb: "RETR"},
			{Protocol: "pop3", From: layers.Client, Kind: application.Command, Verb: "RETR"}, // pipelined
			{Protocol: "pop3", From: layers.Server, Kind: application.Reply, Status: "+OK", Answers: "RETR"},
			{Protocol: "pop3", From: layers.Server, Kind: application.Data, Answers: "RETR"},
			{Protocol: "pop3", From: layers.Server, Kind: application.Reply, Status: "+OK", Answers: "RETR"},
		}[:6-stream/2] {
			s.Message(stream, &m)
		}
	}
	list := s.Sessions(told)
	if len(list) != 2 || list[0].Times != 2 || list[0].Cost.Packets != 20 || fmt.Sprint(list[0].Steps) != "[{GREETING +OK 1} {RETR +OK 2}]" ||
		fmt.Sprint(list[1].Steps) != "[{GREETING +OK 1} {RETR +OK 1} {RETR  1}]" {
		t.Errorf("%d: %+v %+v", len(list), list[0], list[1])
	}
}
