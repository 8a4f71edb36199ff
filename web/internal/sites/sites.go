// Package sites finds the sites that requests are about, and has what all handlers
// must agree on about a site's sources. It must not know what a request wants of a
// site.
package sites

import (
	"context"
	"time"

	"github.com/jonboulle/clockwork"

	"ringback/models/websites"
	"ringback/tracker"
	"ringback/web/internal/cache"
	"ringback/web/internal/reqctx"
)

// The sources that are no providers.
const (
	APISource    = "api"    // calls and leads that are reported by the API
	ScriptSource = "script" // leads that the script on the pages posts
)

// siteTTL is how long intake in another process may go on by a site's old settings.
const siteTTL = 3 * time.Second

// InSite is the parameter of every operation below a site.
type InSite struct {
	Site string `path:"site" doc:"The site's id." example:"site_01jdq00000000000000000000"`
}

// Store is what a Directory reads.
type Store interface {
	Site(ctx context.Context, accountID, id string) (websites.Site, error)
}

// Directory finds sites, and holds them for seconds.
type Directory struct {
	store Store
	sites *cache.Cache[websites.Site]
}

// NewDirectory returns a Directory.
func NewDirectory(store Store, clock clockwork.Clock) *Directory {
	return &Directory{store: store, sites: cache.New[websites.Site](clock, siteTTL)}
}

// Site returns a site of the request's account.
func (d *Directory) Site(ctx context.Context, id string) (websites.Site, error) {
	account := reqctx.Account(ctx)
	return d.sites.Get(account+"/"+id, func() (websites.Site, error) { return d.store.Site(ctx, account, id) })
}

// SiteChanged makes this process use a change of a site at once. Other processes do
// so within siteTTL.
func (d *Directory) SiteChanged(site websites.Site) { d.sites.Drop(site.AccountID + "/" + site.ID) }

// ScriptURL returns the address of a site's script.
func ScriptURL(publicURL string, site websites.Site) string {
	return publicURL + "/s/" + site.ScriptKey + ".js"
}

// ExtendedScriptURL returns the address of a site's extended script.
func ExtendedScriptURL(publicURL string, site websites.Site) string {
	return publicURL + "/s/" + site.ScriptKey + tracker.ExtendedSuffix + ".js"
}

// WebhookURL returns the address that a provider calls.
func WebhookURL(publicURL, source, key string) string {
	return publicURL + "/hooks/" + source + "/" + key
}
