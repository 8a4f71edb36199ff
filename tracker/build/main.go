// Command build bundles the script that runs on the sites' pages, from tracker/src
// into tracker/dist/ringback.js, which is checked in. Run it as
// "go run ./tracker/build" after each change to the sources. It knows nothing of
// the service.
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

// dist is the path of the built file in the script's folder.
const dist = "dist/ringback.js"

func build(folder string) error {
	built, err := script(folder)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(folder, dist), built, 0o600); err != nil {
		return fmt.Errorf("writing the built script: %w", err)
	}
	return nil
}
