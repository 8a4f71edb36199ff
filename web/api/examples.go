package api

// examples are bodies by route and name that the operations take as they are. The
// page of the document prefills the first, and a test sends every one.
var examples = map[string]map[string]string{
	"POST /sites": {
		"site": `{"name": "Example Shop", "domains": ["www.example.com"], "time_zone": "Europe/Berlin", "region": "DE", "target_call_seconds": 30}`,
	},
	"PATCH /sites/{site}": {
		"uniqueness": `{"uniqueness_days": 30}`,
	},
	"PUT /sites/{site}/sources/{source}": {
		"callrail": `{"credentials": {"signing_keys": "your-signing-key"}}`,
	},
	"POST /sites/{site}/integrations": {
		"rtbhouse": `{"type": "rtbhouse", "name": "RTB House",
			"credentials": {"pkey": "your-key", "tagging_hash": "your20lettersordigit"},
			"calls": {"metrics": ["target"], "tags": {"any": ["sales"], "none": ["spam"]}}, "leads": {"metrics": ["all"]}}`,
		"webhook": `{"type": "webhook", "name": "Own system",
			"options": {"url": "https://receiver.example.com/conversions"},
			"credentials": {"signing_secret": "whsec_c2FtcGxlLXNpZ25pbmctc2VjcmV0LTAxMjM0NTY3ODk="},
			"calls": {"metrics": ["unique", "target"], "traffic": {"match": "all", "conditions": [{"field": "medium", "operator": "equals", "values": ["cpc"]}]}}}`,
	},
	"PATCH /sites/{site}/integrations/{id}": {
		"rules of calls": `{"calls": {"metrics": ["target"], "tags": {"any": ["sales"]}}}`,
		"switch":         `{"enabled": false}`,
	},
	"POST /sites/{site}/integrations/{id}/test": {
		"call": `{"kind": "call"}`,
	},
	"POST /sites/{site}/deliveries/resend": {
		"count": `{"filter": {"state": "failed", "from": "2026-01-01T00:00:00Z"}}`,
	},
	"POST /sites/{site}/people": {
		"contact": `{"external_id": "003000000000001AAA", "account": "001000000000001AAA", "email": "visitor@example.com", "phone": "+12025550123"}`,
	},
	"POST /sites/{site}/opportunities": {
		"won": `{"external_id": "006000000000001AAA", "account": "001000000000001AAA", "opened_at": "2026-01-31T12:17:00Z",
			"closed_at": "2026-02-28T09:00:00Z", "won": true, "amount": 250000, "currency": "USD",
			"people": [{"person": "003000000000001AAA", "primary": true}], "stages": [{"stage": "Demo Scheduled", "at": "2026-02-10T09:00:00Z"}]}`,
	},
	"PATCH /accounts/{account}/limits": {
		"sends": `{"limits": {"sends_per_day": 500000}}`,
	},
	"POST /accounts": {
		"account": `{"name": "Example Ltd"}`,
	},
}
