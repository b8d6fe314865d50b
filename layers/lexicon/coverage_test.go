package lexicon_test

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"mailwire/layers"
	"mailwire/layers/application/imap"
	"mailwire/layers/application/pop3"
	"mailwire/layers/application/sasl"
	"mailwire/layers/application/smtp"
	"mailwire/layers/lexicon"
)

var update = flag.Bool("update", false, "write docs/coverage.md anew")

const coveragePage = "../../docs/coverage.md"

// protocols opens the page; groups of notes that are not among them follow in the order of their names.
var protocols = []struct{ group, title string }{
	{"smtp", "SMTP, submission and LMTP"}, {"pop3", "POP3"}, {"imap", "IMAP"}, {"sasl", "Logins (SASL)"}, {"header", "Header fields of mails"},
	{"mime", "MIME"}, {"message", "Mails as a whole"}, {"report", "Reports"},
	{"authentication", "Authentication-Results"}, {"dkim", "DKIM"}, {"spf", "SPF"}, {"dmarc", "DMARC"}, {"arc", "ARC"}, {"tls", "TLS"}, {"dns", "DNS"}, {"tcp", "TCP"}, {"udp", "UDP"}, {"ipv4", "IPv4"}, {"ipv6", "IPv6"},
}

// kinds are the parts of an id behind the protocol, and what they hold.
var kinds = []struct{ part, title string }{
	{"command", "Commands"}, {"reply-code", "Reply codes"}, {"enhanced", "Enhanced status codes"}, {"code", "Response codes"}, {"cap", "Capabilities"},
	{"param", "Parameters"}, {"mechanism", "Mechanisms"}, {"header", "Header fields"}, {"data", "Untagged responses"}, {"item", "Items of FETCH"},
	{"flag", "Flags"}, {"attribute", "Attributes of mailboxes"}, {"option", "Options"}, {"type", "Types"}, {"state", "States"}, {"", "Situations and anomalies"},
	{"misconception", "What people often believe"}, {"field", "Fields, each with its meaning"},
}

