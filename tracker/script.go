// Package tracker is what runs on the sites' pages: it keeps a visitor id,
// reports page views, makes leads of forms and shows the numbers that the
// answers name. The TypeScript in src is bundled by build into dist, which is
// embedded, so that Go alone runs the service. The package hands out the script
// with a site's config, and knows nothing else of the service.
package tracker

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
)

// bundle is a JavaScript function of the config and the version.
//
//go:embed dist/ringback.js
var bundle []byte

// Version tells one build of the script from another: 8 hex digits of the
// SHA-256 of the built file. The script reports it with everything it sends.
var Version = version(bundle)

func version(bundle []byte) string {
	sum := sha256.Sum256(bundle)
	return hex.EncodeToString(sum[:4])
}

// Render returns the JavaScript for a site's pages. The config is escaped so that
// it may stand inside an HTML page too.
func Render(c Config) []byte {
	c.Domains = slices.SortedFunc(slices.Values(c.Domains), func(a, b string) int { return cmp.Compare(len(a), len(b)) })
	c.Domains, c.VisitorIDs, c.Numbers, c.NeverRead = list(c.Domains), list(c.VisitorIDs), list(c.Numbers), list(c.NeverRead)
	config, err := json.Marshal(c)
	if err != nil {
		panic(fmt.Sprintf("script: a config of strings and numbers is always JSON: %v", err))
	}
	return fmt.Appendf(nil, "/* ringback %s */\n%s(%s,%q)", Version, bytes.TrimSpace(bundle), config, Version)
}
