package pop3

import (
	"bytes"
	"encoding/base64"
	"strings"

	"mailwire/layers"
)

// commandFields is a command's parts.
func commandFields(c Command) []layers.Field {
	fields := []layers.Field{{Name: "verb", Range: c.At, Value: layers.String(c.Verb)}}
	names := argumentNames(c.Verb)
	if c.slip {
		names = nil
	}
	secrets := c.secrets()
	for i, a := range c.Args {
		name := "argument"
		if i < len(names) {
			name = names[i]
		}
		f := layers.Field{Name: name, Range: c.Each[i], Value: layers.String(a)}
		for _, s := range secrets {
			f.Secret = f.Secret || s == c.Each[i]
		}
		if n, ok := number(a); ok && (name == "message" || name == "lines") {
			f.Value = layers.Int(n)
		}
		fields = append(fields, f)
	}
	return fields
}

func argumentNames(verb string) []string {
	switch verb {
	case "USER":
		return []string{"user"}
	case "PASS":
		return []string{"password"}
	case "APOP":
		return []string{"user", "digest"}
	case "LIST", "RETR", "DELE", "UIDL":
		return []string{"message"}
	case "TOP":
		return []string{"message", "lines"}
	case "AUTH":
		return []string{"mechanism", "initial-response"}
	}
	return nil
}

// replyFields is the parts that every reply has.
func replyFields(r Reply) []layers.Field {
	var fields []layers.Field
	if r.Status != "" {
		fields = append(fields, layers.Field{Name: "status", Range: layers.Range{Length: len(r.Status)}, Value: layers.String(r.Status)})
	}
	if r.Code != "" {
		fields = append(fields, layers.Field{Name: "code", Range: layers.Range{Offset: len(Err) + 2, Length: len(r.Code)}, Value: layers.String(r.Code)})
	}
	if r.Text != "" {
		fields = append(fields, layers.Field{Name: "text", Range: layers.Range{Offset: r.At, Length: len(r.Text)}, Value: layers.String(r.Text)})
	}
	return fields
}

// answerFields is what the text of a reply says that belongs to a command: numbers that programs read.
func answerFields(c Command, r Reply) []layers.Field {
	if r.Status != OK {
		return nil
	}
	var names [2]string
	switch {
	case c.Verb == "STAT":
		names = [2]string{"count", "octets"}
	case c.Verb == "LIST" && len(c.Args) == 1:
		names = [2]string{"message", "octets"}
	case c.Verb == "UIDL" && len(c.Args) == 1:
		names = [2]string{"message", "unique-id"}
	default:
		return nil
	}
	first, rest, ok := strings.Cut(r.Text, " ")
	second, _, _ := strings.Cut(rest, " ")
	if !ok {
		return nil
	}
	fields := make([]layers.Field, 2)
	at := r.At
	for i, word := range [...]string{first, second} {
		fields[i] = layers.Field{Name: names[i], Range: layers.Range{Offset: at, Length: len(word)}, Value: layers.String(word)}
		if n, ok := number(word); ok && names[i] != "unique-id" {
			fields[i].Value = layers.Int(n)
		}
		at += len(word) + 1
	}
	return fields
}

func timestampField(r Reply) []layers.Field {
	stamp := Timestamp(r.Text)
	if stamp == "" {
		return nil
	}
	return []layers.Field{{Name: "timestamp", Range: layers.Range{Offset: r.At + strings.Index(r.Text, stamp), Length: len(stamp)}, Value: layers.String(stamp)}}
}

// listFields counts or names what a list holds. lines are those behind the status, unstuffed.
func listFields(verb string, lines []byte) []layers.Field {
	items := listItems(lines)
	if verb == "CAPA" || verb == "AUTH" {
		return []layers.Field{{Name: "capabilities", Value: layers.Words(items)}}
	}
	return []layers.Field{{Name: "listed", Value: layers.Int(len(items))}}
}

// listItems is the lines behind the status line.
func listItems(lines []byte) []string {
	_, rest, _ := bytes.Cut(lines, []byte("\n"))
	return strings.FieldsFunc(string(rest), isLineEnd)
}

func mailFields(length int64, stuffed int, complete bool) []layers.Field {
	octets := length
	if complete {
		octets = max(0, length-int64(len(".\r\n"))-int64(stuffed))
	}
	return []layers.Field{{Name: "octets", Value: layers.Int(octets)}, {Name: "stuffed", Value: layers.Int(stuffed)}}
}

// decoded is what base64 stands for, or the text itself.
func decoded(s string) string {
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		return s
	}
	return string(b)
}
