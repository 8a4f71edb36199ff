// Package bundle builds scripts for browsers from TypeScript, for the commands that check
// the built files in. It must not know what a script does.
package bundle

import (
	"errors"
	"fmt"
	"path/filepath"

	"github.com/evanw/esbuild/pkg/api"
)

// Script returns the minified script of a folder, whose sources begin at main.ts in src,
// with the settings of its tsconfig.json. Adjust may change the options; it may be nil.
// An error names each place in the sources.
func Script(folder string, adjust func(*api.BuildOptions)) ([]byte, error) {
	folder, err := filepath.Abs(folder)
	if err != nil {
		return nil, fmt.Errorf("finding the folder of a script: %w", err)
	}
	options := api.BuildOptions{
		AbsWorkingDir:     folder,
		EntryPoints:       []string{"src/main.ts"},
		Tsconfig:          "tsconfig.json",
		Bundle:            true,
		Format:            api.FormatESModule,
		Target:            api.ES2020,
		Charset:           api.CharsetASCII,
		LegalComments:     api.LegalCommentsNone,
		MinifyWhitespace:  true,
		MinifyIdentifiers: true,
		MinifySyntax:      true,
	}
	if adjust != nil {
		adjust(&options)
	}
	built := api.Build(options)
	var problems []error
	for _, m := range append(built.Errors, built.Warnings...) {
		problems = append(problems, errors.New(describe(m)))
	}
	if len(problems) > 0 {
		return nil, fmt.Errorf("bundling a script: %w", errors.Join(problems...))
	}
	return built.OutputFiles[0].Contents, nil
}

func describe(m api.Message) string {
	if m.Location == nil {
		return m.Text
	}
	return fmt.Sprintf("%s:%d: %s", m.Location.File, m.Location.Line, m.Text)
}
