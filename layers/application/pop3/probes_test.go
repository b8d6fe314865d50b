package pop3

import (
	"bufio"
	"crypto/hmac"
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// The maildrop of every probe: a mail with dots, one of a header alone, one with bytes above 127 and an empty line at its end.
var probeMails = []string{
	"From: ana@example.net\r\nSubject: one\r\n\r\nfirst line\r\n.\r\n..\r\n.three\r\nlast line\r\n",
	"From: bob@example.org\r\nSubject: two\r\n\r\n",
	"From: eve@example.com\r\nSubject: three\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\ndrei Grüße\r\n\r\n",
}

// Probes are what a black box is asked: what it has to answer by the RFCs, whoever wrote it. Each speaks to a maildrop of its
// own, over a connection whose greeting has been read. The lines of a probe:
//
//	> text      send a line;  >> "text"  send it as written, without a line end
//	< regexp    a line comes that begins like this
//	= regexp    a reply of several lines comes: +OK, and between it and the dot, unstuffed, exactly this
//	login       USER, PASS and their +OK
//	close       the server ends the connection
//	drop        we end it, and open another;  open  another after close
//	2> 2<       the same over a second connection
//	keep name   remembers the last reply;  same name  it is the last reply again
//	cram, apop  log in that way
//	if word     goes on only where CAPA, or the greeting, has the word; else the probe is skipped
var probes = []struct{ name, ref, script string }{
	{"a line ends a session before login", "1939 §4", "> QUIT\n< \\+OK\nclose"},
	{"USER and PASS open the maildrop", "1939 §7", "> USER $user\n< \\+OK\n> PASS secret\n< \\+OK\n> STAT\n< \\+OK 3 "},
	{"a wrong password does not", "1939 §7", "> USER $user\n< \\+OK\n> PASS wrong\n< -ERR\n> STAT\n< -ERR"},
	{"after a wrong password the right one does", "1939 §7", "> USER $user\n< \\+OK\n> PASS wrong\n< -ERR\n> USER $user\n< \\+OK\n> PASS secret\n< \\+OK"},
	{"a stranger is told what a wrong password is told", "3206 §5", "> USER $user\n< .*\nkeep user\n> PASS wrong\n< -ERR\nkeep pass\n> USER stranger\n< .*\nsame user\n> PASS wrong\n< -ERR\nsame pass"},
	{"a failed login has the code AUTH", "3206 §5", "if AUTH-RESP-CODE\n> USER $user\n< \\+OK\n> PASS wrong\n< -ERR \\[AUTH\\]"},
	{"PASS comes behind USER", "1939 §7", "> PASS secret\n< -ERR\n> STAT\n< -ERR"},
	{"USER has an argument", "1939 §7", "> USER\n< -ERR\n> QUIT\n< \\+OK"},
	{"nothing of TRANSACTION before login", "1939 §4", "> STAT\n< -ERR\n> LIST\n< -ERR\nopen\n> RETR 1\n< -ERR\n> DELE 1\n< -ERR\nopen\n> UIDL\n< -ERR\n> TOP 1 0\n< -ERR\nopen\n> RSET\n< -ERR\n> NOOP\n< -ERR"},
	{"verbs in any case", "1939 §3", "> user $user\n< \\+OK\n> Pass secret\n< \\+OK\n> sTaT\n< \\+OK 3"},
	{"an unknown command is refused and the session goes on", "1939 §3", "> MKDIR x\n< -ERR\n> QUIT\n< \\+OK"},
	{"so is an empty line", "1939 §3", ">> \"\\r\\n\"\n< -ERR\n> QUIT\n< \\+OK"},
	{"so are bytes that are no text", "1939 §3", ">> \"\\x01\\xff\\x80 \\xc3\\r\\n\"\n< -ERR\n> QUIT\n< \\+OK"},
	{"a password holds spaces", "1939 §7", "> USER spacey\n< \\+OK\n> PASS two words\n< \\+OK"},
	{"no USER behind login", "1939 §5", "login\n> USER $user\n< -ERR\n> NOOP\n< \\+OK"},
	{"no AUTH behind login", "5034 §4", "login\n> AUTH PLAIN\n< -ERR\n> NOOP\n< \\+OK"},

	{"CAPA before login", "2449 §5", "> CAPA\n= (?s).*\\bTOP\\b.*\n> CAPA\n= (?s).*\\bUIDL\\b.*\n> CAPA\n= (?s).*\\bSASL [A-Z0-9 -]*PLAIN.*\n> CAPA\n= (?s).*\\bUSER\\b.*"},
	{"CAPA says response codes and pipelining", "2449 §6.4, §6.6", "> CAPA\n= (?s).*\\bRESP-CODES\\b.*\n> CAPA\n= (?s).*\\bPIPELINING\\b.*"},
	{"CAPA behind login, without STLS", "2595 §4", "login\n> CAPA\n= (?s)(TOP|USER|SASL [^\\r]*|RESP-CODES|PIPELINING|UIDL|AUTH-RESP-CODE|EXPIRE [^\\r]*|IMPLEMENTATION [^\\r]*|LOGIN-DELAY [^\\r]*|UTF8[^\\r]*|LANG|\\r\\n)+"},
	{"STLS behind login is refused", "2595 §4", "login\n> STLS\n< -ERR\n> NOOP\n< \\+OK"},

	{"AUTH PLAIN, the response beside it", "5034 §4", "> AUTH PLAIN $plain\n< \\+OK\n> STAT\n< \\+OK 3"},
	{"AUTH PLAIN, the response behind the challenge", "5034 §4", "> AUTH PLAIN\n< \\+ ?$\n> $plain\n< \\+OK"},
	{"AUTH given up", "5034 §4", "> AUTH PLAIN\n< \\+ ?$\n> *\n< -ERR\n> AUTH PLAIN $plain\n< \\+OK"},
	{"AUTH with what is no base64", "5034 §4", "> AUTH PLAIN\n< \\+ ?$\n> !!!\n< -ERR\n> NOOP\n< -ERR"},
	{"AUTH PLAIN with a wrong password", "5034 §4", "> AUTH PLAIN $wrong\n< -ERR\n> AUTH PLAIN $plain\n< \\+OK"},
	{"AUTH PLAIN for somebody else", "4616 §2", "> AUTH PLAIN $other\n< -ERR\n> STAT\n< -ERR"},
	{"AUTH by a mechanism that nobody knows", "5034 §4", "> AUTH X-UNKNOWN\n< -ERR\n> QUIT\n< \\+OK"},
	{"mechanisms in any case", "5034 §4", "> auth plain $plain\n< \\+OK"},
	{"AUTH LOGIN", "draft-murchison-sasl-login", "> AUTH LOGIN\n< \\+ VXNlcm5hbWU6$\n> $user64\n< \\+ UGFzc3dvcmQ6$\n> c2VjcmV0\n< \\+OK"},
	{"AUTH CRAM-MD5", "2195 §2", "if CRAM-MD5\ncram\n> STAT\n< \\+OK 3"},
	{"APOP", "1939 §7", "if <\napop\n> STAT\n< \\+OK 3"},
	{"APOP with a wrong digest", "1939 §7", "if <\n> APOP $user c4c9334bac560ecc979e58001b3e22fb\n< -ERR\n> STAT\n< -ERR"},

	{"STAT counts messages and octets", "1939 §5", "login\n> STAT\n< \\+OK 3 $octets( |$)"},
	{"LIST has a line for each", "1939 §5", "login\n> LIST\n= 1 $size1\\r\\n2 $size2\\r\\n3 $size3\\r\\n"},
	{"LIST of one", "1939 §5", "login\n> LIST 2\n< \\+OK 2 $size2( |$)"},
	{"LIST of what is not there", "1939 §5", "login\n> LIST 4\n< -ERR\n> LIST 0\n< -ERR\n> LIST 4294967297\n< -ERR\n> LIST 99999999999999999999999\n< -ERR"},
	{"LIST of what is no number", "1939 §5", "login\n> LIST one\n< -ERR\n> LIST -1\n< -ERR\n> LIST 1x\n< -ERR"},
	{"RETR brings the mail, its dots doubled", "1939 §3", "login\n> RETR 1\n= $mail1\n> RETR 2\n= $mail2\n> RETR 3\n= $mail3"},
	{"the dots on the wire", "1939 §3", "login\n> RETR 1\n< \\+OK\n< From: \n< Subject: one\n< $\n< first line\n< \\.\\.$\n< \\.\\.\\.$\n< \\.\\.three$\n< last line\n< \\.$"},
	{"RETR of what is not there", "1939 §5", "login\n> RETR 4\n< -ERR\n> RETR 0\n< -ERR\n> NOOP\n< \\+OK"},
	{"RETR without a number", "1939 §5", "login\n> RETR\n< -ERR\n> RETR x\n< -ERR"},
	{"RETR does not remove", "1939 §5", "login\n> RETR 1\n= $mail1\n> QUIT\n< \\+OK\nclose\nopen\nlogin\n> STAT\n< \\+OK 3"},
	{"DELE marks: the mail counts no more", "1939 §5", "login\n> DELE 2\n< \\+OK\n> STAT\n< \\+OK 2 \n> LIST\n= 1 $size1\\r\\n3 $size3\\r\\n"},
	{"DELE twice", "1939 §5", "login\n> DELE 2\n< \\+OK\n> DELE 2\n< -ERR"},
	{"what is marked can't be referred to", "1939 §5", "login\n> DELE 2\n< \\+OK\n> RETR 2\n< -ERR\n> LIST 2\n< -ERR\n> TOP 2 0\n< -ERR\n> UIDL 2\n< -ERR"},
	{"DELE of what is not there", "1939 §5", "login\n> DELE 4\n< -ERR\n> DELE\n< -ERR\n> DELE x\n< -ERR\n> STAT\n< \\+OK 3"},
	{"the numbers of the others stay", "1939 §5", "login\n> DELE 1\n< \\+OK\n> RETR 3\n= $mail3\n> LIST 2\n< \\+OK 2 $size2"},
	{"RSET takes the marks away", "1939 §5", "login\n> DELE 1\n< \\+OK\n> DELE 3\n< \\+OK\n> RSET\n< \\+OK\n> STAT\n< \\+OK 3 $octets\n> RETR 1\n= $mail1"},
	{"NOOP", "1939 §5", "login\n> NOOP\n< \\+OK"},
	{"TOP 0 is the header and the empty line", "1939 §7", "login\n> TOP 1 0\n= $head1\\r\\n"},
	{"TOP counts lines of the body", "1939 §7", "login\n> TOP 1 2\n= $head1\\r\\nfirst line\\r\\n\\.\\r\\n"},
	{"TOP of more lines than there are", "1939 §7", "login\n> TOP 1 1000\n= $mail1"},
	{"TOP of a mail without a body", "1939 §7", "login\n> TOP 2 10\n= $mail2"},
	{"TOP has two numbers", "1939 §7", "login\n> TOP 1\n< -ERR\n> TOP 1 -1\n< -ERR\n> TOP 1 x\n< -ERR\n> TOP 4 0\n< -ERR\n> NOOP\n< \\+OK"},
	{"UIDL has a line for each", "1939 §7", "login\n> UIDL\n= 1 [!-~]{1,70}\\r\\n2 [!-~]{1,70}\\r\\n3 [!-~]{1,70}\\r\\n"},
	{"UIDL of one", "1939 §7", "login\n> UIDL 2\n< \\+OK 2 [!-~]{1,70}$"},
	{"UIDL of what is not there", "1939 §7", "login\n> UIDL 4\n< -ERR\n> UIDL 0\n< -ERR\n> UIDL x\n< -ERR"},
	{"unique ids are the same in the next session", "1939 §7", "login\n> UIDL\n= (?s).*\nkeep all\n> QUIT\n< \\+OK\nclose\nopen\nlogin\n> UIDL\n= (?s).*\nsame all"},
	{"unique ids stay when others go", "1939 §7", "login\n> UIDL 3\n< \\+OK 3 \nkeep id\n> DELE 1\n< \\+OK\n> UIDL\n= 2 \\S+\\r\\n3 \\S+\\r\\n\n> QUIT\n< \\+OK\nclose\nopen\nlogin\n> UIDL 2\n< \\+OK 2 \nsame id"},

	{"QUIT removes what is marked", "1939 §6", "login\n> DELE 1\n< \\+OK\n> QUIT\n< \\+OK\nclose\nopen\nlogin\n> STAT\n< \\+OK 2 \n> RETR 1\n= $mail2"},
	{"a lost connection removes nothing", "1939 §6", "login\n> DELE 1\n< \\+OK\n> DELE 2\n< \\+OK\ndrop\nlogin\n> STAT\n< \\+OK 3 $octets"},
	{"RSET and QUIT remove nothing", "1939 §6", "login\n> DELE 1\n< \\+OK\n> RSET\n< \\+OK\n> QUIT\n< \\+OK\nclose\nopen\nlogin\n> STAT\n< \\+OK 3"},
	{"an empty maildrop", "1939 §5", "login\n> DELE 1\n< \\+OK\n> DELE 2\n< \\+OK\n> DELE 3\n< \\+OK\n> STAT\n< \\+OK 0 0\n> LIST\n= \n> UIDL\n= \n> QUIT\n< \\+OK\nclose\nopen\nlogin\n> STAT\n< \\+OK 0 0\n> LIST\n= \n> LIST 1\n< -ERR"},
	{"nothing is obeyed behind QUIT", "1939 §6", "login\n>> \"QUIT\\r\\nDELE 1\\r\\n\"\n< \\+OK\nclose"},
	{"the lock is exclusive", "1939 §4", "login\n2login\n2< -ERR \\[IN-USE\\]\n> QUIT\n< \\+OK\nclose\n2> USER $user\n2< \\+OK\n2> PASS secret\n2< \\+OK"},
	{"a lost connection frees the lock", "1939 §4", "login\ndrop\nlogin\n> STAT\n< \\+OK 3"},

	{"many commands at once", "2449 §6.6", ">> \"USER $user\\r\\nPASS secret\\r\\nSTAT\\r\\nNOOP\\r\\nDELE 1\\r\\nRSET\\r\\nLIST\\r\\nQUIT\\r\\n\"\n< \\+OK\n< \\+OK\n< \\+OK 3\n< \\+OK\n< \\+OK\n< \\+OK\n= 1 $size1\\r\\n2 $size2\\r\\n3 $size3\\r\\n\n< \\+OK\nclose"},
	{"errors in between change no order", "2449 §6.6", "login\n>> \"RETR 9\\r\\nLIST 1\\r\\nBOGUS\\r\\nUIDL 1\\r\\n\"\n< -ERR\n< \\+OK 1 \n< -ERR\n< \\+OK 1 "},
	{"a command in pieces", "1939 §3", ">> \"US\"\n>> \"ER $us\"\n>> \"er\\r\"\n>> \"\\n\"\n< \\+OK"},
	{"a line that ends in LF alone", "1939 §3", "login\n>> \"NOOP\\n\"\n< \\+OK\n> NOOP\n< \\+OK"},
	{"a space behind the command", "2449 §4", "login\n>> \"NOOP \\r\\n\"\n< \\+OK\n>> \"STAT \\r\\n\"\n< \\+OK 3"},
	{"a line too long is refused", "2449 §4", ">> \"USER $long\\r\\n\"\n< -ERR|\\+OK\n> PASS secret\n< -ERR"},
	{"replies are lines of 512 octets at most", "2449 §4", "login\n> RETR 1\n< .{2,510}$"},
}

// A prober speaks one probe.
type prober struct {
	number   int
	server   string
	conns    [2]net.Conn
	readers  [2]*bufio.Reader
	greeting string
	last     string
	kept     map[string]string
	words    map[string]string
}

// probe runs a probe against a server; "" says that it went as the RFCs have it, "skipped" that the server lacks what it is
// about.
func (p *prober) probe(script string) (trouble string) {
	p.kept = map[string]string{}
	defer func() {
		for _, c := range p.conns {
			if c != nil {
				c.Close()
			}
		}
		if e := recover(); e != nil {
			trouble = fmt.Sprint(e)
		}
	}()
	p.open(0)
	for line := range strings.SplitSeq(script, "\n") {
		if p.step(line) {
			return "skipped"
		}
	}
	return ""
}

func (p *prober) open(i int) {
	if p.conns[i] != nil {
		p.conns[i].Close()
	}
	var err error
	// Each probe comes from an address of its own: who fails to log in is made to wait, and others from there too.
	from := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 1, byte(p.number))}}
	if p.conns[i], err = from.Dial("tcp", p.server); err != nil {
		panic(err)
	}
	p.conns[i].SetDeadline(time.Now().Add(40 * time.Second))
	p.readers[i] = bufio.NewReader(p.conns[i])
	if p.greeting = p.line(i); !strings.HasPrefix(p.greeting, "+OK") {
		panic("greeting: " + p.greeting)
	}
}

