package scenarios

import (
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"mailwire/layers"
)

// Load reads a scenario file. Parameters have the values of set, else their defaults. An error is Faults, all that is
// wrong with the file, or a *ParameterError when set names what the file does not declare.
func Load(source []byte, set map[string]string) (*Scenario, error) {
	c := &checker{lines: strings.Split(string(source), "\n")}
	root := c.parse(source)
	if root == nil {
		return nil, c.sorted()
	}
	parameters := c.parameters(root)
	values, err := chosen(parameters, set)
	if err != nil {
		return nil, err
	}
	c.substitute(root, values)
	c.check(root, &file)
	d := &decoder{checker: c, Scenario: &Scenario{Parameters: parameters}, unsure: c.faultyParts(root)}
	d.decode(root)
	if err := c.sorted(); err != nil {
		return nil, err
	}
	return d.Scenario, nil
}

// A ParameterError says that a value was given to a parameter that the scenario does not have, or one that it may not
// have.
type ParameterError struct {
	Name, Value string
	Known       []string // the parameters, or the values that this one may have
	Exists      bool     // the parameter is there; its value is wrong
}

// Error says the same for a log.
func (e *ParameterError) Error() string {
	return "scenario: parameter " + e.Name + ": one of " + strings.Join(e.Known, ", ")
}

// parameters reads the declared parameters leniently: check finds what is wrong with them.
func (c *checker) parameters(root *yaml.Node) []Parameter {
	var all []Parameter
	for key, value := range pairs(get(root, "parameters")) {
		oneOf, normal := scalars(get(value, "one of")), get(value, "default")
		if len(oneOf) > 0 && normal != nil && !slices.Contains(oneOf, scalar(normal)) {
			c.complain(normal, layers.N("scenario.fault.word", arg("word", scalar(normal))), c.near(scalar(normal), oneOf))
		}
		all = append(all, Parameter{Name: key.Value, Default: scalar(get(value, "default")), OneOf: scalars(get(value, "one of"))})
	}
	return all
}

func chosen(parameters []Parameter, set map[string]string) (map[string]string, error) {
	values := map[string]string{}
	var names []string
	for _, p := range parameters {
		names = append(names, p.Name)
		values[p.Name] = p.Default
		v, given := set[p.Name]
		if !given {
			continue
		}
		if len(p.OneOf) > 0 && !slices.Contains(p.OneOf, v) {
			return nil, &ParameterError{Name: p.Name, Value: v, Known: p.OneOf, Exists: true}
		}
		values[p.Name] = v
	}
	for _, name := range slices.Sorted(maps.Keys(set)) {
		if _, ok := values[name]; !ok {
			return nil, &ParameterError{Name: name, Known: names}
		}
	}
	return values, nil
}

// substitute puts the values of parameters in the place of $name.
func (c *checker) substitute(n *yaml.Node, values map[string]string) {
	if name, ok := strings.CutPrefix(n.Value, "$"); ok && n.Kind == yaml.ScalarNode && n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) == 0 {
		v, known := values[name]
		if !known {
			c.complain(n, layers.N("scenario.fault.parameter", arg("name", name)))
			return
		}
		n.Value = v
	}
	for _, child := range n.Content {
		c.substitute(child, values)
	}
}

// get is the value behind a key, or nil.
func get(n *yaml.Node, key string) *yaml.Node {
	for k, v := range pairs(n) {
		if k.Value == key {
			return v
		}
	}
	return nil
}

// scalar is the text of a node, "" for none.
func scalar(n *yaml.Node) string {
	if n == nil || n.Kind != yaml.ScalarNode || n.Tag == "!!null" {
		return ""
	}
	return n.Value
}

func scalars(n *yaml.Node) []string {
	var all []string
	if n != nil {
		for _, item := range n.Content {
			all = append(all, scalar(item))
		}
	}
	return all
}
