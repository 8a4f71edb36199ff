package rules_test

import (
	"go/ast"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// passage is a piece of prose: a comment, a paragraph of a document, a text of
// the API's documentation.
type passage struct {
	Path string // from the root, with slashes
	Line int    // where it begins
	Text string // without comment marks and line breaks
}

// proseRule returns what breaks it in a passage.
type proseRule func(passage) []string

// in reports whether the passage is in a file with one of these endings.
func (p passage) in(endings ...string) bool { return slices.Contains(endings, path.Ext(p.Path)) }

// quoting are the files that quote what they forbid.
var quoting = []string{"internal/rules/language_test.go", "internal/rules/references_test.go"}

// prose holds all passages of the repository.
var prose = sync.OnceValues(func() ([]passage, error) {
	files, err := tree()
	if err != nil {
		return nil, err
	}
	var all []passage
	for _, f := range files {
		if !slices.Contains(quoting, f.Path) {
			all = append(all, f.prose()...)
		}
	}
	for _, ending := range []string{".md", ".ts", ".sql", ".yml", ".yaml"} {
		for _, name := range paths(ending) {
			text, err := os.ReadFile(filepath.Join(root, name))
			if err != nil {
				return nil, err
			}
			all = append(all, proseOf(name, string(text))...)
		}
	}
	return all, nil
})

// holdsForProse checks a rule over all prose of the tree.
func holdsForProse(t *testing.T, check proseRule) {
	t.Helper()
	passages, err := prose()
	require.NoError(t, err)
	require.NotEmpty(t, passages)
	for _, p := range passages {
		for _, problem := range check(p) {
			t.Errorf("%s:%d: %s", p.Path, p.Line, problem)
		}
	}
}

// The struct tags, and the fields of literals, whose texts people read.
var (
	proseTags   = []string{"doc", "help"}
	proseFields = []string{"About", "Description", "Help", "Meaning", "Summary", "Title"}
)

// prose returns the comments of a Go file, and its texts for readers.
func (f file) prose() []passage {
	var found []passage
	for _, group := range f.AST.Comments {
		found = append(found, passage{f.Path, f.line(group.Pos()), oneLine(group.Text())})
	}
	ast.Inspect(f.AST, func(n ast.Node) bool {
		switch node := n.(type) {
		case *ast.Field:
			found = append(found, f.taggedProse(node)...)
		case *ast.KeyValueExpr:
			key, named := node.Key.(*ast.Ident)
			text, literal := node.Value.(*ast.BasicLit)
			if named && literal && text.Kind == token.STRING && slices.Contains(proseFields, key.Name) {
				said, _ := strconv.Unquote(text.Value)
				found = append(found, passage{f.Path, f.line(text.Pos()), oneLine(said)})
			}
		}
		return true
	})
	return found
}

// taggedProse returns the texts in the tag of a struct's field.
func (f file) taggedProse(field *ast.Field) []passage {
	if field.Tag == nil {
		return nil
	}
	var found []passage
	tags, _ := strconv.Unquote(field.Tag.Value)
	for _, name := range proseTags {
		if text := reflect.StructTag(tags).Get(name); text != "" {
			found = append(found, passage{f.Path, f.line(field.Tag.Pos()), oneLine(text)})
		}
	}
	return found
}

// proseOf returns the paragraphs of a document, or the comments of a file in
// another language than Go.
func proseOf(name, text string) []passage {
	switch path.Ext(name) {
	case ".md":
		return paragraphs(name, text)
	case ".ts":
		return commented(name, text, regexp.MustCompile(`^\s*(?://+|/?\*+/?)\s?(.*?)(?:\*/)?$|\s//\s(.*)$`))
	case ".sql":
		return commented(name, text, regexp.MustCompile(`--\s?(.*)$`))
	default:
		return commented(name, text, regexp.MustCompile(`(?:^|\s)#\s?(.*)$`))
	}
}

// paragraphs returns the paragraphs, list items and table rows of a Markdown
// text, without its blocks of code.
func paragraphs(name, text string) []passage {
	var found []passage
	code, open := false, false
	begins := regexp.MustCompile(`^\s*([-*|#>]|\d+\.) ?`)
	for i, line := range strings.Split(text, "\n") {
		if strings.HasPrefix(strings.TrimSpace(line), "```") {
			code, open = !code, false
			continue
		}
		switch {
		case code:
		case strings.TrimSpace(line) == "":
			open = false
		case open && !begins.MatchString(line):
			found[len(found)-1].Text += " " + strings.TrimSpace(line)
		default:
			found = append(found, passage{name, i + 1, strings.TrimSpace(line)})
			open = true
		}
	}
	return found
}

// commented returns the comments of a text, those on following lines as one.
func commented(name, text string, comment *regexp.Regexp) []passage {
	var found []passage
	last := -1
	for i, line := range strings.Split(text, "\n") {
		match := comment.FindStringSubmatch(line)
		if match == nil {
			continue
		}
		said := strings.TrimSpace(strings.Join(match[1:], ""))
		if last == i-1 && last >= 0 {
			found[len(found)-1].Text += " " + said
		} else {
			found = append(found, passage{name, i + 1, said})
		}
		last = i
	}
	return found
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// everything is every file and folder of the repository, from the root.
var everything = sync.OnceValue(func() []string {
	var found []string
	_ = filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (entry.Name() == ".git" || entry.Name() == "node_modules") {
			return filepath.SkipDir
		}
		relative, err := filepath.Rel(root, name)
		found = append(found, filepath.ToSlash(relative))
		return err
	})
	return found
})

// paths returns the files with this ending, test data left out.
func paths(ending string) []string {
	var found []string
	for _, name := range everything() {
		if path.Ext(name) == ending && !strings.Contains("/"+name, "/testdata/") {
			found = append(found, name)
		}
	}
	return found
}
