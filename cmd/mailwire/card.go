package main

import (
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strconv"
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/fatih/color"

	"mailwire/cmd/internal/host"
	"mailwire/cmd/internal/terminal"
	"mailwire/layers"
	"mailwire/scenarios"
)

// A card is the settings of a mail host as a provider would give them, and what to type to try it.
type card struct {
	program     *program
	live        *scenarios.Live
	open        []host.Door
	certificate tls.Certificate
	needTLS     bool
	quiet       bool
	colors      bool

	width int
	out   strings.Builder
}

// printJSON writes the card as an object, for scripts. It holds no password.
func (c *card) printJSON(w io.Writer) error {
	type service struct {
		Service  string `json:"service"`
		Address  string `json:"address"`
		Security string `json:"security"` // tls, or starttls where it can be agreed
	}
	settings := struct {
		Type        string    `json:"type"`
		Host        string    `json:"host"`
		Services    []service `json:"services"`
		Users       []string  `json:"users"`
		Certificate string    `json:"certificate"`
		RequireTLS  bool      `json:"require-tls"`
	}{Type: "settings", Host: c.live.Name(), Certificate: host.Fingerprint(c.certificate), RequireTLS: c.needTLS}
	for _, d := range c.open {
		security := "starttls"
		if upgrades[d.Service] == "" {
			security = "tls"
		}
		settings.Services = append(settings.Services, service{d.Service, d.Listener.Addr().String(), security})
	}
	for _, a := range c.live.Accounts() {
		settings.Users = append(settings.Users, a.User)
	}
	return json.NewEncoder(w).Encode(settings)
}

// usualPorts are those of the real world (RFC 6409 §3.1, RFC 8314 §3.1 to §3.3).
var usualPorts = map[string]int{"smtp": 25, "submission": 587, "submissions": 465, "imap": 143, "imaps": 993, "pop3": 110, "pop3s": 995}

// upgrades are the commands that go over to TLS; without one it comes first.
var upgrades = map[string]string{"smtp": "STARTTLS", "submission": "STARTTLS", "imap": "STARTTLS", "pop3": "STLS"}

// cardUsers is how many users a card lists.
const cardUsers = 12

// print writes the card.
func (c *card) print(w io.Writer) {
	c.width = min(max(c.width, terminal.NarrowestWidth), 100)
	c.line(c.word("title", word("name", c.live.Name())))
	c.line("")
	c.services()
	c.line("")
	c.users()
	c.line("")
	c.rest()
	c.line("")
	c.commands()
	c.line("")
	end := "end"
	if c.quiet {
		end = "end-quiet"
	}
	c.line(c.word(end))
	c.line("")
	heading, rest, _ := strings.Cut(c.out.String(), "\n\n")
	bold := color.New(color.Bold)
	if c.colors {
		bold.EnableColor()
	} else {
		bold.DisableColor()
	}
	for line := range strings.Lines(heading + "\n") {
		fmt.Fprintln(w, bold.Sprint(terminal.Safe(strings.TrimSuffix(line, "\n"))))
	}
	fmt.Fprintln(w)
	for line := range strings.Lines(rest) {
		fmt.Fprintln(w, terminal.Safe(strings.TrimSuffix(line, "\n")))
	}
}

func (c *card) word(id string, args ...layers.Arg) string {
	return c.program.words.Label("cli.card."+id, args...)
}

func (c *card) line(s string) { c.out.WriteString(ansi.Wrap(s, c.width, "") + "\n") }

// services is the table of what waits where.
func (c *card) services() {
	rows := [][]string{{c.word("for"), "", c.word("server"), c.word("port"), c.word("usual"), c.word("security")}}
	for _, d := range c.open {
		server, port := reached(d)
		security := c.word("tls")
		if command := upgrades[d.Service]; command != "" {
			security = c.word("starttls", word("command", command))
			if c.needTLS && d.Service != "smtp" {
				security = c.word("starttls-only", word("command", command))
			}
		}
		rows = append(rows, []string{c.word(d.Service), d.Service, server, port, strconv.Itoa(usualPorts[d.Service]), security})
	}
	c.table(rows, 3, 4)
}

// reached is the name or address and the port under which a program of this computer finds a door.
func reached(d host.Door) (server, port string) {
	at := addressOf(d)
	server, port = at.Addr().String(), strconv.Itoa(int(at.Port()))
	if at.Addr() == netip.AddrFrom4([4]byte{127, 0, 0, 1}) || at.Addr().IsUnspecified() {
		server = "localhost"
	}
	return server, port
}

func addressOf(d host.Door) netip.AddrPort {
	at := d.Listener.Addr().(*net.TCPAddr).AddrPort()
	return netip.AddrPortFrom(at.Addr().Unmap(), at.Port())
}

