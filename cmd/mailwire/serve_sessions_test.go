package main

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestManySessionsAgree lets many IMAP sessions change one mailbox at the same time: each must be told what the others did
// so that its numbers name the right mails all the while, and in the end all know the same mails, each once.
// MAILWIRE_LOAD is how long; the full measure is 1m.
func TestManySessionsAgree(t *testing.T) {
	const sessions = 50
	span := 3 * time.Second
	if testing.Short() {
		span = 500 * time.Millisecond
	}
	if given, err := time.ParseDuration(os.Getenv("MAILWIRE_LOAD")); err == nil {
		span = given
	}
	s := startServe(t, "--quiet", "--account", "eva:secret")
	var all sync.WaitGroup
	viewers := make([]*viewer, sessions)
	end := time.Now().Add(span)
	for i := range viewers {
		v := &viewer{t: t, number: i, random: rand.New(rand.NewPCG(uint64(i), 1)), ours: map[uint32]bool{}}
		viewers[i] = v
		all.Go(func() {
			v.open(s.address("imap"))
			for v.err == nil && time.Now().Before(end) {
				v.act()
			}
		})
	}
	all.Wait()
	want := map[uint32]bool{}
	acts := 0
	for _, v := range viewers {
		for uid := range v.ours {
			want[uid] = true
		}
		acts += v.acts
	}
	for _, v := range viewers {
		v.command("NOOP") // what the others did last
		v.command("UID FETCH 1:* (UID)")
		if v.err != nil {
			t.Fatalf("session %d: %v", v.number, v.err)
		}
		if len(v.mails) != len(want) {
			t.Errorf("session %d knows %d mails, want %d", v.number, len(v.mails), len(want))
		}
		for i, uid := range v.mails {
			if !want[uid] || i > 0 && v.mails[i-1] >= uid {
				t.Fatalf("session %d: mail %d has UID %d behind %v", v.number, i+1, uid, v.mails[max(0, i-1)])
			}
		}
	}
	t.Logf("%d commands of %d sessions in %v, %d mails in the end", acts, sessions, span, len(want))
}

// A viewer is a session that believes what it is told and nothing else.
type viewer struct {
	t      *testing.T
	number int
	random *rand.Rand
	conn   net.Conn
	in     *bufio.Reader
	tag    int
	acts   int
	mails  []uint32        // by number; 0 where the UID is not known yet
	ours   map[uint32]bool // what it has appended and not removed
	last   string          // the tagged reply
	err    error
}

func (v *viewer) open(address string) {
	if v.conn, v.err = net.Dial("tcp", address); v.err != nil {
		return
	}
	v.t.Cleanup(func() { v.conn.Close() })
	v.in = bufio.NewReader(v.conn)
	v.line()
	v.command("LOGIN eva secret")
	v.command("SELECT INBOX")
	v.command("FETCH 1:* (UID)")
}

// act does one thing that a mail program does.
func (v *viewer) act() {
	v.acts++
	switch n := v.random.IntN(10); {
	case n < 3:
		mail := fmt.Sprintf("From: eva@example.org\r\nSubject: %d of %d\r\n\r\nx\r\n", v.acts, v.number)
		v.command(fmt.Sprintf("APPEND INBOX {%d+}\r\n%s", len(mail), mail))
		if m := regexp.MustCompile(`\[APPENDUID \d+ (\d+)\]`).FindStringSubmatch(v.last); m != nil {
			v.ours[number(m[1])] = true
		}
	case n < 5 && len(v.mails) > 0:
		v.command(fmt.Sprintf("STORE %d +FLAGS (\\Flagged k%d)", 1+v.random.IntN(len(v.mails)), v.random.IntN(5)))
	case n < 6:
		v.command("UID FETCH 1:* (UID FLAGS)")
	case n < 7 && len(v.mails) > 0:
		v.command(fmt.Sprintf("FETCH %d (UID BODY.PEEK[HEADER.FIELDS (SUBJECT)])", 1+v.random.IntN(len(v.mails))))
	case n < 8 && len(v.ours) > 3:
		for uid := range v.ours {
			v.command(fmt.Sprintf("UID STORE %d +FLAGS.SILENT (\\Deleted)", uid))
			v.command(fmt.Sprintf("UID EXPUNGE %d", uid))
			delete(v.ours, uid)
			break
		}
	case n < 9:
		v.idle()
	default:
		v.command("NOOP")
	}
}

