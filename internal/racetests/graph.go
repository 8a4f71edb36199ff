package main

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
	starts bool // it starts a goroutine, or reaches a function that does
	uses   []reference
}

// reference is a function that another one uses.
type reference struct{ path, name string }

// graph is all packages by their import paths.
type graph struct{ packages map[string]*packageCode }

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

func (g graph) reaches(f *function) bool {
	for _, used := range f.uses {
		if code := g.packages[used.path]; code != nil && code.functions[used.name] != nil && code.functions[used.name].starts {
			return true
		}
	}
	return false
}
