package web_test

import (
	"context"

	"github.com/stretchr/testify/require"

	"ringback/models"
	"ringback/models/visitors"
	"ringback/visits"
)

// addVisit creates a pool with a number, and a visitor who got it.
func (w *world) addVisit() {
	w.t.Helper()
	w.names["pool"] = w.must("POST", "/sites/{site}/pools", `{"name":"Web site","replaces":["+12025550100"]}`)["id"].(string)
	added := w.must("POST", "/sites/{site}/pools/{pool}/numbers", `{"numbers":["+12025550141"]}`)
	w.names["number"] = added["items"].([]any)[0].(object)["id"].(string)
	w.names["session"] = w.visit("visitor_0000000000000001", "https://www.example.com/?utm_source=newsletter&utm_medium=email").SessionID
}

// visit reports a page view, as the site's script does.
func (w *world) visit(visitor, url string) models.ActivityResult {
	w.t.Helper()
	ctx := context.Background()
	account, err := w.store.DefaultAccount(ctx)
	require.NoError(w.t, err)
	site, err := w.store.Site(ctx, account.ID, w.names["site"])
	require.NoError(w.t, err)
	plan, err := w.store.SitePlan(ctx, site.ScriptKey)
	require.NoError(w.t, err)
	seen, err := w.store.RecordActivity(ctx, plan, models.Activity{WantsNumbers: true, Activity: visitors.Activity{
		VisitorID: visitor, HitID: "hit_" + visitor, Storage: "cookie", Script: "1a2b3c4d", Device: "desktop",
		VisitorIDs: map[string]string{"rtbhouse": "test-visitor"},
		Hit:        visits.Hit{At: w.clock.Now(), Kind: visits.Navigate, URL: url},
	}})
	require.NoError(w.t, err)
	require.NotEmpty(w.t, seen.SessionID)
	return seen
}