// command says a command and believes all it is told until it is answered.
func (v *viewer) command(words string) {
	if v.err != nil {
		return
	}
	v.tag++
	tag := "a" + strconv.Itoa(v.tag) + " "
	v.conn.SetDeadline(time.Now().Add(30 * time.Second))
	if _, v.err = io.WriteString(v.conn, tag+words+"\r\n"); v.err != nil {
		return
	}
	for v.err == nil {
		line := v.line()
		if rest, ok := strings.CutPrefix(line, tag); ok {
			if v.last = rest; !strings.HasPrefix(rest, "OK") && !strings.Contains(rest, "[EXPUNGEISSUED]") && !strings.HasPrefix(words, "FETCH 1:*") {
				v.err = fmt.Errorf("%s: %s", words, rest)
			}
			return
		}
		v.believe(line)
	}
}

// idle waits for news a moment.
func (v *viewer) idle() {
	v.tag++
	tag := "a" + strconv.Itoa(v.tag) + " "
	v.conn.SetDeadline(time.Now().Add(30 * time.Second))
	io.WriteString(v.conn, tag+"IDLE\r\n")
	for v.err == nil {
		line := v.line()
		if strings.HasPrefix(line, "+") {
			time.Sleep(time.Duration(v.random.IntN(20)) * time.Millisecond)
			io.WriteString(v.conn, "DONE\r\n")
		} else if strings.HasPrefix(line, tag) {
			return
		} else {
			v.believe(line)
		}
	}
}

var news = regexp.MustCompile(`^\* (\d+) (EXISTS|EXPUNGE|FETCH)(?: \(.*?UID (\d+))?`)

// believe takes what the server tells of the mailbox.
func (v *viewer) believe(line string) {
	m := news.FindStringSubmatch(line)
	if m == nil {
		return
	}
	n := int(number(m[1]))
	switch m[2] {
	case "EXISTS":
		if n < len(v.mails) {
			v.err = fmt.Errorf("%q with %d mails: a mailbox shrinks by EXPUNGE alone", line, len(v.mails))
			return
		}
		v.mails = append(v.mails, make([]uint32, n-len(v.mails))...)
		return
	case "EXPUNGE":
		if n < 1 || n > len(v.mails) {
			v.err = fmt.Errorf("%q with %d mails", line, len(v.mails))
			return
		}
		v.mails = slices.Delete(v.mails, n-1, n)
		return
	}
	if n < 1 || n > len(v.mails) {
		v.err = fmt.Errorf("%q with %d mails", line, len(v.mails))
		return
	}
	if uid := number(m[3]); uid != 0 {
		if known := v.mails[n-1]; known != 0 && known != uid {
			v.err = fmt.Errorf("%q: this number was UID %d", line, known)
		}
		v.mails[n-1] = uid
	}
}

// line is the next line, literals included.
func (v *viewer) line() string {
	var whole strings.Builder
	for {
		line, err := v.in.ReadString('\n')
		if err != nil {
			v.err = err
			return ""
		}
		whole.WriteString(strings.TrimRight(line, "\r\n"))
		open := strings.LastIndexByte(line, '{')
		if open < 0 || !strings.HasSuffix(line, "}\r\n") {
			return whole.String()
		}
		if _, err := v.in.Discard(int(number(line[open+1 : len(line)-3]))); err != nil {
			v.err = err
			return ""
		}
	}
}

func number(s string) uint32 {
	n, _ := strconv.ParseUint(s, 10, 32)
	return uint32(n)
}
