package mail

import (
	"html"
	"net/url"
	"strings"
	"time"

	"mailwire/layers"
	"mailwire/layers/application/http"
	"mailwire/layers/application/message"
	"mailwire/layers/trace"
)

// Web is the strategy of a person who reads mail in a browser.
const Web Strategy = "webmail"

// A Browser is a person's web browser, with which mails are read on the pages of a [Webmail]. It speaks neither SMTP nor
// IMAP, and keeps no mail. Its methods are as those of an [Agent].
type Browser struct {
	agent  Agent // its settings, and the time that it is connected
	cookie string
	list   []link
	drafts []url.Values // filled forms, not sent yet
}

// A link is a mail on the page that was seen last.
type link struct{ target, subject string }

// NewBrowser returns a browser that has seen nothing. Of the config, Server is the webmail.
func NewBrowser(n Network, config AgentConfig) *Browser {
	return &Browser{agent: Agent{network: n, config: config}}
}

// Connected is how long the device has been connected so far.
func (b *Browser) Connected() time.Duration { return b.agent.Connected() }

// Holding is what is stored on the device: nothing.
func (b *Browser) Holding() trace.Holding { return trace.Holding{} }

// Known is how many mails the page showed that was seen last.
func (b *Browser) Known() int { return len(b.list) }

// Write fills in the form for a mail. It uses no network. A form of these pages takes no files.
func (b *Browser) Write(m *message.Mail) error {
	text := m.Text
	form := url.Values{"to": m.Recipients(), "subject": {m.Subject}, "text": {text}}
	b.drafts = append(b.drafts, form)
	b.agent.tell("mail.form", layers.A("waiting", layers.Int(len(b.drafts))))
	return nil
}

// Send sends the forms.
func (b *Browser) Send(done func(*Failure)) {
	if len(b.drafts) == 0 {
		done(fail("mail.failed.empty-outbox"))
		return
	}
	b.visit(done, func(v *visit) {
		for len(b.drafts) > 0 && v.failure == nil {
			v.request("POST", "/send", b.drafts[0])
			if v.failure == nil {
				b.drafts = b.drafts[1:]
			}
		}
	})
}

// Look asks for the page of the inbox.
func (b *Browser) Look(done func(*Failure)) {
	b.visit(done, func(v *visit) { v.inbox() })
}

// Read asks for the page of a mail.
func (b *Browser) Read(subject string, done func(*Failure)) {
	b.visit(done, func(v *visit) {
		if target, ok := v.find(subject); ok {
			v.request("GET", target, nil)
		}
	})
}

// Delete presses the button of a mail.
func (b *Browser) Delete(subject string, done func(*Failure)) {
	b.visit(done, func(v *visit) {
		if target, ok := v.find(subject); ok {
			v.request("POST", strings.Replace(target, "/mail/", "/delete/", 1), url.Values{})
			if v.failure == nil {
				v.inbox()
			}
		}
	})
}

// Mark fails, as Move, FetchPart and RemoveFolder do: the pages have no such buttons.
func (b *Browser) Mark(_, _ string, _ bool, done func(*Failure)) { done(fail("mail.failed.no-button")) }

// Move fails.
func (b *Browser) Move(_, _ string, done func(*Failure)) { done(fail("mail.failed.no-button")) }

// FetchPart fails.
func (b *Browser) FetchPart(_, _ string, done func(*Failure)) { done(fail("mail.failed.no-button")) }

// RemoveFolder fails.
func (b *Browser) RemoveFolder(_ string, done func(*Failure)) { done(fail("mail.failed.no-button")) }

// Mails is empty: nothing is on the device.
func (b *Browser) Mails() []*Local { return nil }

// Waiting is 0: nothing can be done without the network.
func (b *Browser) Waiting() int { return 0 }

// Listen fails: a page does not change by itself.
func (b *Browser) Listen(done func(*Failure)) { done(fail("mail.failed.no-news")) }

// Stop has nothing to stop.
func (b *Browser) Stop(done func(*Failure)) { done(nil) }

// A visit is a connection to the webmail.
type visit struct {
	browser *Browser
	client  *http.Client
	session *session
	task    *task
	answer  *http.Response
	over    bool
	failure *Failure
}

// visit opens a connection, logs in where that is needed, does the work, and closes.
func (b *Browser) visit(done func(*Failure), work func(*visit)) {
	a := &b.agent
	a.open(ports{portHTTP, portHTTPS}, func(c Connection) {
		v := &visit{browser: b, client: http.NewClient(a.now(), a.config.Server)}
		v.task = newTask(func(*task) {
			if b.cookie == "" {
				v.login()
			}
			if v.failure == nil {
				work(v)
			}
			v.client.Quit()
		})
		v.session = run(a.network.World(), c, v.client, v.step, func(why error) {
			if v.over = true; !v.task.done && v.failure == nil {
				v.failure = a.broken(why)
			}
			v.step()
			v.task.abandon()
			a.closed()
			done(v.failure)
		})
	}, done)
}

// step takes what the webmail has answered and lets the work go on.
func (v *visit) step() {
	if r, ok := v.client.Next(); ok {
		v.answer = r
	}
	v.task.step()
}

// login sends the form with user and password.
func (v *visit) login() {
	c := &v.browser.agent.config
	r := v.request("POST", "/login", url.Values{"user": {c.Address}, "password": {c.Password}})
	if v.failure == nil {
		v.browser.cookie, _, _ = strings.Cut(r.Get("Set-Cookie"), ";")
	}
}

// inbox asks for the list, and reads it.
func (v *visit) inbox() {
	r := v.request("GET", "/inbox", nil)
	if v.failure != nil {
		return
	}
	v.browser.list = nil
	rest := string(r.Body)
	for {
		_, after, found := strings.Cut(rest, `<a href="`)
		if !found {
			return
		}
		target, text, _ := strings.Cut(after, `">`)
		subject, _, _ := strings.Cut(text, "</a>")
		v.browser.list = append(v.browser.list, link{target, html.UnescapeString(subject)})
		rest = text
	}
}

// find is the page of a mail, by what the list says of it.
func (v *visit) find(subject string) (target string, ok bool) {
	for _, l := range v.browser.list {
		if l.subject == subject {
			return l.target, true
		}
	}
	v.failure = fail("mail.failed.unknown", text("subject", subject))
	return "", false
}

// request asks for a page and waits for it. A refusal is a failure of the visit.
func (v *visit) request(method, target string, form url.Values) *http.Response {
	r := &http.Request{Method: method, Target: target}
	if v.browser.cookie != "" {
		r.Fields = append(r.Fields, http.Field{Name: "Cookie", Value: v.browser.cookie})
	}
	if form != nil {
		r.Fields = append(r.Fields, http.Field{Name: "Content-Type", Value: "application/x-www-form-urlencoded"})
		r.Body = []byte(form.Encode())
	}
	v.answer = nil
	v.client.Send(v.browser.agent.now(), r)
	v.task.until(func() bool { return v.answer != nil || v.failure != nil || v.over })
	switch {
	case v.failure != nil:
	case v.answer == nil:
		v.failure = v.browser.agent.broken(v.client.Fault())
	case v.answer.Code >= 400:
		v.failure = fail("mail.failed.refused", text("answer", v.answer.Reason))
	}
	return v.answer
}