// TestCoverage keeps docs/coverage.md what the index of the lexicon and the tables of the grammars say.
// go test ./layers/lexicon -run Coverage -update writes it anew.
func TestCoverage(t *testing.T) {
	if testing.Short() {
		t.Skip("short: a note that is new is listed once all is done")
	}
	page := coverage(lexicon.New(lexicon.English, lexicon.Notes)) + engines(t)
	if *update {
		if err := os.WriteFile(coveragePage, []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if have, _ := os.ReadFile(coveragePage); string(have) != page {
		t.Error("docs/coverage.md is stale: go test ./layers/lexicon -run Coverage -update")
	}
}

// spoken are the packages whose tests say what their engines speak, in a table called coverage: rows of what it is, where the
// RFCs say it, and the tests that show it.
var spoken = []struct{ folder, title string }{
	{"smtp", "SMTP, submission and LMTP"}, {"pop3", "POP3"}, {"imap", "IMAP"}, {"sasl", "Logins (SASL)"}, {"message", "Messages"}, {"authenticity", "Authenticity"},
}

// engines lists what our servers and clients speak.
func engines(t *testing.T) string {
	row := regexp.MustCompile(`(?m)^\t+\{"([^"]*)", "([^"]*)", "([^"]*)"\},`)
	var b strings.Builder
	b.WriteString("\n# What our servers and clients speak\n\nEach row has tests by which it is seen; `go test` fails when one of them is not there.\n")
	for _, p := range spoken {
		source, err := os.ReadFile("../application/" + p.folder + "/coverage_test.go")
		if err != nil {
			t.Fatal(err)
		}
		rows := row.FindAllStringSubmatch(string(source), -1)
		if len(rows) == 0 {
			t.Errorf("no rows in the table of %s", p.folder)
		}
		fmt.Fprintf(&b, "\n## %s\n\n| what | where it is asked for | tests |\n| --- | --- | --- |\n", p.title)
		for _, r := range rows {
			fmt.Fprintf(&b, "| %s | %s | %d |\n", strings.ReplaceAll(r[1], "|", "\\|"), r[2], len(testName.FindAllString(r[3], -1)))
		}
	}
	return b.String()
}

var testName = regexp.MustCompile(`\b(Test|Fuzz)[A-Z]\w*`)

func coverage(words *lexicon.Lexicon) string {
	var b strings.Builder
	b.WriteString(`# What is explained

Each word below has a sentence and a paragraph in five languages, a field its meaning. ` + "`mailwire explain WORD`" + ` shows them. What is not
here is named all the same: by its class (a reply code by its first digit, a word that begins with X as some program's own), or as
bytes. This page is made from the index of the lexicon and the tables of the grammars.

`)
	groups := map[string][]lexicon.Entry{}
	var order []string
	for _, p := range protocols {
		order = append(order, p.group)
	}
	for _, e := range words.Entries() {
		group, _, _ := strings.Cut(e.ID, ".")
		if groups[group] = append(groups[group], e); !slices.Contains(order, group) {
			order = append(order, group)
		}
	}
	slices.Sort(order[len(protocols):])
	for i, group := range order {
		title := layers.ProtocolName(group)
		if i < len(protocols) {
			title = protocols[i].title
		}
		fmt.Fprintf(&b, "## %s\n\n", title)
		for _, k := range kinds {
			var list []string
			for _, e := range groups[group] {
				if part, word := classify(e.ID); part == k.part && word != "" {
					list = append(list, "`"+word+"`")
				}
			}
			if len(list) > 0 {
				fmt.Fprintf(&b, "**%s** (%d): %s.\n\n", k.title, len(list), strings.Join(list, ", "))
			}
		}
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

// classify says what kind of thing an id explains, and how the thing is written on the wire.
func classify(id string) (kind, word string) {
	group, rest, _ := strings.Cut(id, ".")
	part, last, deeper := strings.Cut(rest, ".")
	upper := strings.ToUpper(strings.ReplaceAll(rest, "uid-", "uid "))
	switch {
	case group == "header":
		return "header", canonical(rest)
	case isCommand(group, upper):
		return "command", upper
	case group == "sasl" && slices.Contains(sasl.Mechanisms, upper):
		return "mechanism", upper
	case group == "smtp" && len(rest) == 3 && strings.Trim(rest, "0123456789") == "":
		return "reply-code", rest
	case part == "flag" && group == "imap" && last != "any" && last != "keyword":
		return "flag", `\` + canonical(last)
	case deeper && part == "attribute":
		return "attribute", last
	case deeper && slices.Contains([]string{"other", "x", "exchange", "any", "keyword", "special"}, last):
		return "", rest
	case deeper && (slices.Contains([]string{"cap", "code", "param"}, part) || group == "imap" && (part == "data" || part == "item")):
		return part, strings.ToUpper(last)
	case group == "tcp" && len(rest) == 3 && !deeper:
		return "flag", upper
	case deeper && part != "data" && part != "item" && slices.ContainsFunc(kinds, func(k struct{ part, title string }) bool { return k.part == part }):
		return part, last
	}
	return "", rest
}

// isCommand asks the grammars.
func isCommand(group, word string) bool {
	switch group {
	case "smtp":
		return smtp.KnownVerb(word) || slices.Contains([]string{"XCLIENT", "XFORWARD", "VERB", "ONEX"}, word)
	case "pop3":
		return pop3.Known(word) || slices.Contains([]string{"LANG", "XTND", "LAST", "RPOP"}, word)
	case "imap":
		return imap.Named(word)
	}
	return false
}

// canonical writes a header field's name as people do: "Message-Id".
func canonical(name string) string {
	words := strings.Split(name, "-")
	for i, w := range words {
		if w != "" {
			words[i] = strings.ToUpper(w[:1]) + w[1:]
		}
	}
	return strings.Join(words, "-")
}