func (p *prober) line(i int) string {
	s, err := p.readers[i].ReadString('\n')
	if err != nil {
		panic(fmt.Sprintf("no line: %q %v", s, err))
	}
	p.last = strings.TrimSuffix(strings.TrimSuffix(s, "\n"), "\r")
	return p.last
}

func (p *prober) send(i int, s string) { p.conns[i].Write([]byte(s)) }

func (p *prober) fill(s string, quote bool) string {
	for _, name := range []string{"user64", "user", "us", "plain", "wrong", "other", "octets", "size1", "size2", "size3", "mail1", "mail2", "mail3", "head1", "long"} {
		value := p.words[name]
		if quote {
			value = regexp.QuoteMeta(value)
		}
		s = strings.ReplaceAll(s, "$"+name, value)
	}
	return s
}

func (p *prober) step(line string) (skip bool) {
	i := 0
	if rest, second := strings.CutPrefix(line, "2"); second {
		i, line = 1, rest
	}
	word, rest, _ := strings.Cut(line, " ")
	switch word {
	case ">":
		p.send(i, p.fill(rest, false)+"\r\n")
	case ">>":
		s, err := strconv.Unquote(p.fill(rest, false))
		if err != nil {
			panic(err)
		}
		p.send(i, s)
		time.Sleep(20 * time.Millisecond) // a segment of its own
	case "<":
		if want := "^(?:" + p.fill(rest, true) + ")"; !regexp.MustCompile(want).MatchString(p.line(i)) {
			panic(fmt.Sprintf("got %q, want %s", p.last, want))
		}
	case "=":
		if want := "^(?:" + p.fill(rest, true) + ")$"; !regexp.MustCompile(want).MatchString(p.lines(i)) {
			panic(fmt.Sprintf("got %q, want %s", p.last, want))
		}
	case "login":
		if i == 1 {
			p.open(1)
		}
		p.send(i, p.fill("USER $user\r\n", false))
		p.line(i)
		p.send(i, "PASS secret\r\n")
		if i == 0 && !strings.HasPrefix(p.line(0), "+OK") {
			panic("no login: " + p.last)
		}
	case "close":
		p.conns[0].SetReadDeadline(time.Now().Add(2 * time.Second))
		if b, err := p.readers[0].ReadByte(); err == nil || os.IsTimeout(err) {
			panic(fmt.Sprintf("not closed: %q %v", b, err))
		}
	case "open", "drop":
		if word == "drop" {
			p.conns[0].Close()
			time.Sleep(50 * time.Millisecond)
		}
		p.open(0)
	case "keep":
		p.kept[rest] = p.tail()
	case "same":
		if p.kept[rest] != p.tail() {
			panic(fmt.Sprintf("%q, and before %q", p.tail(), p.kept[rest]))
		}
	case "cram":
		p.send(0, "AUTH CRAM-MD5\r\n")
		challenge, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(p.line(0), "+ "))
		if err != nil {
			panic(err)
		}
		mac := hmac.New(md5.New, []byte("secret"))
		mac.Write(challenge)
		p.send(0, base64.StdEncoding.EncodeToString([]byte(p.words["user"]+" "+hex.EncodeToString(mac.Sum(nil))))+"\r\n")
		p.step("< \\+OK")
	case "apop":
		sum := md5.Sum([]byte(regexp.MustCompile("<.*>").FindString(p.greeting) + "secret"))
		p.send(0, "APOP "+p.words["user"]+" "+hex.EncodeToString(sum[:])+"\r\n")
		p.step("< \\+OK")
	case "if":
		p.send(0, "CAPA\r\n")
		return !strings.Contains(p.lines(0)+p.greeting, rest)
	default:
		panic("what is " + line)
	}
	return false
}

