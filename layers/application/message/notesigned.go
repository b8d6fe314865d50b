package message

import (
	"slices"
	"strings"

	"mailwire/layers"
)

// The words in fields about a mail's authenticity that the lexicon explains in a line each: tags of a DKIM-Signature as
// "dkim.field.<tag>", those of ARC's fields, methods and results of Authentication-Results.
var (
	notedTags    = []string{"a", "b", "bh", "c", "d", "h", "i", "l", "q", "s", "t", "v", "x", "z"}
	notedARCTags = []string{"cv", "i"}
	notedMethods = []string{"arc", "auth", "dkim", "dmarc", "iprev", "spf"}
	notedResults = []string{"fail", "neutral", "none", "pass", "permerror", "policy", "softfail", "temperror"}
)

// answersFor holds the fields that tell who answers for a mail.
var answersFor = map[string]bool{"dkim-signature": true, "arc-seal": true, "arc-message-signature": true, "authentication-results": true, "arc-authentication-results": true, "received-spf": true}

// authenticity explains what stands within a field that tells who answers for a mail.
func (n *noter) authenticity(name, value string) {
	switch name {
	case "dkim-signature":
		n.signature(value)
	case "arc-seal", "arc-message-signature":
		for _, tag := range tagList(value) {
			n.word("arc", tag.Name, notedARCTags)
		}
	case "authentication-results", "arc-authentication-results":
		n.results(value)
	case "received-spf":
		l := lexer{s: value}
		n.word("authentication", strings.ToLower(l.token()), notedResults)
	}
}

// word adds the line about a word, once.
func (n *noter) word(group, word string, noted []string) {
	if id := group + ".field." + word; slices.Contains(noted, word) && n.once(id) {
		n.words = append(n.words, id)
	}
}

// tagList cuts a list of tags (RFC 6376 §3.2), at most paramsMax of them.
func tagList(value string) []Param {
	var tags []Param
	for piece := range strings.SplitSeq(value, ";") {
		name, text, ok := strings.Cut(piece, "=")
		if ok && len(tags) < paramsMax {
			tags = append(tags, Param{strings.TrimSpace(name), strings.TrimSpace(text)})
		}
	}
	return tags
}

// signature explains a DKIM-Signature: whose it is, what it covers, and its tags in their order.
func (n *noter) signature(value string) {
	if !n.once("dkim.signature") {
		return
	}
	tags := tagList(value)
	get := func(name string) string {
		for _, tag := range tags {
			if tag.Name == name {
				return tag.Value
			}
		}
		return ""
	}
	fields := strings.Split(get("h"), ":")
	n.add("dkim.signature", layers.A("domain", text(get("d"))), layers.A("key", text(get("s")+"._domainkey."+get("d"))), layers.A("fields", layers.Int(len(fields))))
	// RFC 6376 §5.4.2: a field that is named once more than it stands there cannot be added later.
	for i, field := range fields {
		name := strings.TrimSpace(field)
		named := 0
		for _, other := range fields[:min(i+1, paramsMax)] {
			if strings.EqualFold(strings.TrimSpace(other), name) {
				named++
			}
		}
		if i < paramsMax && named > len(n.m.Root.Fields.All(name)) && n.once("dkim.oversigned") {
			n.add("dkim.oversigned", layers.A("field", text(name)))
		}
	}
	if get("l") != "" {
		n.add("dkim.length", layers.A("length", text(get("l"))))
	}
	for _, tag := range tags {
		n.word("dkim", tag.Name, notedTags)
	}
}

// results explains what a host found: "dkim=pass", "spf=fail".
func (n *noter) results(value string) {
	if !n.once("authentication.results") {
		return
	}
	host, rest, _ := strings.Cut(value, ";")
	l := lexer{s: host}
	var found []string
	pieces := strings.Split(rest, ";")
	for _, piece := range pieces[:min(len(pieces), paramsMax)] {
		w := lexer{s: piece}
		method := strings.ToLower(w.token())
		if w.accept('=') {
			found = append(found, method+"="+strings.ToLower(w.token()))
		}
	}
	if len(found) == 0 {
		found = []string{"none"}
	}
	n.add("authentication.results", layers.A("host", text(orUnknown(l.run(notBlank)))), layers.A("results", text(strings.Join(found, ", "))))
	for _, f := range found {
		method, result, _ := strings.Cut(f, "=")
		n.word("authentication", method, notedMethods)
		n.word("authentication", result, notedResults)
	}
}
