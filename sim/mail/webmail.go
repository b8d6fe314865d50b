package mail

import (
	"crypto/tls"
	"fmt"
	"html"
	"math/rand/v2"
	"net/url"
	"strconv"
	"strings"

	"mailwire/layers/application/http"
	"mailwire/layers/application/message"
	"mailwire/sim/host"
)

// The ports of the web (RFC 9110 §4.2).
const (
	portHTTP  = 80
	portHTTPS = 443
)

// A WebmailConfig says for whose mail a webmail is.
type WebmailConfig struct {
	Domain   string // of its users; their mail host is the one that it asks
	TLS      *tls.Config
	Security Security                        // between it and the mail host
	Trust    func(server string) *tls.Config // as for an Agent
}

// A Webmail is a web server whose pages show a mailbox. It is a mail program that runs on a server: to the browser it
// speaks HTTP, to the mail host IMAP and SMTP, for each user who has logged in. The mails are on the mail host, pages are
// all that the browser ever gets.
type Webmail struct {
	network Network
	config  WebmailConfig
	chance  *rand.Rand
	users   map[string]*Agent // by the name of the session, which the browser repeats as a cookie (RFC 6265)
}

// WebmailName is the name of the host whose pages show the mail of a domain.
func WebmailName(domain string) string { return "webmail." + domain }

// NewWebmail starts a webmail on a host: on port 80, and on 443 where it has a certificate.
func NewWebmail(h *host.Host, config WebmailConfig) (*Webmail, error) {
	w := &Webmail{network: On(h), config: config, chance: h.World().Rand("webmail " + h.Name()), users: map[string]*Agent{}}
	if _, err := h.Listen(portHTTP, func(c *host.Conn) { w.serve(&simulated{Conn: c}) }); err != nil || config.TLS == nil {
		return w, err
	}
	_, err := h.Listen(portHTTPS, func(c *host.Conn) { w.serve(secureServer(&simulated{Conn: c}, config.TLS)) })
	return w, err
}

// serve answers the requests of a connection, one after the other.
func (w *Webmail) serve(c Connection) {
	engine := http.NewServer(w.network.World().Now())
	var running *session
	busy := false
	running = run(w.network.World(), c, engine, func() {
		if busy {
			return
		}
		if r, ok := engine.Next(); ok {
			busy = true
			w.answer(r, func(a *http.Response) {
				busy = false
				engine.Answer(a)
				// The answer may come while the request is still being handed over.
				w.network.World().After(0, running.step)
			})
		}
	}, func(error) {})
}

// answer finds out what a request wants, and calls done with the page.
func (w *Webmail) answer(r *http.Request, done func(*http.Response)) {
	if r.Method == "POST" && r.Target == "/login" {
		w.login(r, done)
		return
	}
	agent := w.users[strings.TrimPrefix(r.Get("Cookie"), cookieName+"=")]
	page, argument, _ := strings.Cut(strings.TrimPrefix(r.Target, "/"), "/")
	local := agentMail(agent, argument)
	switch {
	case agent == nil:
		done(problem(403, "Please log in."))
	case r.Method == "GET" && page == "inbox":
		agent.Look(func(f *Failure) { done(orFailure(f, func() *http.Response { return inboxPage(agent) })) })
	case r.Method == "POST" && page == "send":
		w.send(agent, r, done)
	case local == nil:
		done(problem(404, "There is no such page."))
	case r.Method == "GET" && page == "mail":
		agent.Read(local.Subject, func(f *Failure) { done(orFailure(f, func() *http.Response { return mailPage(local) })) })
	case r.Method == "POST" && page == "delete":
		agent.Delete(local.Subject, func(f *Failure) { done(orFailure(f, toInbox)) })
	default:
		done(problem(404, "There is no such page."))
	}
}

// agentMail is the mail with a UID, if the agent knows it.
func agentMail(a *Agent, uid string) *Local {
	if a == nil {
		return nil
	}
	for _, l := range a.local {
		if strconv.FormatUint(uint64(l.UID), 10) == uid && !l.Hidden {
			return l
		}
	}
	return nil
}

// cookieName is what the browser calls its session.
const cookieName = "session"

// login tries user and password at the mail host. The cookie then stands for both: who has it is logged in.
func (w *Webmail) login(r *http.Request, done func(*http.Response)) {
	form, err := url.ParseQuery(string(r.Body))
	if err != nil {
		done(problem(400, "The form cannot be read."))
		return
	}
	agent := NewAgent(w.network, AgentConfig{
		Person: form.Get("user"), Address: form.Get("user"), Password: form.Get("password"), Server: HostName(w.config.Domain),
		Reads: IMAP, Security: w.config.Security, Trust: w.config.Trust,
	})
	agent.Look(func(f *Failure) {
		done(orFailure(f, func() *http.Response {
			name := fmt.Sprintf("%016x", w.chance.Uint64())
			w.users[name] = agent
			page := toInbox()
			page.Fields = append(page.Fields, http.Field{Name: "Set-Cookie", Value: cookieName + "=" + name + "; HttpOnly; SameSite=Lax"})
			return page
		}))
	})
}

// send writes and sends what the form says.
func (w *Webmail) send(a *Agent, r *http.Request, done func(*http.Response)) {
	form, err := url.ParseQuery(string(r.Body))
	if err == nil {
		err = a.Write(&message.Mail{From: a.config.Address, To: form["to"], Subject: form.Get("subject"), Text: form.Get("text"), Date: a.now()})
	}
	if err != nil {
		done(problem(400, "The mail cannot be sent."))
		return
	}
	a.Send(func(f *Failure) { done(orFailure(f, toInbox)) })
}

// orFailure is a page, or the news that the mail host did not do its part.
func orFailure(f *Failure, page func() *http.Response) *http.Response {
	if f != nil {
		return problem(502, "The mail host has refused, or cannot be reached.")
	}
	return page()
}

func toInbox() *http.Response {
	return &http.Response{Code: 303, Reason: http.Reason(303), Fields: []http.Field{{Name: "Location", Value: "/inbox"}}}
}

func problem(code int, text string) *http.Response { return htmlPage(code, "<p>"+text+"</p>\n") }

func htmlPage(code int, body string) *http.Response {
	return &http.Response{
		Code: code, Reason: http.Reason(code), Fields: []http.Field{{Name: "Content-Type", Value: "text/html; charset=utf-8"}},
		Body: []byte("<!DOCTYPE html>\n<title>Webmail</title>\n" + body),
	}
}

// inboxPage lists the mails.
func inboxPage(a *Agent) *http.Response {
	var b strings.Builder
	b.WriteString("<ul>\n")
	for _, l := range a.local {
		if !l.Hidden {
			fmt.Fprintf(&b, "<li><a href=\"/mail/%d\">%s</a> %d bytes\n", l.UID, html.EscapeString(l.Subject), l.Size)
		}
	}
	b.WriteString("</ul>\n")
	return htmlPage(200, b.String())
}

// mailPage shows the text of a mail, as text: what a stranger has written is not to become part of the page.
func mailPage(l *Local) *http.Response {
	return htmlPage(200, fmt.Sprintf("<h1>%s</h1>\n<pre>%s</pre>\n", html.EscapeString(l.Subject), html.EscapeString(string(l.Text))))
}