// tail is the last reply without a message number, which may be another in the next session.
func (p *prober) tail() string { return regexp.MustCompile(`^\+OK \d `).ReplaceAllString(p.last, "") }

func (p *prober) lines(i int) string {
	if status := p.line(i); !strings.HasPrefix(status, "+OK") {
		panic("got " + status)
	}
	var all strings.Builder
	for {
		line := p.line(i)
		if line == "." {
			break
		}
		all.WriteString(strings.TrimPrefix(line, ".") + "\r\n")
	}
	p.last = all.String()
	return p.last
}

// runProbes asks a server everything, each as a user of its own, and returns what went otherwise.
func runProbes(server string, skipped *int) map[string]string {
	troubles := map[string]string{}
	for i, probe := range probes {
		user := fmt.Sprintf("user%d", i+1)
		code := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
		words := map[string]string{"user": user, "us": user, "user64": code(user), "plain": code("\x00" + user + "\x00secret"), "wrong": code("\x00" + user + "\x00wrong"),
			"other": code("alice\x00" + user + "\x00secret"), "long": strings.Repeat("x", 5000), "head1": strings.SplitAfter(probeMails[0], "\r\n\r\n")[0][:strings.Index(probeMails[0], "\r\n\r\n")+2]}
		octets := 0
		for n, m := range probeMails {
			words[fmt.Sprintf("size%d", n+1)] = strconv.Itoa(len(m))
			words[fmt.Sprintf("mail%d", n+1)] = m
			octets += len(m)
		}
		words["octets"] = strconv.Itoa(octets)
		p := &prober{number: i + 1, server: server, words: words}
		switch trouble := p.probe(probe.script); trouble {
		case "":
		case "skipped":
			*skipped++
		default:
			troubles[probe.name] = trouble
		}
	}
	return troubles
}

