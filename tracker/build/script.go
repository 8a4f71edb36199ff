package main

import (
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
	content, err := bundle.Script(folder, func(o *api.BuildOptions) {
		o.Define = map[string]string{"CONFIG": "$", "VERSION": "_"}
		o.Banner = map[string]string{"js": "(($,_)=>{"}
		o.Footer = map[string]string{"js": "})"}
		if extended {
			o.Plugins = []api.Plugin{replaceModules()}
		}
	})
	if err != nil {
		return nil, fmt.Errorf("building a script (extended: %t): %w", extended, err)
	}
	return content, nil
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
