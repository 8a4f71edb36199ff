// Command racetests prints what scripts/check tests with the race detector. The
// detector makes a test three to four times slower, and can find something only where
// goroutines meet.
//
// It reads packages, a line each with the import path and the folder, and prints:
//
//	package PATH           all tests of the package: its code starts goroutines or uses package
//	                       sync, or half of its tests reach code that starts goroutines
//	test PATH NAME BY...   a test of another package that reaches such code, and by which functions
//
// All other tests run without the detector. What a test reaches is read from the source,
// and rather too much than too little: a method is taken for all methods of its name in
// the packages that its file imports. A function that many tests reach, and whose goroutines
// are its own matter, can have a directive: see containing. It must not depend on the code
// that it reads.
package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"
)

func main() {
	if err := run(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "racetests:", err)
		os.Exit(1)
	}
}

func run(in io.Reader, out io.Writer) error {
	g, paths, err := readAll(in)
	if err != nil {
		return err
	}
	g.spread()
	for _, path := range paths {
		g.print(out, path)
	}
	return nil
}

// readAll reads packages, and returns their paths in the order of the lines.
func readAll(in io.Reader) (g graph, paths []string, err error) {
	g = graph{packages: map[string]*packageCode{}}
	for lines := bufio.NewScanner(in); lines.Scan(); {
		path, folder, ok := strings.Cut(lines.Text(), " ")
		if !ok {
			return graph{}, nil, fmt.Errorf("the line %q is not an import path and a folder", lines.Text())
		}
		code, withTests, err := read(path, folder)
		if err != nil {
			return graph{}, nil, fmt.Errorf("reading %s: %w", path, err)
		}
		g.packages[path], g.packages[tested(path)] = code, withTests
		paths = append(paths, path)
	}
	return g, paths, nil
}

// print prints what of a package is tested with the detector.
func (g graph) print(out io.Writer, path string) {
	code := g.packages[tested(path)]
	reaching := code.reaching()
	switch {
	case code.concurrent:
		fmt.Fprintln(out, "package", path)
	case code.mostly():
		fmt.Fprintf(out, "package %s %d of %d tests, such as %s\n", path, len(reaching), len(code.tests), g.way(code, reaching[0]))
	default:
		for _, test := range reaching {
			fmt.Fprintf(out, "test %s %s\n", path, g.way(code, test))
		}
	}
}
