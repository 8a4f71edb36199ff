package rules_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// root is the repository's root folder, seen from this package.
const root = "../.."

// file is one parsed Go file.
type file struct {
	Path string // from the root, with slashes
	AST  *ast.File
	Set  *token.FileSet
}

// rule returns what breaks it in a file, each as "line: what is wrong".
type rule func(file) []string

func (f file) isTest() bool { return strings.HasSuffix(f.Path, "_test.go") }

// isGenerated reports whether the file is made of another one, which is what people read.
func (f file) isGenerated() bool { return ast.IsGenerated(f.AST) }

func (f file) folder() string { return path.Dir(f.Path) }

func (f file) line(at token.Pos) int { return f.Set.Position(at).Line }

// lines is how many lines a node takes.
func (f file) lines(n ast.Node) int { return f.line(n.End()) - f.line(n.Pos()) + 1 }

// imports returns the import paths of a file.
func (f file) imports() []string {
	var paths []string
	for _, i := range f.AST.Imports {
		paths = append(paths, strings.Trim(i.Path.Value, `"`))
	}
	return paths
}

// in reports whether the file is in one of these folders or below.
func (f file) in(folders ...string) bool {
	return slices.ContainsFunc(folders, func(folder string) bool {
		return f.folder() == folder || strings.HasPrefix(f.folder(), folder+"/")
	})
}

// tree is every Go file of the repository, that of the module dev included.
var tree = sync.OnceValues(func() ([]file, error) {
	var files []file
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if base := entry.Name(); base == "testdata" || base == "node_modules" || base != ".." && base != "." && strings.HasPrefix(base, ".") {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") {
			return nil
		}
		source, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		f, err := parse(filepath.ToSlash(relative), string(source))
		files = append(files, f)
		return err
	})
	return files, err
})

func parse(name, source string) (file, error) {
	set := token.NewFileSet()
	parsed, err := parser.ParseFile(set, name, source, parser.ParseComments|parser.SkipObjectResolution)
	return file{Path: name, AST: parsed, Set: set}, err
}

func allFiles(t *testing.T) []file {
	t.Helper()
	files, err := tree()
	require.NoError(t, err)
	require.NotEmpty(t, files)
	return files
}

// holds checks a rule over the whole tree.
func holds(t *testing.T, check rule) {
	t.Helper()
	for _, f := range allFiles(t) {
		for _, problem := range check(f) {
			t.Errorf("%s:%s", f.Path, problem)
		}
	}
}

// read returns the text of a file of the repository.
func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, name))
	require.NoError(t, err)
	return string(text)
}

// readRoot returns the text of a file of the repository; empty if there is none.
func readRoot(name string) string {
	text, _ := os.ReadFile(filepath.Join(root, name))
	return string(text)
}
