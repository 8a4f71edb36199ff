package rules_test

import (
	"fmt"
	"go/ast"
	"testing"
)

func TestEveryPackageHasExactlyOnePackageComment(t *testing.T) {
	t.Parallel()
	comments := map[string]int{}
	for _, f := range allFiles(t) {
		if _, seen := comments[f.folder()]; !seen {
			comments[f.folder()] = 0
		}
		if f.AST.Doc != nil {
			comments[f.folder()]++
		}
	}
	for folder, n := range comments {
		if n != 1 {
			t.Errorf("%s: %d package comments; exactly one says what the package is for and what it must not know", folder, n)
		}
	}
}

func TestEveryExportedNameHasADocComment(t *testing.T) {
	t.Parallel()
	holds(t, exportedNamesAreDocumented)
}

func exportedNamesAreDocumented(f file) []string {
	if f.isTest() {
		return nil
	}
	var problems []string
	missing := func(name *ast.Ident) {
		problems = append(problems, fmt.Sprintf("%d: %s has no doc comment", f.line(name.Pos()), name.Name))
	}
	for _, declaration := range f.AST.Decls {
		switch d := declaration.(type) {
		case *ast.FuncDecl:
			if d.Doc == nil && d.Name.IsExported() && isExportedReceiver(d.Recv) {
				missing(d.Name)
			}
		case *ast.GenDecl:
			undocumented(d, missing)
		}
	}
	return problems
}

// undocumented reports the names of a declaration without a comment of their
// own, of their line or of their group.
func undocumented(d *ast.GenDecl, missing func(*ast.Ident)) {
	for _, spec := range d.Specs {
		switch s := spec.(type) {
		case *ast.TypeSpec:
			if s.Name.IsExported() && d.Doc == nil && s.Doc == nil {
				missing(s.Name)
			}
		case *ast.ValueSpec:
			for _, name := range s.Names {
				if name.IsExported() && d.Doc == nil && s.Doc == nil && s.Comment == nil {
					missing(name)
				}
			}
		}
	}
}

// isExportedReceiver reports whether a function is none's method, or that of an exported type.
func isExportedReceiver(receiver *ast.FieldList) bool {
	if receiver == nil {
		return true
	}
	of := receiver.List[0].Type
	for {
		switch t := of.(type) {
		case *ast.StarExpr:
			of = t.X
		case *ast.IndexExpr:
			of = t.X
		case *ast.Ident:
			return t.IsExported()
		default:
			return false
		}
	}
}
