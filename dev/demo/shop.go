package demo

import (
	"context"
	"net/http"
)

// The credentials of the demonstration's integration: plainly samples.
const (
	PKEY        = "demo-pkey"
	TaggingHash = "demo0123456789abcdef"
)

// credentials go with every address: a new one wants them again.
var credentials = object{"pkey": PKEY, "tagging_hash": TaggingHash}

// Shop is the demonstration's site, with its integration.
type Shop struct {
	SiteID        string `json:"site_id"`
	IntegrationID string `json:"integration_id"`
}

// object is a JSON object of a request.
type object = map[string]any

// Open makes the site and its integration: target calls tagged "sales" that a
// paid click brought, and every lead.
func Open(ctx context.Context, api API, rtbHouseURL string) (Shop, error) {
	var site, integration created
	err := api.do(ctx, http.MethodPost, "/sites", object{
		"name": "Demo shop", "domains": []string{"shop.example.com"}, "target_call_seconds": 30,
	}, &site)
	if err != nil {
		return Shop{}, err
	}
	err = api.do(ctx, http.MethodPost, "/sites/"+site.ID+"/integrations", object{
		"type": "rtbhouse", "name": "RTB House (stand-in)",
		"credentials": credentials,
		"options":     object{"base_url": rtbHouseURL},
		"calls": object{
			"metrics": []string{"target"},
			"tags":    object{"any": []string{"sales"}},
			"traffic": object{"match": "all", "conditions": []object{
				{"field": "medium", "operator": "equals", "values": []string{"cpc"}},
			}},
		},
		"leads": object{"metrics": []string{"all"}},
	}, &integration)
	return Shop{SiteID: site.ID, IntegrationID: integration.ID}, err
}

// Reconnect tells the shop where the stand-in for RTB House listens this time.
func (s Shop) Reconnect(ctx context.Context, api API, rtbHouseURL string) error {
	return api.do(ctx, http.MethodPatch, "/sites/"+s.SiteID+"/integrations/"+s.IntegrationID,
		object{"options": object{"base_url": rtbHouseURL}, "credentials": credentials}, nil)
}
