package scenarios

import (
	"fmt"
	"strings"
	"time"

	"mailwire/layers"
	"mailwire/layers/trace"
	"mailwire/sim/mail"
	"mailwire/sim/network"
)

// act plays act i and calls over when it has come to its end.
func (r *run) act(i int, over func()) {
	a := &r.scenario.Acts[i]
	r.announce(a)
	done := func() {
		r.ended[i] = true
		over()
	}
	switch a.Form {
	case "does":
		r.does(i, over)
	case "wait":
		r.After(a.Wait, done)
	case "cut":
		cable := r.cable(a.Cut)
		r.disturb(a, cable.Cut)
		done()
	case "mend":
		r.disturb(a, func() { r.mend(a.Mend) })
		done()
	case "lose":
		r.disturb(a, func() { r.losses = append(r.losses, loss{a.Lose, r.cable(a.Lose).AddFault(r.lossOf(a))}) })
		done()
	default:
		done()
	}
}

// disturb makes a fault happen now, or arms it for its moment.
func (r *run) disturb(a *Act, do func()) {
	if a.OnceSent == "" && a.OnceDone == "" {
		do()
		return
	}
	r.faults.add(a, func() {
		r.show(&trace.Act{Time: r.Now(), Note: r.sentence(a)})
		do()
	})
}

// A loss is a fault on a cable that can be ended.
type loss struct {
	cable string
	end   func()
}

// mend makes a cable whole, and ends its losses.
func (r *run) mend(cable string) {
	r.cable(cable).Mend()
	for _, l := range r.losses {
		if l.cable == cable {
			l.end()
		}
	}
}

// lossOf is the fault that drops the frames that the act means: the first ones, or by chance.
func (r *run) lossOf(a *Act) network.Fault {
	match := network.Match(network.Every)
	if a.Carrying == "mail" {
		match = network.TCPData
	}
	if a.From != "" {
		match = network.All(match, network.From(a.From))
	}
	if a.ByChance {
		return network.Lose(match, a.Chance, r.Rand("loss"))
	}
	return network.LoseFirst(match, a.Count)
}

// does lets a person act, and tells how it ended.
func (r *run) does(i int, over func()) {
	a := &r.scenario.Acts[i]
	agent := r.agent(a.Who, a.On)
	r.openRow(a)
	done := func(f *mail.Failure) {
		r.ended[i] = f == nil
		if f != nil {
			r.show(&trace.State{Time: r.Now(), Host: a.On, Kind: "failure", Values: f.Note.Args, Note: f.Note})
		}
		r.row.end(f)
		over()
	}
	if a.Does == "write" {
		if err := agent.Write(r.scenario.compose(a.Mail, r.Now())); err != nil {
			done(&mail.Failure{Note: layers.N("mail.failed.compose", arg("why", err.Error()))})
			return
		}
		// A browser has no such wishes: the form on the page does not ask for them.
		if program, can := agent.(interface{ Ask(mail.Wishes) }); can {
			program.Ask(r.scenario.mail(a.Mail).wishes())
		}
		done(nil)
		return
	}
	subject := ""
	if a.Mail != "" {
		subject = r.scenario.mail(a.Mail).Subject
	}
	doingOf(a.Does).do(agent, a, subject, done)
}

// announce tells what happens now, in the author's words or else in mailwire's.
func (r *run) announce(a *Act) {
	e := &trace.Act{Time: r.Now(), Who: a.Who, Text: a.Says.In(r.options.Language)}
	switch {
	case a.Form == "say":
		e.Text = a.Say.In(r.options.Language)
	case e.Text != "":
	case a.OnceSent != "":
		e.Note = layers.N("act.armed-sent", arg("message", a.OnceSent))
	case a.OnceDone != "":
		e.Note = layers.N("act.armed-answered", arg("message", a.OnceDone))
	default:
		e.Note = r.sentence(a)
	}
	r.show(e)
	if a.Note != "" {
		r.show(&trace.State{Time: r.Now(), Host: a.On, Kind: "note", Note: layers.N(a.Note)})
	}
}

// sentence is the act in mailwire's words.
func (r *run) sentence(a *Act) layers.Note {
	switch {
	case a.Form == "does" && a.Does == "write":
		var to []string
		m := r.scenario.mail(a.Mail)
		for _, list := range [][]string{m.To, m.Cc, m.Bcc} {
			to = append(to, list...)
		}
		return layers.N("act.write", arg("who", a.Who), arg("to", strings.Join(to, ", ")))
	case a.Form == "does":
		args := []layers.Arg{arg("who", a.Who), arg("device", a.On)}
		if a.Mail != "" {
			args = append(args, arg("subject", r.scenario.mail(a.Mail).Subject))
		}
		for _, extra := range [][2]string{{"folder", a.Folder}, {"part", a.Part}} {
			if extra[1] != "" {
				args = append(args, arg(extra[0], extra[1]))
			}
		}
		return layers.N("act."+strings.ReplaceAll(a.Does, " ", "-"), args...)
	case a.Form == "wait":
		return layers.N("act.wait", arg("duration", spoken(a.Wait)))
	case a.Form == "cut":
		return layers.N("act.cut", arg("cable", tapName(a.Cut)))
	case a.Form == "mend":
		return layers.N("act.mend", arg("cable", tapName(a.Mend)))
	case a.Form == "lose" && a.ByChance:
		return layers.N("act.lose-chance", arg("cable", tapName(a.Lose)), arg("percent", percentOf(a.Chance)))
	case a.Form == "lose":
		return layers.N("act.lose", layers.A("count", layers.Int(a.Count)), arg("cable", tapName(a.Lose)))
	}
	return layers.Note{}
}

// tapName is the name that a cable has in the trace, from the one it has in the file.
func tapName(cable string) string { return strings.Replace(cable, " to ", "-", 1) }

// spoken is a duration with units that are the same in every language: "20 min", "1 h 30 min", "5 s", "3 d".
func spoken(d time.Duration) string {
	var parts []string
	for _, unit := range []struct {
		size time.Duration
		name string
	}{{24 * time.Hour, "d"}, {time.Hour, "h"}, {time.Minute, "min"}, {time.Second, "s"}, {time.Millisecond, "ms"}, {time.Microsecond, "µs"}, {time.Nanosecond, "ns"}} {
		if n := d / unit.size; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, unit.name))
			d %= unit.size
		}
	}
	if parts == nil {
		return "0 s"
	}
	return strings.Join(parts, " ")
}

// percentOf writes parts in a million as a percentage without needless zeros.
func percentOf(perMillion int) string {
	s := fmt.Sprintf("%d.%04d", perMillion/10_000, perMillion%10_000)
	return strings.TrimRight(strings.TrimRight(s, "0"), ".")
}
