package demo

import (
	"context"
	"net/http"
	"strings"
)

// The credentials of the demonstration's integration, recognisable as samples.
const (
	PKEY        = "demo-pkey"
	TaggingHash = "demo0123456789abcdef"
)

// credentials are sent with every address, because a new address requires them again.
var credentials = object{"pkey": PKEY, "tagging_hash": TaggingHash}

// Shop is the demonstration's site, with its integration and its phone numbers.
type Shop struct {
	SiteID        string `json:"site_id"`
	IntegrationID string `json:"integration_id"`
	PoolID        string `json:"pool_id"` // empty if it was made before there were pools

	// Tag is the script's tag on the shop's pages; ScriptURL is its address.
	Tag       string `json:"-"`
	ScriptURL string `json:"-"`
}

// Places are the addresses of the other servers of the demonstration. They may change with each start.
type Places struct {
	RTBHouse string // the stand-in for it: http://127.0.0.1:18999
	Shop     string // the sample shop, likewise
}

// object is a JSON object of a request.
type object = map[string]any

// Open creates the site and all that belongs to it: an integration that sends
// target calls with the tag "sales" from paid clicks, and every lead; and
// phone numbers.
func Open(ctx context.Context, api API, at Places) (shop Shop, err error) {
	var site, integration created
	err = api.do(ctx, http.MethodPost, "/sites", object{
		"name": "Demo shop", "domains": []string{"shop.example.com"}, "target_call_seconds": 30,
	}, &site)
	if err != nil {
		return Shop{}, err
	}
	shop.SiteID = site.ID
	err = api.do(ctx, http.MethodPost, shop.path("/integrations"), object{
		"type": "rtbhouse", "name": "RTB House (stand-in)",
		"credentials": credentials,
		"options":     object{"base_url": at.RTBHouse},
		"calls": object{
			"metrics": []string{"target"},
			"tags":    object{"any": []string{"sales"}},
			"traffic": object{"match": "all", "conditions": []object{
				{"field": "medium", "operator": "equals", "values": []string{"cpc"}},
			}},
		},
		"leads": object{"metrics": []string{"all"}},
	}, &integration)
	if err != nil {
		return Shop{}, err
	}
	shop.IntegrationID = integration.ID
	err = shop.settle(ctx, api, at)
	return shop, err
}

// Reconnect sets the current addresses of the other servers.
func (s *Shop) Reconnect(ctx context.Context, api API, at Places) error {
	err := api.do(ctx, http.MethodPatch, s.path("/integrations/"+s.IntegrationID),
		object{"options": object{"base_url": at.RTBHouse}, "credentials": credentials}, nil)
	if err != nil {
		return err
	}
	return s.settle(ctx, api, at)
}

// settle allows the script on the shop's pages, and adds numbers to a shop that
// has none.
func (s *Shop) settle(ctx context.Context, api API, at Places) error {
	var script struct {
		Snippet   string `json:"snippet"`
		ScriptURL string `json:"script_url"`
	}
	err := api.do(ctx, http.MethodPatch, s.path("/script"), object{"origins": origins(at.Shop)}, &script)
	if err != nil {
		return err
	}
	s.Tag, s.ScriptURL = script.Snippet, script.ScriptURL
	if s.PoolID != "" {
		return nil
	}
	return s.addNumbers(ctx, api)
}

// origins are those of the shop's pages: people type localhost too.
func origins(shop string) []string {
	if port, found := strings.CutPrefix(shop, "http://127.0.0.1:"); found {
		return []string{shop, "http://localhost:" + port}
	}
	return []string{shop}
}

// path is an address of the API below the shop's site.
func (s *Shop) path(below string) string { return "/sites/" + s.SiteID + below }
