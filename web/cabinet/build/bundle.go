package main

import (
	"errors"
	"fmt"
	"path/filepath"

	"github.com/evanw/esbuild/pkg/api"
)

// dist is the path of the built script in the folder of the assets.
const dist = "dist/cabinet.js"

// bundle builds the script of the pages from its sources.
func bundle(folder string) ([]byte, error) {
	folder, err := filepath.Abs(folder)
	if err != nil {
		return nil, fmt.Errorf("finding the folder of the script: %w", err)
	}
	built := api.Build(api.BuildOptions{
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
	})
	var problems []error
	for _, m := range append(built.Errors, built.Warnings...) {
		problems = append(problems, errors.New(describe(m)))
	}
	if len(problems) > 0 {
		return nil, fmt.Errorf("bundling the script of the pages: %w", errors.Join(problems...))
	}
	return built.OutputFiles[0].Contents, nil
}

func describe(m api.Message) string {
	if m.Location == nil {
		return m.Text
	}
	return fmt.Sprintf("%s:%d: %s", m.Location.File, m.Location.Line, m.Text)
}
