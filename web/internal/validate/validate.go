// Package validate collects what is wrong with a body, and checks the fields that
// several bodies have. It must not know which operation a body is for.
package validate

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"

	"ringback/conversion"
	"ringback/internal/fault"
	"ringback/internal/limits"
	"ringback/internal/texts"
	"ringback/phone"
	"ringback/web/internal/wire"
)

// Name matches the names of systems: of visitor ids and click ids.
var Name = regexp.MustCompile(`^[a-z0-9_]{1,40}$`)

// Checker collects the invalid fields of a body. Its methods check one field each. Those
// that return a value return it as it is stored.
type Checker struct {
	fields []fault.Field
}

// Add adds an invalid field and what was expected of it.
func (c *Checker) Add(path string, expected fault.Expectation) {
	c.AddFields(fault.Field{Path: path, Expected: expected})
}

// AddFields adds invalid fields.
func (c *Checker) AddFields(fields ...fault.Field) { c.fields = append(c.fields, fields...) }

// Fields returns the invalid fields.
func (c *Checker) Fields() []fault.Field { return c.fields }

// Err returns the fault with all invalid fields, nil if there are none.
func (c *Checker) Err() error {
	if len(c.fields) == 0 {
		return nil
	}
	return fault.InvalidFields(c.fields...)
}

// Tags returns labels without spaces around them and line breaks in them, each once.
func (c *Checker) Tags(path string, labels []string) []string {
	var out []string
	for i, label := range labels {
		label = texts.Line(label)
		switch {
		case label == "":
			c.Add(Item(path, i), fault.Expect("label_not_empty"))
		case !slices.Contains(out, label):
			out = append(out, label)
		}
	}
	return out
}

// IDs checks visitor ids or click ids by the names of their systems.
func (c *Checker) IDs(path string, ids map[string]string, limit int) {
	if len(ids) > limit {
		c.Add(path, fault.Expect("entries_at_most").Counting(limit))
		return
	}
	for _, name := range slices.Sorted(maps.Keys(ids)) {
		switch value := ids[name]; {
		case !Name.MatchString(name):
			c.Add(path, fault.Expect("system_names"))
		case value == "":
			c.Add(path+"."+name, fault.Expect("id_not_empty"))
		case limits.Exceeds(value, limits.ID):
			c.Add(path+"."+name, fault.Expect("characters_at_most").Counting(limits.ID))
		}
	}
}

// Traffic checks what the schema cannot, and returns the traffic as the rules have
// it. It is nil if it was left out.
func (c *Checker) Traffic(path string, t *wire.TrafficBody) *conversion.Traffic {
	if t == nil {
		return nil
	}
	c.IDs(path+".click_ids", t.ClickIDs, limits.ClickIDs)
	return new(conversion.Traffic(*t))
}

// Item returns the path of an item of a list, such as "tags[2]".
func Item(path string, i int) string { return fmt.Sprintf("%s[%d]", path, i) }

// Email checks an e-mail address. An empty one is none, and no error.
func (c *Checker) Email(path, text string) {
	if text != "" && !limits.IsEmail(text) {
		c.Add(path, fault.Expect("email"))
	}
}

// Phone reads a phone number. The region is the site's, for numbers without a
// country code. A text such as "anonymous" is a number that was withheld. The number is
// the zero Number if it cannot be read.
func (c *Checker) Phone(path, text, region string) phone.Number {
	number, err := phone.Normalize(text, region)
	var wrong *phone.Error
	if errors.As(err, &wrong) {
		c.Add(path, wrong.Expected)
	}
	return number
}
