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
			{Name: "my_domain", Required: true, Address: true, Description: "The address of your org: https://yourcompany.my.salesforce.com, or https://yourcompany--name.sandbox.my.salesforce.com for a sandbox. In Salesforce it is under Setup, My Domain."},
			{Name: "api_version", Default: salesforce.DefaultVersion, Description: "The version of Salesforce's API, such as v66.0."},
			{Name: "task_type", Default: "Call", Description: "The Type of the Tasks for calls, at most 16 characters. Marketo Measure shows it as the touchpoint type."},
			{Name: "lead_task_type", Default: "Web Form", Description: "The Type of the Tasks for leads from forms, at most 16 characters."},
			{Name: "call_subject", Default: "Inbound call from " + person, Description: "The subject of the Tasks for calls. {person} stands for the caller's name or number."},
			{Name: "lead_subject", Default: "Web form from " + person, Description: "The subject of the Tasks for leads. {person} stands for the sender's name, e-mail address or number."},
			{Name: "status", Default: "Completed", Description: "The Status of the Tasks."},
			{Name: "priority", Default: "Normal", Description: "The Priority of the Tasks."},
			{Name: "time_zone", Default: "UTC", Description: "The time zone of your business, such as America/New_York. The due date of a Task is the day of the call there."},
			{Name: "bizible_field", Default: "bizible2__BizibleId__c", Description: "The API name of the Task field for the BizibleId of Marketo Measure."},
			{Name: "touchpoint_date_field", Default: "bizible2__Bizible_Touchpoint_Date__c", Description: "The API name of the Task field for the time of the call."},
			{Name: "visitor_id", Default: visitorid.MarketoMeasure, Description: "The name of the visitor id that is written to bizible_field, as in visitor_ids."},
			{Name: "phone_field", Description: "The API name of a Task field of your own for the phone number. If it is empty, the number is in the description of the Task alone."},
			{Name: "id_field", Default: "CallObject", Description: "The API name of the Task field for Ringback's id, by which a Task is found again so that no call has two. The best is a text field of your own that is marked as External ID, if your org allows that."},
			{Name: "create_lead", Default: no, Choices: []string{no, yes}, Description: "Whether a lead is created if neither a contact nor a lead has the phone number or e-mail address."},
			{Name: "lead_company", Default: "[not provided]", Description: "The company of a new lead. Salesforce requires one."},
			{Name: "read", Default: no, Choices: []string{no, yes}, Description: "Whether leads, contacts, Tasks, opportunities, their contact roles and their stages are read from Salesforce every few minutes, for touchpoints and credit. It does not matter which calls and leads are sent."},
			{Name: "read_days", Default: "365", Description: "How many days back Tasks and opportunities are read at first, by their last change: 1 to 3650. Leads and contacts are all read, because a new call may be from a person who was added long ago."},
			{Name: "currency", Description: "The currency of your org, such as USD, by which the amounts of opportunities are read. Leave it empty if your org has several currencies: each opportunity has its own then."},
			{Name: "ignore_duplicate_rules", Default: no, Choices: []string{no, yes}, Description: "Whether a lead is created although a duplicate rule of your org warns of it. If not, or if the rule blocks it, the Task is attached to the person that the rule found."},
		},
		Credentials: []settings.Field{
			{Name: "client_id", Required: true, Description: "The consumer key of your external client app."},
			{Name: "client_secret", Required: true, Description: "The consumer secret of your external client app."},
			{Name: "refresh_token", Description: "The refresh token of a person's sign-in. Leave it empty to use the client credentials flow, in which the app has a user of its own."},
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
