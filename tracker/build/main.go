// Command build bundles the scripts that run on the sites' pages, from tracker/src
// into tracker/dist, which is checked in: the usual script and the extended one. Run
// it as "go run ./tracker/build" after each change to the sources. It knows nothing
// of the service.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	folder := flag.String("tracker", "tracker", "folder with src and dist")
	flag.Parse()
	if err := build(*folder); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// built lists the built files in the script's folder.
var built = []struct {
	file     string
	extended bool
}{
	{"dist/ringback.js", false},
	{"dist/ringback-extended.js", true},
}

func build(folder string) error {
	for _, b := range built {
		content, err := script(folder, b.extended)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(folder, b.file), content, 0o600); err != nil {
			return fmt.Errorf("writing a built script: %w", err)
		}
	}
	return nil
}
