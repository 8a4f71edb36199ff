package web_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestTheFormOfAnIntegrationIsThatOfItsType holds that the form has the fields that the
// destination describes, and the stored settings without secrets (G8).
func TestTheFormOfAnIntegrationIsThatOfItsType(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	fresh := w.browse("/sites/{site}/integrations/new?type=rtbhouse", adminToken).Body.String()
	for _, part := range []string{
		"<h1>New: RTB House</h1>", "Default: aid", `data-path="credentials.pkey"`, `data-path="options.call_tag"`, `data-metric="unique_target"`, `data-type="rtbhouse"`, `data-method="POST"`, `name="enabled"`,
	} {
		require.Contains(t, fresh, part)
	}
	require.Equal(t, 404, w.browse("/sites/{site}/integrations/new?type=nothing", adminToken).Code)
	stored := w.browse("/sites/{site}/integrations/{integration}", adminToken).Body.String()
	require.Contains(t, stored, `data-method="PATCH"`)
	require.Contains(t, stored, `placeholder="is set"`)
	require.NotContains(t, stored, sampleKey)
	require.NotContains(t, stored, sampleHash)

	viewer := w.browse("/sites/{site}/integrations/{integration}", w.tokens["viewer"]).Body.String()
	require.Contains(t, viewer, "data-try-start", "viewers may try")
	require.NotContains(t, viewer, `type="submit"`)
	require.NotContains(t, viewer, "data-action=")
}

// TestTheFormOfAnIntegrationShowsItsRulesAndHistory stores nested conditions and a tag that
// looks like markup.
func TestTheFormOfAnIntegrationShowsItsRulesAndHistory(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must("PATCH", "/sites/{site}/integrations/{integration}", `{"calls":{"metrics":["target"],"tags":{"any":["<script>alert(1)</script>"]},
		"traffic":{"match":"all","conditions":[{"field":"medium","operator":"equals","values":["cpc"]},
			{"match":"any","conditions":[{"field":"campaign","operator":"contains","values":["spring","summer"]}]}]}}}`)
	body := w.browse("/sites/{site}/integrations/{integration}", adminToken).Body.String()
	require.NotContains(t, body, "<script>alert")
	for _, part := range []string{`value="&lt;script&gt;alert(1)&lt;/script&gt;"`, `value="cpc"`, `value="spring"`, `value="summer"`, `list="seen-campaign"`, "Calls with one of the tags:", "Created",
		"Calls from visits for which:</span> – → medium is cpc and (campaign contains spring or summer)"} {
		require.Contains(t, body, part)
	}
}

// TestTheTimesOfATryAreThoseOfTheSitesZone has a zone by whose name browsers know it: they refuse
// GMT-4, and people take it for a zone behind UTC.
func TestTheTimesOfATryAreThoseOfTheSitesZone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for zone, shown := range map[string]string{"Etc/GMT-4": "UTC+4", "Etc/GMT+11": "UTC-11", "Etc/UTC": "UTC", "Asia/Kathmandu": "Asia/Kathmandu"} {
		w.must("PATCH", "/sites/{site}", `{"time_zone":"`+zone+`"}`)
		require.Contains(t, w.browse("/sites/{site}/integrations/{integration}", adminToken).Body.String(), `data-zone="`+zone+`"`)
		require.Contains(t, w.browse("/sites/{site}/deliveries", adminToken).Body.String(), `<span class="note">`+shown+`</span>`)
	}
}

// TestARoleAtOneSiteIsOfferedWhatItMayChange compares an editor of the site alone with a viewer.
func TestARoleAtOneSiteIsOfferedWhatItMayChange(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	editor := w.join("editor@example.com", `"sites":{"{site}":"editor"}`)
	for path, offered := range map[string]string{
		"/sites/{site}/integrations":               `/integrations/new"`,
		"/sites/{site}/integrations/{integration}": `type="submit"`,
		"/sites/{site}/deliveries":                 `data-resend="`,
		"/sites/{site}/start":                      `data-action="`,
	} {
		require.Contains(t, w.see(editor, path).Body.String(), offered, path)
		require.NotContains(t, w.browse(path, w.tokens["viewer"]).Body.String(), offered, path)
	}
}
