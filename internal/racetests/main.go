// Command racetests prints what scripts/check tests with the race detector. The
// detector makes a test three to four times slower, and can find something only where
// goroutines meet.
//
// It reads packages, a line each with the import path and the folder, and prints:
//
//	package PATH     all tests of the package: its code starts goroutines or uses package sync,
//	                 or half of its tests reach code that starts goroutines
//	test PATH NAME   a test of another package that reaches such code
//
// All other tests run without the detector. What a test reaches is read from the source,
// and rather too much than too little: a method is taken for all methods of its name in
// the packages that its file imports. It must not depend on the code that it reads.
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
	g := graph{packages: map[string]*packageCode{}}
	var paths []string
	for lines := bufio.NewScanner(in); lines.Scan(); {
		path, folder, ok := strings.Cut(lines.Text(), " ")
		if !ok {
			return fmt.Errorf("the line %q is not an import path and a folder", lines.Text())
		}
		code, err := read(path, folder)
		if err != nil {
			return fmt.Errorf("reading %s: %w", path, err)
		}
		g.packages[path] = code
		paths = append(paths, path)
	}
	g.spread()
	for _, path := range paths {
		code := g.packages[path]
		if code.mostly() {
			fmt.Fprintln(out, "package", path)
			continue
		}
		for _, test := range code.reaching() {
			fmt.Fprintln(out, "test", path, test)
		}
	}
	return nil
}
