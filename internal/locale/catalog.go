package locale

import (
	"fmt"
	"io/fs"
	"iter"
	"maps"
	"regexp"
	"slices"
	"sync"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/nicksnyder/go-i18n/v2/i18n/template"
	"go.yaml.in/yaml/v3"
)

// Values are what a message's template can insert, by name.
type Values map[string]any

// Catalog holds messages in every language, each under an id.
type Catalog struct {
	languages map[Language]func() *messages

	used *sync.Map // the ids that were asked for; nil if they are not recorded
}

// messages are those of one language.
type messages struct {
	localizer *i18n.Localizer
	byID      map[string]*i18n.Message
}

// Embedded returns the catalog of files that are embedded in the program, one for each
// language: messages/en.yaml and so on. Each is read when its language is first used,
// because reading all of them takes longer than most commands do. A file that cannot be
// read is a panic then.
func Embedded(files fs.FS) *Catalog {
	c := &Catalog{languages: map[Language]func() *messages{}}
	for _, l := range Languages() {
		c.languages[l] = sync.OnceValue(func() *messages {
			read, err := readMessages(files, l)
			if err != nil {
				panic(err)
			}
			return read
		})
	}
	return c
}

func readMessages(files fs.FS, l Language) (*messages, error) {
	bundle := i18n.NewBundle(l.tag())
	bundle.RegisterUnmarshalFunc("yaml", yaml.Unmarshal)
	file, err := bundle.LoadMessageFileFS(files, "messages/"+string(l)+".yaml")
	if err != nil {
		return nil, fmt.Errorf("reading the messages in %s: %w", l, err)
	}
	read := &messages{localizer: i18n.NewLocalizer(bundle, string(l)), byID: map[string]*i18n.Message{}}
	for _, m := range file.Messages {
		read.byID[m.ID] = m
	}
	return read, nil
}

// Text returns a message with the values inserted. A message that does not exist
// is returned as its id.
func (c *Catalog) Text(l Language, id string, values Values) string {
	return c.write(l, &i18n.LocalizeConfig{MessageID: id, TemplateData: map[string]any(values)})
}

// countPlaceholder is the name under which Plural inserts the count.
const countPlaceholder = "Count"

// Plural returns a message in the plural form for a count, with the count inserted
// as Count.
func (c *Catalog) Plural(l Language, id string, count int64, values Values) string {
	all := map[string]any{countPlaceholder: l.Number(count)}
	maps.Copy(all, values)
	return c.write(l, &i18n.LocalizeConfig{MessageID: id, PluralCount: count, TemplateData: all})
}

// Varies reports whether a message varies by count, so that Plural writes it.
func (c *Catalog) Varies(id string) bool {
	m := c.message(English, id)
	return m != nil && len(formsOf(m)) > 1
}

// message returns the message of a language with an id, nil if there is none.
func (c *Catalog) message(l Language, id string) *i18n.Message { return c.languages[l]().byID[id] }

// strict makes a message fail if a value that it inserts is not there, so that no reader
// is shown a gap.
var strict = &template.TextParser{Option: "missingkey=error"}

func (c *Catalog) write(l Language, config *i18n.LocalizeConfig) string {
	c.record(config.MessageID)
	read, ok := c.languages[l]
	if !ok {
		read = c.languages[English]
	}
	config.TemplateParser = strict
	text, err := read().localizer.Localize(config)
	if err != nil {
		return config.MessageID
	}
	return text
}

// Recording returns the same catalog, which also records the messages that are
// used. It is for tests.
func (c *Catalog) Recording() *Catalog {
	return &Catalog{languages: c.languages, used: &sync.Map{}}
}

func (c *Catalog) record(id string) {
	if c.used != nil {
		c.used.Store(id, true)
	}
}

// Unused returns the ids of messages that were not used since Recording, and the
// ids that were used and do not exist.
func (c *Catalog) Unused() (unused, missing []string) {
	for id := range c.languages[English]().byID {
		if _, used := c.used.Load(id); !used {
			unused = append(unused, id)
		}
	}
	c.used.Range(func(id, _ any) bool {
		if c.message(English, id.(string)) == nil {
			missing = append(missing, id.(string))
		}
		return true
	})
	return slices.Sorted(slices.Values(unused)), slices.Sorted(slices.Values(missing))
}

// pluralForms are the plural forms of each language by CLDR.
var pluralForms = map[Language][]string{
	English:    {"one", "other"},
	Russian:    {"one", "few", "many", "other"},
	Portuguese: {"one", "many", "other"},
}

// Problems returns what is wrong with the message files: a message that one
// language lacks, a message that varies by count but lacks a plural form, or has
// one that its language does not use, and a form with other placeholders than the
// English message.
func (c *Catalog) Problems() []string {
	ids := map[string]bool{}
	for _, read := range c.languages {
		for id := range read().byID {
			ids[id] = true
		}
	}
	var problems []string
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		plural := slices.ContainsFunc(Languages(), func(l Language) bool {
			m := c.message(l, id)
			return m != nil && len(formsOf(m)) > 1
		})
		for _, l := range Languages() {
			want := []string{"other"}
			if plural {
				want = pluralForms[l]
			}
			m := c.message(l, id)
			if m == nil {
				problems = append(problems, fmt.Sprintf("%s: %s is missing", l, id))
				continue
			}
			if have := formsOf(m); !slices.Equal(have, want) {
				problems = append(problems, fmt.Sprintf("%s: %s has the forms %v instead of %v", l, id, have, want))
			}
			problems = append(problems, c.placeholderProblems(l, m)...)
		}
	}
	return problems
}

// placeholderProblems returns the forms of a message whose placeholders are not those of
// the English message.
func (c *Catalog) placeholderProblems(l Language, m *i18n.Message) (problems []string) {
	english := c.message(English, m.ID)
	if english == nil {
		return nil
	}
	want := placeholders(english.Other)
	for name, text := range textsOf(m) {
		if have := placeholders(text); !slices.Equal(have, want) {
			problems = append(problems, fmt.Sprintf("%s: %s has the placeholders %v in its form %s instead of %v", l, m.ID, have, name, want))
		}
	}
	return problems
}

var placeholder = regexp.MustCompile(`\{\{[^}]*\.(\w+)[^}]*\}\}`)

// placeholders returns the names of the values that a text inserts. The count is left
// out, because a form can write it as a word.
func placeholders(text string) []string {
	names := []string{}
	for _, found := range placeholder.FindAllStringSubmatch(text, -1) {
		if found[1] != countPlaceholder {
			names = append(names, found[1])
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// formsOf returns the plural forms that a message has.
func formsOf(m *i18n.Message) []string {
	var forms []string
	for name := range textsOf(m) {
		forms = append(forms, name)
	}
	return forms
}

// textsOf returns the plural forms of a message with their texts, in the order of CLDR.
func textsOf(m *i18n.Message) iter.Seq2[string, string] {
	return func(yield func(name, text string) bool) {
		for _, form := range []struct{ name, text string }{
			{"zero", m.Zero}, {"one", m.One}, {"two", m.Two}, {"few", m.Few}, {"many", m.Many}, {"other", m.Other},
		} {
			if form.text != "" && !yield(form.name, form.text) {
				return
			}
		}
	}
}
