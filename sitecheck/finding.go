package sitecheck

import "ringback/conversion"

// Level is the severity of a finding.
type Level string

// The levels by increasing severity.
const (
	OK      Level = "ok"
	Warning Level = "warning" // it may be intended, or may not work for everybody
	Problem Level = "problem" // something does not work
)

// Subject is the part of the page that a finding is about.
type Subject string

// The subjects of findings.
const (
	AboutPage    Subject = "page"
	AboutScript  Subject = "script"
	AboutPolicy  Subject = "policy"
	AboutManager Subject = "tag_manager"
	AboutForms   Subject = "forms"
	AboutNumbers Subject = "numbers"
)

// Code names what was found.
type Code string

// What is found about the page itself.
const (
	PageTooSlow         Code = "page_too_slow"
	PageNotParsed       Code = "page_not_parsed"
	PageManyElements    Code = "page_many_elements" // only the first Count were checked
	PageLong            Code = "page_long"          // only the first Count megabytes were checked
	PageRedirects       Code = "page_redirects"     // to Address, if that can be read
	PageError           Code = "page_error"         // Status
	PageCompressed      Code = "page_compressed"
	PageNotHTML         Code = "page_not_html"
	PageAddressPrivate  Code = "page_address_private" // it was not fetched, because its address is private
	PageDoesNotAnswer   Code = "page_does_not_answer" // it did not answer in time
	PageCannotBeFetched Code = "page_cannot_be_fetched"
)

// What is found about the script and its tag.
const (
	TagHasType        Code = "tag_has_type" // browsers do not run it because of its attribute type
	TagInComment      Code = "tag_in_comment"
	TagInNoscript     Code = "tag_in_noscript"
	TagInTemplate     Code = "tag_in_template"
	TagByManager      Code = "tag_by_manager" // Names may load it
	TagMissing        Code = "tag_missing"
	TagRepeated       Code = "tag_repeated" // it occurs Count times
	TagBlocksPage     Code = "tag_blocks_page"
	TagCrossOrigin    Code = "tag_cross_origin"
	TagIntegrity      Code = "tag_integrity"
	ScriptFound       Code = "script_found"
	ScriptByCode      Code = "script_by_code" // another script loads it
	ScriptUnencrypted Code = "script_unencrypted"
	ScriptOfOtherSite Code = "script_of_other_site"
	ScriptThroughHost Code = "script_through_host" // Host loads it in place of OwnHost
	ScriptOfOtherHost Code = "script_of_other_host"
	ScriptConsent     Code = "script_waits_for_consent"
	VersionUnknown    Code = "version_unknown"
	VersionOld        Code = "version_old" // Version in place of Current
	VersionCurrent    Code = "version_current"
	ExtendedNeeded    Code = "extended_needed" // Needs
	ExtendedUsed      Code = "extended_used"   // likewise
)

// What is found about the page's security policies.
const (
	PolicyAllows       Code = "policy_allows"
	PolicyBlocksScript Code = "policy_blocks_script" // Address is what to add
	PolicyNeedsNonce   Code = "policy_needs_nonce"
	PolicyBlocksData   Code = "policy_blocks_data" // likewise
)

// What is found about forms and numbers.
const (
	FormWithoutContact  Code = "form_without_contact" // Form is its name, which may be empty
	FormsCaptured       Code = "forms_captured"       // Count
	FormsMarkedInVain   Code = "forms_marked_in_vain" // Count
	FormsUnmarked       Code = "forms_unmarked"       // Count
	FormsSentByCode     Code = "forms_sent_by_code"
	FormsOff            Code = "forms_off"
	NumberReplaced      Code = "number_replaced" // Number, Texts, Links and By
	NumbersNone         Code = "numbers_none"    // nothing replaces numbers
	NumbersNotFound     Code = "numbers_not_found"
	NumberOfPool        Code = "number_of_pool" // Number and Pool
	NumberOutsidePools  Code = "number_outside_pools"
	NumberNotRecognized Code = "number_not_recognized" // Number is written as Written
	NumberSwitchedOff   Code = "number_switched_off"   // By is what would replace Number
	NumberNotReplaced   Code = "number_not_replaced"
	NumberClosed        Code = "number_in_closed_component" // Number
	NumberKeptInLink    Code = "number_kept_in_link"        // Number is in the link or the code Written
)

