package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/evanw/esbuild/pkg/api"

	"ringback/internal/bundle"
)

// script builds the usual or the extended script from its sources. The result is one
// JavaScript expression, a function of the site's config and the script's version, so
// that the script defines no globals.
func script(folder string, extended bool) ([]byte, error) {
	constants, err := constants(folder)
	if err != nil {
		return nil, err
	}
	content, err := bundle.Script(folder, func(o *api.BuildOptions) {
		o.Define = constants
		if extended {
			o.Plugins = []api.Plugin{replaceModules()}
		}
	})
	if err != nil {
		return nil, fmt.Errorf("building a script (extended: %t): %w", extended, err)
	}
	return fmt.Appendf(nil, "(($,_)=>{%s})\n", bytes.TrimSpace(content)), nil
}

// constants returns what stands for names in the sources: the parameters of the bundle, and
// the strings of numberpattern.json, which are shorter in place than imported.
func constants(folder string) (map[string]string, error) {
	content, err := os.ReadFile(filepath.Join(folder, "src", "numberpattern.json")) //nolint:gosec // a file of the sources
	if err != nil {
		return nil, fmt.Errorf("reading the bounds of numbers: %w", err)
	}
	var bounds map[string]json.RawMessage
	if err := json.Unmarshal(content, &bounds); err != nil {
		return nil, fmt.Errorf("reading the bounds of numbers: %w", err)
	}
	defined := map[string]string{"CONFIG": "$", "VERSION": "_"}
	for name, literal := range bounds {
		defined["BOUNDS."+name] = string(literal)
	}
	return defined, nil
}

// replaceModules returns the plugin that makes the extended script: modules in src
// import those of the folder src/extended in place of those of the same name in src.
// So the sources of the usual script hold nothing of the other, which would make it
// larger.
func replaceModules() api.Plugin {
	resolve := func(imported api.OnResolveArgs) (api.OnResolveResult, error) {
		replaced := filepath.Join(imported.ResolveDir, "extended", imported.Path+".ts")
		if _, err := os.Stat(replaced); err != nil {
			return api.OnResolveResult{}, nil // it is the same in both scripts
		}
		return api.OnResolveResult{Path: replaced}, nil
	}
	return api.Plugin{Name: "extended", Setup: func(b api.PluginBuild) {
		b.OnResolve(api.OnResolveOptions{Filter: `^\./`}, resolve)
	}}
}
