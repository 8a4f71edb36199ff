// Package tracker holds the script that runs on the sites' pages: it stores a
// visitor id, reports page views, turns form submissions into leads and shows the
// tracking numbers that the server answers with. The program in build bundles the
// TypeScript in src into dist, which is embedded, so that the service needs only
// Go. The package renders the script with a site's config and knows nothing else
// of the service.
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

// ExtendedSuffix follows a site's key in the address of the extended script.
const ExtendedSuffix = "-extended"

// usual and extended are JavaScript functions with the parameters config and version.
var (
	//go:embed dist/ringback.js
	usual []byte
	//go:embed dist/ringback-extended.js
	extended []byte
)

// Version and ExtendedVersion identify the builds of the usual and the extended
// script: the first 8 hex digits of the SHA-256 of the built file. A script sends its
// version with every view and lead.
var (
	Version         = version(usual)
	ExtendedVersion = version(extended)
)

func version(bundle []byte) string {
	sum := sha256.Sum256(bundle)
	return hex.EncodeToString(sum[:4])
}

// Render returns the JavaScript for a site's pages. The config is escaped, so the
// result may also be embedded in an HTML page.
func Render(c Config) []byte { return render(usual, Version, c) }

// RenderExtended returns the extended script. It does what the usual one does, and
// works on pages whose numbers and forms need more code, so it is larger.
func RenderExtended(c Config) []byte { return render(extended, ExtendedVersion, c) }

func render(bundle []byte, version string, c Config) []byte {
	c.Domains = slices.SortedFunc(slices.Values(c.Domains), func(a, b string) int { return cmp.Compare(len(a), len(b)) })
	c.Domains, c.VisitorIDs, c.Numbers, c.NeverRead = list(c.Domains), list(c.VisitorIDs), list(c.Numbers), list(c.NeverRead)
	config, err := json.Marshal(c)
	if err != nil {
		panic(fmt.Sprintf("tracker: a config of strings and numbers is always JSON: %v", err))
	}
	return fmt.Appendf(nil, "%s(%s,%q)", bytes.TrimSpace(bundle), config, version)
}