// Codes returns every code.
func Codes() []Code {
	return []Code{
		PageTooSlow, PageNotParsed, PageManyElements, PageLong, PageRedirects, PageError, PageCompressed, PageNotHTML,
		PageAddressPrivate, PageDoesNotAnswer, PageCannotBeFetched,
		TagHasType, TagInComment, TagInNoscript, TagInTemplate, TagByManager, TagMissing, TagRepeated, TagBlocksPage, TagCrossOrigin,
		TagIntegrity, ScriptFound, ScriptByCode, ScriptUnencrypted, ScriptOfOtherSite, ScriptThroughHost, ScriptOfOtherHost,
		ScriptConsent, VersionUnknown, VersionOld, VersionCurrent, ExtendedNeeded, ExtendedUsed,
		PolicyAllows, PolicyBlocksScript, PolicyNeedsNonce, PolicyBlocksData,
		FormWithoutContact, FormsCaptured, FormsMarkedInVain, FormsUnmarked, FormsSentByCode, FormsOff,
		NumberReplaced, NumbersNone, NumbersNotFound, NumberOfPool, NumberOutsidePools, NumberNotRecognized, NumberSwitchedOff,
		NumberNotReplaced, NumberClosed, NumberKeptInLink,
	}
}

// Finding is one result of the check: a code, and the values that belong to it.
// Package explanation writes the sentences.
type Finding struct {
	Level Level
	About Subject
	Code  Code
	Values
}

// Values are the values of a finding. A finding sets those that its code is about.
type Values struct {
	Address string   `json:"address,omitempty" example:"https://ringback.example.com"`
	Host    string   `json:"host,omitempty" doc:"The host that the script is loaded from."`
	OwnHost string   `json:"own_host,omitempty" doc:"The host of the script's address in the settings."`
	Status  int      `json:"status,omitempty" doc:"The HTTP status of the page."`
	Count   int      `json:"count,omitempty"`
	Names   []string `json:"names,omitempty" doc:"The tag managers on the page."`
	Version string   `json:"version,omitempty"`
	Current string   `json:"current,omitempty" doc:"The current version of the script."`
	Form    string   `json:"form,omitempty" doc:"The name of the form."`
	Number  string   `json:"number,omitempty" example:"+12025550100"`
	Written string   `json:"written,omitempty" doc:"The number as the page has it."`
	Pool    string   `json:"pool,omitempty" doc:"The name of the pool that the number is in."`
	Texts   int      `json:"texts,omitempty" doc:"How often the number is in the page's text."`
	Links   int      `json:"links,omitempty" doc:"How many tel: links call the number."`
	By      []Offer  `json:"by,omitempty" doc:"What replaces the number, in the order in which it is tried; or would, if it were switched on."`
	Needs   []Need   `json:"needs,omitempty" doc:"What the extended script is needed for."`
	Failure string   `json:"failure,omitempty" doc:"Why the page cannot be fetched: a code as in the reasons of deliveries."`
}

// OfferKind is what an offer is.
type OfferKind string

// The kinds of offers.
const (
	OfferPool   OfferKind = "pool"
	OfferNumber OfferKind = "number" // outside pools
)

// Offer is a pool, or a tracking number outside pools, that replaces numbers on the pages.
type Offer struct {
	ID       string                `json:"id"`
	Kind     OfferKind             `json:"kind" enum:"pool,number"`
	Name     string                `json:"name" doc:"The name of the pool, or the number." example:"Web site"`
	Replaces []string              `json:"-"`            // E.164
	To       *conversion.Condition `json:"to,omitempty"` // the condition for visits; nil for all visits
}
