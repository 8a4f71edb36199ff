package salesforce

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"ringback/crm/salesforce"
	"ringback/destinations"
	"ringback/internal/fault"
	"ringback/internal/settings"
	"ringback/touchpoints/credit"
	"ringback/visitorid"
)

const (
	yes = "yes"
	no  = "no"

	// maxType is the longest type of a Task that Marketo Measure reads
	// (docs/facts/salesforce.md).
	maxType = 16
	// maxReadDays is how far back the first reading can go.
	maxReadDays = 3650
	// person stands for the caller in a subject.
	person = "{person}"
)

var fieldPattern = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]{0,79}$`)

var description = destinations.Description{
	Type: "salesforce",
	Name: "Salesforce",
	Form: settings.Form{
		Options: []settings.Field{
			{Name: "my_domain", Required: true, Address: true},
			{Name: "api_version", Default: salesforce.DefaultVersion},
			{Name: "task_type", Default: "Call"},
			{Name: "lead_task_type", Default: "Web Form"},
			{Name: "call_subject", Default: "Inbound call from " + person},
			{Name: "lead_subject", Default: "Web form from " + person},
			{Name: "status", Default: "Completed"},
			{Name: "priority", Default: "Normal"},
			{Name: "time_zone", Default: "UTC"},
			{Name: "bizible_field", Default: "bizible2__BizibleId__c"},
			{Name: "touchpoint_date_field", Default: "bizible2__Bizible_Touchpoint_Date__c"},
			{Name: "visitor_id", Default: visitorid.MarketoMeasure},
			{Name: "phone_field"},
			{Name: "id_field", Default: "CallObject"},
			{Name: "create_lead", Default: no, Choices: []string{no, yes}},
			{Name: "lead_company", Default: "[not provided]"},
			{Name: "read", Default: no, Choices: []string{no, yes}},
			{Name: "read_days", Default: "365"},
			{Name: "currency"},
			{Name: "ignore_duplicate_rules", Default: no, Choices: []string{no, yes}},
		},
		Credentials: []settings.Field{
			{Name: "client_id", Required: true},
			{Name: "client_secret", Required: true},
			{Name: "refresh_token"},
		},
	},
}

// options reads the settings of an integration.
type options struct{ settings.Values }

func (o options) get(name string) string { return description.Option(o.Values, name) }

func (o options) connection() salesforce.Connection {
	return salesforce.Connection{
		BaseURL: o.get("my_domain"), Version: o.get("api_version"), Tokens: o.Tokens,
		ClientID: o.Credential("client_id"), ClientSecret: o.Credential("client_secret"), RefreshToken: o.Credential("refresh_token"),
	}
}

func (o options) zone() *time.Location {
	zone, err := time.LoadLocation(o.get("time_zone"))
	if err != nil {
		return time.UTC
	}
	return zone
}

// check returns what is wrong apart from missing and unknown fields.
func check(s settings.Values) []fault.Field {
	var wrong []fault.Field
	expect := func(ok bool, path, code string) {
		if !ok {
			wrong = append(wrong, fault.Field{Path: "options." + path, Expected: fault.Expect(description.Type + "." + code)})
		}
	}
	o := options{s}
	base := o.get("my_domain")
	expect(base == "" || salesforce.UsableBase(base), "my_domain", "my_domain_form")
	expect(salesforce.UsableVersion(o.get("api_version")), "api_version", "api_version_form")
	for _, name := range []string{"task_type", "lead_task_type"} {
		expect(utf8.RuneCountInString(o.get(name)) <= maxType, name, "task_type_length")
	}
	for _, name := range []string{"bizible_field", "touchpoint_date_field", "phone_field", "id_field"} {
		expect(o.get(name) == "" || fieldPattern.MatchString(o.get(name)), name, "field_form")
	}
	days, err := strconv.Atoi(o.get("read_days"))
	expect(err == nil && days >= 1 && days <= maxReadDays, "read_days", "read_days_range")
	expect(o.get("currency") == "" || credit.IsCurrency(o.get("currency")), "currency", "currency_form")
	_, err = time.LoadLocation(o.get("time_zone"))
	expect(err == nil && !strings.EqualFold(o.get("time_zone"), "local"), "time_zone", "time_zone_form")
	return wrong
}
