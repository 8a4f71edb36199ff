package main

import "strings"

// packageCode is what was read of a package.
type packageCode struct {
	concurrent bool     // its code without the tests starts goroutines or uses package sync
	tests      []string // the names of its tests and fuzz targets, in the order of the files
	functions  map[string]*function
}

// reaching returns the tests that reach code that starts goroutines.
func (p *packageCode) reaching() (names []string) {
	for _, test := range p.tests {
		if p.functions[test].starts {
			names = append(names, test)
		}
	}
	return names
}

// mostly reports whether all tests of a package run with the detector. To build two
// binaries with the tests would take longer than the detector, if it has work in half of them.
func (p *packageCode) mostly() bool {
	return p.concurrent || len(p.tests) > 0 && 2*len(p.reaching()) >= len(p.tests)
}

// function is a function, or all methods of a name, or a variable with functions in it.
type function struct {
	starts    bool // it starts a goroutine, or reaches a function that does
	contained bool // all of the name have the directive, and other packages use them
	uses      []reference
	by        reference // the function through which it reaches what starts, empty if it starts itself
}

// reference is a function that another one uses.
type reference struct{ path, name string }

// graph is all packages: as others import them by their import paths, and with their tests by
// tested of these. No other package reaches what is in tests.
type graph struct{ packages map[string]*packageCode }

// tested returns by which path the tests of a package reach it and themselves.
func tested(path string) string { return path + testedEnding }

const testedEnding = ".test"

// spread marks the functions that reach one that starts goroutines.
func (g graph) spread() {
	for changed := true; changed; {
		changed = false
		for _, code := range g.packages {
			for _, f := range code.functions {
				if !f.starts && g.reaches(f) {
					f.starts, changed = true, true
				}
			}
		}
	}
}

// reaches reports whether a function uses one that starts goroutines, and sets by which.
func (g graph) reaches(f *function) bool {
	for _, used := range f.uses {
		if to := g.function(used); to != nil && to.starts && !to.contained {
			f.by = used
			return true
		}
	}
	return false
}

func (g graph) function(r reference) *function {
	if code := g.packages[r.path]; code != nil {
		return code.functions[r.name]
	}
	return nil
}

// way returns the name of a test, and the functions by which it reaches what starts goroutines.
func (g graph) way(code *packageCode, test string) string {
	way := []string{test}
	for f := code.functions[test]; f.by.name != ""; f = g.function(f.by) {
		way = append(way, strings.TrimSuffix(f.by.path, testedEnding)+"/"+f.by.name)
	}
	return strings.Join(way, " ")
}
