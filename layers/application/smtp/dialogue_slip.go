package smtp

import (
	"mailwire/layers"
	"mailwire/layers/application"
)

// slipOf finds a login in a line that is no command of SMTP, or an AUTH of which the mechanism can be none.
func slipOf(c *Command, line string) (application.Slip, bool) {
	if isVerb(c.Verb) && (!c.authenticates() || c.Mechanism == "" || application.IsMechanism(c.Mechanism)) {
		return application.Slip{}, false
	}
	return application.FindSlip(line)
}

// meant is the command that a slip stands for, without what may be a password, and the fault of the line.
func meant(s application.Slip, line string, fault *SyntaxError) (Command, *SyntaxError) {
	if fault == nil && s.Verb == "AUTH" {
		// RFC 4954 §4: a mechanism follows AUTH and a space.
		fault = &SyntaxError{At: s.At.End() + 1, Code: 501, Why: "AUTH needs the name of a mechanism", Ref: "RFC 4954 §4"}
		if !s.Apart(line) {
			fault.Code, fault.Ref = 500, refVerb
		}
	}
	return Command{Verb: s.Verb}, fault
}

func slipFields(s application.Slip, line string) []layers.Field {
	fields := []layers.Field{{Name: "verb", Range: s.At, Value: layers.String(s.Verb)}}
	if s.Secret.Length > 0 {
		fields = append(fields, layers.Field{Name: "argument", Range: s.Secret, Value: layers.String(line[s.Secret.Offset:s.Secret.End()]), Secret: true})
	}
	return fields
}

// slipSecrets hides all behind the word, up to the end of a line of which the text may hold less.
func slipSecrets(s application.Slip, length int64) []layers.Range {
	r := s.Secret
	if length > application.TextMax {
		r.Length = int(length) - r.Offset
	}
	if r.Length == 0 {
		return nil
	}
	return []layers.Range{r}
}
