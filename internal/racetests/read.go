package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"slices"
	"strings"
)

// starters are the functions of other modules that run what they are given in a
// goroutine, or serve until they are closed.
var starters = map[reference]bool{
	{"net/http/httptest", "NewServer"}: true, {"net/http/httptest", "NewTLSServer"}: true, {"net/http/httptest", "NewUnstartedServer"}: true,
	{"time", "AfterFunc"}: true, {"context", "AfterFunc"}: true, // see cancels
}

// startingMethods are methods that do the same: those of sync.WaitGroup,
// errgroup.Group, clocks and Temporal's test suite.
var startingMethods = []string{"Go", "TryGo", "AfterFunc", "NewTestWorkflowEnvironment"}

// testValues are the names by which functions of tests know *testing.T and *testing.B.
var testValues = map[string]bool{"t": true, "b": true}

// containing is the directive of a function whose goroutines share with other packages only
// what is handed over through a channel or behind a lock. The tests of its own package, which run
// with the detector, are the evidence for that, so that tests of others need not.
const containing = "//racetests:contained"

// read reads the Go files of a package: as others import it, and with its tests.
func read(path, folder string) (code, withTests *packageCode, err error) {
	code, withTests = newPackage(), newPackage()
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		return nil, nil, err
	}
	for _, name := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution|parser.ParseComments)
		if err != nil {
			return nil, nil, err
		}
		isTest := strings.HasSuffix(name, "_test.go")
		withTests.add(newFile(path, tested(path), parsed), parsed, isTest)
		if !isTest {
			code.add(newFile(path, path, parsed), parsed, isTest)
		}
	}
	return code, withTests, nil
}

func newPackage() *packageCode { return &packageCode{functions: map[string]*function{}} }

// newFile returns a file of a package, which is itself called by a path.
func newFile(path, called string, parsed *ast.File) file {
	f := file{path: called, imports: map[string]string{}}
	for _, i := range parsed.Imports {
		imported := strings.Trim(i.Path.Value, `"`)
		name := imported[strings.LastIndex(imported, "/")+1:]
		if i.Name != nil {
			name = i.Name.Name
		}
		if imported == path {
			imported = called
		}
		f.imports[name] = imported
	}
	return f
}

// add adds the declarations of a file.
func (p *packageCode) add(f file, parsed *ast.File, isTest bool) {
	for _, imported := range f.imports {
		p.concurrent = p.concurrent || !isTest && shares(imported)
	}
	for _, d := range parsed.Decls {
		for _, name := range namesOf(d) {
			others := p.functions[name]
			contained := isContained(d) && !strings.HasSuffix(f.path, testedEnding) && (others == nil || others.contained)
			found := p.function(name)
			f.body(d, found)
			found.contained = contained
			p.concurrent = p.concurrent || !isTest && found.starts
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && isTest && runs(name) {
				p.tests = append(p.tests, name)
			}
		}
	}
}

func (p *packageCode) function(name string) *function {
	if p.functions[name] == nil {
		p.functions[name] = &function{}
	}
	return p.functions[name]
}

// shares reports whether who imports a package shares memory between goroutines.
func shares(imported string) bool {
	return imported == "sync" || imported == "sync/atomic" || strings.HasPrefix(imported, "golang.org/x/sync/")
}

// runs reports whether go test runs a function as a test.
func runs(name string) bool {
	return slices.ContainsFunc([]string{"Test", "Fuzz", "Example"}, func(prefix string) bool {
		return strings.HasPrefix(name, prefix) && name != "TestMain"
	})
}

// isContained reports whether a function has the directive.
func isContained(d ast.Decl) bool {
	f, ok := d.(*ast.FuncDecl)
	return ok && f.Doc != nil && slices.ContainsFunc(f.Doc.List, func(c *ast.Comment) bool { return c.Text == containing })
}

// namesOf returns the name of a function or method, or the names of the variables that a
// declaration has.
func namesOf(d ast.Decl) (names []string) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Recv != nil {
			return []string{method(d.Name.Name)}
		}
		return []string{d.Name.Name}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			if values, ok := spec.(*ast.ValueSpec); ok && d.Tok == token.VAR {
				for _, name := range values.Names {
					if name.Name != "_" {
						names = append(names, name.Name)
					}
				}
			}
		}
	}
	return names
}

// method returns how all methods of a name are called among the names of a package, which
// keeps them apart from functions and types of the name.
func method(name string) string { return "." + name }

// file is where a declaration stands.
type file struct {
	path    string            // of its package
	imports map[string]string // paths by the names that the file uses
}

// body adds what a declaration uses and starts.
func (f file) body(d ast.Node, into *function) {
	ast.Inspect(d, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			into.starts = true
		case *ast.CallExpr:
			return !cancels(n)
		case *ast.SelectorExpr:
			f.selected(n, into)
			f.body(n.X, into)
			return false
		case *ast.Ident:
			into.uses = append(into.uses, reference{f.path, n.Name})
		}
		return true
	})
}

// cancels reports whether a call is context.AfterFunc(ctx, cancel), or has in place of
// cancel a function that only calls it with a name: to cancel a context from another
// goroutine shares no memory of ours.
func cancels(call *ast.CallExpr) bool {
	selected, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || selected.Sel.Name != "AfterFunc" || len(call.Args) != 2 {
		return false
	}
	if run, ok := call.Args[1].(*ast.FuncLit); ok {
		return onlyCancels(run.Body.List)
	}
	return isCancel(call.Args[1])
}

func onlyCancels(body []ast.Stmt) bool {
	if len(body) != 1 {
		return false
	}
	statement, ok := body[0].(*ast.ExprStmt)
	if !ok {
		return false
	}
	call, ok := statement.X.(*ast.CallExpr)
	return ok && isCancel(call.Fun) && !slices.ContainsFunc(call.Args, func(arg ast.Expr) bool {
		_, name := arg.(*ast.Ident)
		return !name
	})
}

func isCancel(e ast.Expr) bool {
	name, ok := e.(*ast.Ident)
	return ok && name.Name == "cancel"
}

// selected adds a function of another package, or the methods of a name.
func (f file) selected(n *ast.SelectorExpr, into *function) {
	if x, ok := n.X.(*ast.Ident); ok && f.imports[x.Name] != "" {
		used := reference{f.imports[x.Name], n.Sel.Name}
		into.starts = into.starts || starters[used]
		into.uses = append(into.uses, used)
		return
	}
	if x, ok := n.X.(*ast.Ident); ok && testValues[x.Name] && n.Sel.Name == "Run" {
		return // it waits for the goroutine that it starts
	}
	into.starts = into.starts || slices.Contains(startingMethods, n.Sel.Name)
	for _, path := range append(slices.Collect(maps.Values(f.imports)), f.path) {
		into.uses = append(into.uses, reference{path, method(n.Sel.Name)})
	}
}
