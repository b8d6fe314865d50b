package scenarios

import (
	"encoding/json"

	"mailwire/layers/lexicon"
)

// Schema is the JSON Schema (draft 2020-12) of scenario files.
func Schema() []byte {
	root := file.schema()
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = "mailwire scenario"
	b, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		panic(err) // maps of strings always marshal
	}
	return append(b, '\n')
}

func (s *shape) schema() map[string]any {
	m := map[string]any{}
	if s.about != "" {
		m["description"] = s.about
	}
	if s.example != "" {
		m["examples"] = []string{s.example}
	}
	switch s.kind {
	case word:
		m["anyOf"] = []any{map[string]any{"enum": s.words}, map[string]any{"type": "string", "pattern": `^\$`}} // a word, or a parameter
	case whole:
		m["type"], m["minimum"], m["maximum"] = "integer", 0, s.limit()
	case percent:
		m["type"], m["pattern"] = "string", `^[0-9]+(\.[0-9]+)?%$`
	case flag:
		m["type"] = "boolean"
	case size:
		m["type"] = []string{"string", "integer"}
	case list:
		m["type"], m["items"] = "array", s.item.schema()
	case texts:
		properties := map[string]any{}
		for _, language := range lexicon.Languages {
			properties[string(language)] = map[string]any{"type": "string"}
		}
		m["type"], m["properties"], m["additionalProperties"] = "object", properties, false
	case named:
		m["type"], m["additionalProperties"] = s.types("object"), s.item.schema()
	case mapping:
		s.mappingSchema(m)
	default:
		m["type"] = "string"
		if s.kind == text && !s.empty {
			m["minLength"] = 1
		}
	}
	return m
}

func (s *shape) mappingSchema(m map[string]any) {
	properties := map[string]any{}
	var required []string
	for i := range s.fields {
		f := &s.fields[i]
		properties[f.name] = f.shape.schema()
		if f.required {
			required = append(required, f.name)
		}
	}
	m["type"], m["properties"], m["additionalProperties"] = s.types("object"), properties, false
	if len(required) > 0 {
		m["required"] = required
	}
	if len(s.forms) > 0 {
		var forms []any
		for _, form := range s.forms {
			forms = append(forms, map[string]any{"required": []string{form.name}, "propertyNames": map[string]any{"enum": form.keys()}})
		}
		m["oneOf"] = forms
	}
	var apart []any
	for _, pair := range s.apart {
		apart = append(apart, map[string]any{"not": map[string]any{"required": pair}})
	}
	if len(apart) > 0 {
		m["allOf"] = apart
	}
}

// types allows nothing at all in place of a mapping that may be empty: "laptop:".
func (s *shape) types(name string) any {
	if s.optional {
		return []string{name, "null"}
	}
	return name
}
