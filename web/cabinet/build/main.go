// Command build makes the files of the pages that are checked in: the Go code of the
// templates in web/cabinet/pages, and the script in web/cabinet/assets/dist. Run it as
// "go run ./web/cabinet/build" after each change to the templates or to the script's
// sources. It knows nothing of the service.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"go/format"
	"os"
	"path/filepath"
	"strings"

	"github.com/a-h/templ/generator"
	"github.com/a-h/templ/parser/v2"

	"ringback/internal/bundle"
)

// dist is the path of the built script in the folder of the assets.
const dist = "dist/cabinet.js"

func main() {
	folder := flag.String("cabinet", "web/cabinet", "folder with the templates and the script")
	flag.Parse()
	if err := build(*folder); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// build writes every file that is made of another one.
func build(folder string) error {
	made, err := makeAll(folder)
	if err != nil {
		return err
	}
	for name, content := range made {
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o600); err != nil {
			return fmt.Errorf("writing a built file: %w", err)
		}
	}
	return nil
}

// makeAll returns the content of every built file by its name in the folder.
func makeAll(folder string) (map[string][]byte, error) {
	script, err := bundle.Script(filepath.Join(folder, "assets"), nil)
	if err != nil {
		return nil, err
	}
	made := map[string][]byte{filepath.Join("assets", dist): script}
	templates, err := filepath.Glob(filepath.Join(folder, "pages", "*.templ"))
	if err != nil {
		return nil, fmt.Errorf("finding the templates: %w", err)
	}
	for _, template := range templates {
		base := filepath.Base(template)
		code, err := generate(template, base)
		if err != nil {
			return nil, err
		}
		made[filepath.Join("pages", strings.TrimSuffix(base, ".templ")+"_templ.go")] = code
	}
	return made, nil
}

// generate returns the Go code of a template. Its errors name the template by its base name.
func generate(path, base string) ([]byte, error) {
	template, err := parser.Parse(path)
	if err != nil {
		return nil, fmt.Errorf("reading the template %s: %w", base, err)
	}
	var code bytes.Buffer
	if _, err := generator.Generate(template, &code, generator.WithFileName(base)); err != nil {
		return nil, fmt.Errorf("generating the code of %s: %w", base, err)
	}
	formatted, err := format.Source(code.Bytes())
	if err != nil {
		return nil, fmt.Errorf("formatting the code of %s: %w", base, err)
	}
	return formatted, nil
}
