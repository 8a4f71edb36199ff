package main

import (
	"errors"
	"fmt"
	"path/filepath"

	"github.com/evanw/esbuild/pkg/api"
)

// bundle builds the script from its sources. The result is one JavaScript
// expression, a function of the site's config and the script's version, so that
// the script defines no globals.
func bundle(folder string) ([]byte, error) {
	folder, err := filepath.Abs(folder)
	if err != nil {
		return nil, fmt.Errorf("finding the script's folder: %w", err)
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
		Define:            map[string]string{"CONFIG": "$", "VERSION": "_"},
		Banner:            map[string]string{"js": "(($,_)=>{"},
		Footer:            map[string]string{"js": "})"},
	})
	var problems []error
	for _, m := range append(built.Errors, built.Warnings...) {
		problems = append(problems, fmt.Errorf("%s", describe(m)))
	}
	if len(problems) > 0 {
		return nil, fmt.Errorf("bundling the script: %w", errors.Join(problems...))
	}
	return built.OutputFiles[0].Contents, nil
}

func describe(m api.Message) string {
	if m.Location == nil {
		return m.Text
	}
	return fmt.Sprintf("%s:%d: %s", m.Location.File, m.Location.Line, m.Text)
}
