package main

import (
	"github.com/evanw/esbuild/pkg/api"

	"ringback/internal/bundle"
)

// script builds the script from its sources. The result is one JavaScript
// expression, a function of the site's config and the script's version, so that
// the script defines no globals.
func script(folder string) ([]byte, error) {
	return bundle.Script(folder, func(o *api.BuildOptions) {
		o.Define = map[string]string{"CONFIG": "$", "VERSION": "_"}
		o.Banner = map[string]string{"js": "(($,_)=>{"}
		o.Footer = map[string]string{"js": "})"}
	})
}
