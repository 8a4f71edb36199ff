// Command licences checks the licences of the modules in the binary, for scripts/check.
// It reads a bill of materials in CycloneDX's JSON, and prints each module whose licence
// is none of those that are allowed. It must not depend on the code of the service.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
)

// allowed are the licences by which a module may be part of the binary: none of them asks
// for more than that its text is passed on, and MPL-2.0 for changes of its own files. The
// detector takes golang.org/x's BSD-3-Clause for BSD-Source-Code, and the ISC licence for
// 0BSD.
var allowed = []string{"0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BSD-Source-Code", "ISC", "MIT", "MPL-2.0"}

// reviewed are modules whose licence cannot be detected, each with what a person found.
var reviewed = map[string]string{
	"github.com/pressly/goose/v3":                  "MIT, with three lines of copyright before it",
	"github.com/nexus-rpc/nexus-proto-annotations": "no licence in the module; go.temporal.io/api, which is MIT, imports its generated code",
}

// component is a module of the bill of materials.
type component struct {
	Name     string `json:"name"`
	Version  string `json:"version"`
	Licenses []struct {
		License struct {
			ID   string `json:"id"`
			Name string `json:"name"`
		} `json:"license"`
	} `json:"licenses"`
}

func main() {
	if err := run(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "licences:", err)
		os.Exit(1)
	}
}

func run(in io.Reader, out io.Writer) error {
	var bill struct {
		Components []component `json:"components"`
	}
	if err := json.NewDecoder(in).Decode(&bill); err != nil {
		return fmt.Errorf("reading the bill of materials: %w", err)
	}
	if len(bill.Components) == 0 {
		return fmt.Errorf("the bill of materials has no modules")
	}
	wrong := 0
	for _, c := range bill.Components {
		if problem := c.problem(); problem != "" {
			wrong++
			fmt.Fprintf(out, "%s %s: %s\n", c.Name, c.Version, problem)
		}
	}
	if wrong > 0 {
		return fmt.Errorf("%d of %d modules have no allowed licence", wrong, len(bill.Components))
	}
	fmt.Fprintf(out, "%d modules have allowed licences\n", len(bill.Components))
	return nil
}

// problem returns why the module may not be part of the binary, empty if it may.
func (c component) problem() string {
	if len(c.Licenses) == 0 && reviewed[c.Name] == "" {
		return "no licence was detected; read its files, and add it to the reviewed modules with what they say"
	}
	for _, l := range c.Licenses {
		if !slices.Contains(allowed, l.License.ID) {
			return fmt.Sprintf("the licence %s%s is not allowed", l.License.ID, l.License.Name)
		}
	}
	return ""
}
