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
	var problems []string
	for _, name := range f.exportedNames() {
		if !name.documented {
			problems = append(problems, fmt.Sprintf("%d: %s has no doc comment", f.line(name.Pos()), name.Name))
		}
	}
	return problems
}

// exportedName is an exported function, method, type, constant or variable.
type exportedName struct {
	*ast.Ident
	documented bool // by a comment of its own, of its line or of its group
}

// exportedNames returns the exported names that a file declares at its top
// level; none for a test or a generated file.
func (f file) exportedNames() []exportedName {
	if f.isTest() || f.isGenerated() {
		return nil
	}
	var names []exportedName
	for _, declaration := range f.AST.Decls {
		switch d := declaration.(type) {
		case *ast.FuncDecl:
			if d.Name.IsExported() && isExportedReceiver(d.Recv) {
				names = append(names, exportedName{d.Name, d.Doc != nil})
			}
		case *ast.GenDecl:
			names = append(names, exportedInGroup(d)...)
		}
	}
	return names
}

func exportedInGroup(d *ast.GenDecl) []exportedName {
	var names []exportedName
	for _, spec := range d.Specs {
		switch s := spec.(type) {
		case *ast.TypeSpec:
			if s.Name.IsExported() {
				names = append(names, exportedName{s.Name, d.Doc != nil || s.Doc != nil})
			}
		case *ast.ValueSpec:
			for _, name := range s.Names {
				if name.IsExported() {
					names = append(names, exportedName{name, d.Doc != nil || s.Doc != nil || s.Comment != nil})
				}
			}
		}
	}
	return names
}

// isExportedReceiver reports whether a function has no receiver, or one of an exported type.
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