// users is the table of who can log in.
func (c *card) users() {
	rows := [][]string{{c.word("user"), c.word("password")}}
	accounts := c.live.Accounts()
	for _, a := range accounts[:min(len(accounts), cardUsers)] {
		rows = append(rows, []string{a.User, a.Password})
	}
	c.table(rows)
	if more := len(accounts) - cardUsers; more > 0 {
		c.line("  " + c.word("more-users", layers.A("count", layers.Int(more))))
	}
}

// table writes rows in columns, those that are named to the right.
func (c *card) table(rows [][]string, right ...int) {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], ansi.StringWidth(cell))
		}
	}
	for _, row := range rows {
		line := " "
		for i, cell := range row {
			pad := strings.Repeat(" ", widths[i]-ansi.StringWidth(cell))
			if contains(right, i) {
				cell = pad + cell
			} else {
				cell += pad
			}
			line += " " + cell + " "
		}
		c.out.WriteString(strings.TrimRight(line, " ") + "\n")
	}
}

func contains(list []int, n int) bool {
	for _, one := range list {
		if one == n {
			return true
		}
	}
	return false
}

// rest says what there is to know of logins and of the certificate.
func (c *card) rest() {
	column := 4 + max(ansi.StringWidth(c.word("certificate")), ansi.StringWidth(c.word("plain")), ansi.StringWidth(c.word("anywhere")))
	login := "plain-allowed"
	if c.needTLS {
		login = "plain-forbidden"
	}
	c.row("  "+c.word("plain"), c.word(login), column)
	c.row("  "+c.word("certificate"), c.word("certificate-new"), column)
	indent := strings.Repeat(" ", column)
	print := host.Fingerprint(c.certificate)
	c.out.WriteString(indent + print[:len(print)/2] + "\n" + indent + print[len(print)/2+1:] + "\n")
	for _, d := range c.open {
		if !addressOf(d).Addr().IsLoopback() {
			c.row("  "+c.word("anywhere"), c.word("anywhere-why", word("addresses", strings.Join(reachable(c.open), ", "))), column)
			break
		}
	}
}

// row is a word and a sentence on it, in which options are not cut at their hyphens.
func (c *card) row(word, sentence string, column int) {
	const whole = "\u2011"
	var b strings.Builder
	row(&b, word, strings.ReplaceAll(sentence, "-", whole), column, c.width)
	c.out.WriteString(strings.ReplaceAll(b.String(), whole, "-"))
}

// commands says what to type into mail programs.
func (c *card) commands() {
	accounts := c.live.Accounts()
	if len(accounts) == 0 {
		return
	}
	const column = 15
	user, password := accounts[0].User, accounts[0].Password
	short, _, _ := strings.Cut(user, "@")
	c.row("  Thunderbird", c.word("thunderbird"), column)
	imap, reads := c.find("imap", "imaps")
	smtp, sends := c.find("submission", "submissions", "smtp")
	login := quoted(short + ":" + password)
	if reads {
		c.command("mutt", column, fmt.Sprintf("mutt -f %s://%s@%s/", imap.Service, short, atHome(imap)))
		c.command("curl", column, fmt.Sprintf("curl%s -u %s \\", c.trusting(imap), login),
			fmt.Sprintf("    '%s://%s/INBOX;MAILINDEX=1'", imap.Service, atHome(imap)))
	}
	if sends {
		scheme := strings.NewReplacer("submission", "smtp").Replace(smtp.Service)
		name := "curl"
		if reads {
			name = ""
		}
		c.command(name, column, fmt.Sprintf("echo Hello | curl%s -u %s -T - \\", c.trusting(smtp), login),
			fmt.Sprintf("    --mail-from %s --mail-rcpt %s \\", user, accounts[min(1, len(accounts)-1)].User),
			fmt.Sprintf("    %s://%s", scheme, atHome(smtp)))
	}
}

// atHome is where a program of this computer finds a door.
func atHome(d host.Door) string { return net.JoinHostPort(reached(d)) }

// trusting is what makes curl speak TLS where it must, with a certificate that nobody has signed.
func (c *card) trusting(d host.Door) string {
	switch {
	case upgrades[d.Service] == "":
		return " -k"
	case c.needTLS:
		return " -k --ssl-reqd"
	}
	return ""
}

// find is the first of the services that is open.
func (c *card) find(services ...string) (host.Door, bool) {
	for _, service := range services {
		for _, d := range c.open {
			if d.Service == service {
				return d, true
			}
		}
	}
	return host.Door{}, false
}

// command writes lines to be copied: whole, whatever the width.
func (c *card) command(name string, column int, lines ...string) {
	for _, line := range lines {
		c.out.WriteString("  " + name + strings.Repeat(" ", column-2-len(name)) + line + "\n")
		name = ""
	}
}

// quoted is a word as a shell takes it.
func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
