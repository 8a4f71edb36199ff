package tracking

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"ringback/internal/delivery"
	"ringback/internal/fault"
	"ringback/models/quotas"
	"ringback/models/websites"
	"ringback/sitecheck"
	"ringback/tracker"
	"ringback/visits"
	"ringback/web/internal/reqctx"
	"ringback/web/internal/sites"
	"ringback/web/internal/validate"
	"ringback/web/internal/wire"
)

// checkTimeout bounds a check of a page, in which at most two things are fetched.
const checkTimeout = 15 * time.Second

// checkBody names the page to check.
type checkBody struct {
	URL string `json:"url" maxLength:"2048" doc:"A page of the site." example:"https://www.example.com/"`
}

// checkPage fetches a page of the site and returns what keeps the site's script
// from working there.
func (h *Handler) checkPage(ctx context.Context, in *struct {
	sites.InSite
	Body checkBody
}) (*wire.Answer[checkView], error) {
	known, err := h.numbersOf(ctx, in.Site)
	if err != nil {
		return nil, err
	}
	address, ok := pageOf(known.site, in.Body.URL)
	if !ok {
		return nil, fault.InvalidFields(fault.Field{Path: "url", Expected: fault.Expect("page_of_site")})
	}
	limits, err := h.store.LimitsOf(ctx, reqctx.Account(ctx))
	if err != nil {
		return nil, err
	}
	done, err := h.checks.begin(reqctx.Account(ctx), in.Site, limits.Of(quotas.ChecksAtOnce))
	if err != nil {
		return nil, err
	}
	defer done()
	if err := h.store.RecordCheck(ctx, reqctx.Actor(ctx), in.Site, address.Scheme+"://"+address.Host+address.EscapedPath()); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	page, err := h.fetch(ctx, address)
	if err != nil {
		return explained(ctx, address, sitecheck.Report{Findings: []sitecheck.Finding{notFetched(err)}}, false), nil
	}
	report := sitecheck.Check(ctx, page, h.expected(known))
	if report.Script.URL != "" && !report.Script.Ours {
		current := tracker.Version
		if report.Script.Extended {
			current = tracker.ExtendedVersion
		}
		report.AddVersion(h.versionAt(ctx, known.site, report.Script.URL), current)
	}
	return explained(ctx, address, report, true), nil
}

// explained returns the answer with a report, in the language of the request. A page
// that was not fetched has no script.
func explained(ctx context.Context, address *url.URL, report sitecheck.Report, fetched bool) *wire.Answer[checkView] {
	view := viewReport(reqctx.Writer(ctx), address.String(), report)
	if !fetched {
		view.Script = nil
	}
	return wire.Body(view)
}

// pageOf reads the address of a page that the site's own settings name: nobody may have
// the pages of others checked. Domains are not verified, so by them
// alone a check reaches only what web servers of names answer at the usual ports. Other
// addresses have to be among the origins.
func pageOf(site websites.Site, text string) (*url.URL, bool) {
	u, err := url.Parse(text)
	if err != nil || u.User != nil || u.Opaque != "" {
		return nil, false
	}
	u.Fragment, u.RawFragment = "", ""
	u.Host = strings.Replace(u.Host, u.Hostname(), validate.Hosts([]string{u.Hostname()})[0], 1)
	domains := site.Domains
	if _, err := netip.ParseAddr(strings.Trim(u.Hostname(), "[]")); err == nil || !slices.Contains([]string{"", "80", "443"}, u.Port()) {
		domains = nil
	}
	return u, visits.IsOriginOf(u.Scheme+"://"+u.Host, domains, site.Script.Origins)
}

// fetch gets one page through the guarded client, which follows no redirects.
func (h *Handler) fetch(ctx context.Context, address *url.URL) (sitecheck.Page, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address.String(), nil)
	if err != nil {
		return sitecheck.Page{}, fmt.Errorf("asking for the page: %w", err)
	}
	req.Header.Set("Accept", "text/html,*/*;q=0.5")
	resp, err := h.pages.Do(req)
	if err != nil {
		return sitecheck.Page{}, fmt.Errorf("fetching the page: %w", err)
	}
	defer func() { _ = resp.Body.Close() }() // it was read
	body, err := io.ReadAll(io.LimitReader(resp.Body, sitecheck.MaxPage))
	if err != nil {
		return sitecheck.Page{}, fmt.Errorf("reading the page: %w", err)
	}
	return sitecheck.Page{
		URL: address.String(), Status: resp.StatusCode, ContentType: resp.Header.Get("Content-Type"),
		Encoding: resp.Header.Get("Content-Encoding"), Location: resp.Header.Get("Location"),
		Policies: resp.Header.Values("Content-Security-Policy"), Body: body,
	}, nil
}

// versionAt returns the version of the script on another page. It is empty if the
// address is not one of the site, or if the page has no script of Ringback.
func (h *Handler) versionAt(ctx context.Context, site websites.Site, text string) string {
	address, ok := pageOf(site, text)
	if !ok {
		return ""
	}
	found, err := h.fetch(ctx, address)
	if err != nil || found.Status != http.StatusOK {
		return ""
	}
	return sitecheck.VersionOf(found.Body)
}

// notFetched returns the finding for a page that could not be fetched.
func notFetched(err error) sitecheck.Finding {
	f := sitecheck.Finding{Level: sitecheck.Problem, About: sitecheck.AboutPage}
	switch class, reason := delivery.Classify(0, err); class {
	case delivery.ClassForbidden:
		f.Code = sitecheck.PageAddressPrivate
	case delivery.ClassTimeout:
		f.Code = sitecheck.PageDoesNotAnswer
	default:
		f.Code, f.Failure = sitecheck.PageCannotBeFetched, string(reason.Code)
	}
	return f
}

// expected is what the site's pages should hold.
func (h *Handler) expected(known siteNumbers) sitecheck.Site {
	set := known.site.Script
	site := sitecheck.Site{
		ScriptURL: sites.ScriptURL(h.publicURL, known.site), Version: tracker.Version, ExtendedVersion: tracker.ExtendedVersion,
		ConsentRequired: set.ConsentRequired, SwapAfterLoad: set.SwapAfterLoad,
		Forms: set.Forms, Fields: set.Fields, Region: known.site.Region,
		Offers: known.offers(true), Off: known.offers(false),
	}
	for _, number := range known.numbers {
		tracking := sitecheck.Tracking{Number: number.Number}
		for _, pool := range known.pools {
			if pool.ID == number.PoolID {
				tracking.Pool = pool.Name
			}
		}
		site.Tracking = append(site.Tracking, tracking)
	}
	return site
}