// probed is the accounts that the probes log in to.
func probed() household {
	h := household{"spacey": {password: "two words"}}
	for i := range probes {
		h[fmt.Sprintf("user%d", i+1)] = &shelf{mails: append([]string(nil), probeMails...), uids: []string{"a", "b", "c"}}
	}
	return h
}

func TestProbesAgainstOurServer(t *testing.T) {
	server := listen(t, Options{Hostname: "mail.example.net", Timestamp: stamp, Nonce: always("17"), Implementation: "mailwire"}, probed())
	skipped := 0
	for name, trouble := range runProbes(server, &skipped) {
		t.Errorf("%s: %s", name, trouble)
	}
	if skipped > 0 {
		t.Errorf("%d of %d probes were skipped", skipped, len(probes))
	}
}

// What the RFCs leave open, or Dovecot does otherwise, is listed here, so that the probes ask nothing that good software fails.
var dovecotDiffers = map[string]string{
	"USER has an argument":            "+OK, and asks for the password of nobody",
	"CAPA behind login, without STLS": "lists CAPA too",
	"a line too long is refused":      "closes the connection",
	"the lock is exclusive":           "does not lock unless told to (pop3_lock_session)",
}

func TestProbesAgainstDovecot(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a server")
	}
	server := dovecot(t, func(dir string) {
		for i := range probes {
			mailsOf(t, dir, fmt.Sprintf("user%d", i+1), probeMails...)
		}
	}, "spacey:{PLAIN}two words::::::\n")
	skipped := 0
	troubles := runProbes(server, &skipped)
	for name, trouble := range troubles {
		if dovecotDiffers[name] == "" {
			t.Errorf("%s: %s", name, trouble)
		}
	}
	for name := range dovecotDiffers {
		if troubles[name] == "" {
			t.Errorf("Dovecot no longer differs in %q", name)
		}
	}
	t.Logf("%d probes, %d skipped, %d otherwise", len(probes), skipped, len(troubles))
}
