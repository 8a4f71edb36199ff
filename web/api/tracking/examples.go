package tracking

// examples are bodies by route and name that the operations take as they are. The
// page of the document prefills the first, and a test sends every one.
var examples = map[string]map[string]string{
	"PATCH /sites/{site}/script": {
		"ids and forms": `{"visitor_ids": [{"system": "rtbhouse"}, {"system": "google"}], "forms": "marked", "fields": {"your-tel": "phone"}}`,
		"consent":       `{"consent_required": true}`,
	},
	"POST /sites/{site}/check": {
		"page": `{"url": "https://www.example.com/"}`,
	},
	"POST /sites/{site}/pools": {
		"visitors of ads": `{"name": "Visitors of ads", "replaces": ["+12025550100"], "hold_minutes": 30,
			"shown_to": {"field": "medium", "operator": "equals", "values": ["cpc"]}}`,
	},
	"PATCH /sites/{site}/pools/{id}": {
		"hold longer": `{"hold_minutes": 60}`,
	},
	"POST /sites/{site}/pools/{id}/numbers": {
		"numbers": `{"numbers": ["+12025550151", "+12025550152"]}`,
	},
	"POST /sites/{site}/numbers": {
		"brochure": `{"number": "+12025550153", "name": "Brochure", "traffic": {"source": "brochure", "medium": "print"}, "tags": ["brochure"]}`,
	},
	"PATCH /sites/{site}/numbers/{id}": {
		"switch": `{"enabled": false}`,
	},
}
