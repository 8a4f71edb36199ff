package tracking

import (
	"cmp"
	"slices"

	"ringback/explanation"
	"ringback/sitecheck"
	"ringback/web/internal/wire"
)

// checkView is what a page of the site says.
type checkView struct {
	URL         string            `json:"url" doc:"The page that was fetched." example:"https://www.example.com/"`
	Findings    []findingView     `json:"findings" doc:"What was found. Read the findings of the level problem first."`
	Script      *foundScript      `json:"script,omitempty" doc:"The script's tag. Missing if there is no page."`
	TagManagers []string          `json:"tag_managers,omitempty" doc:"The tag managers on the page. They may load the script, which the check cannot see because it does not run them." example:"[\"Google Tag Manager GTM-ABC123\"]"`
	Forms       []foundForm       `json:"forms,omitempty"`
	Replaced    []replacedNumber  `json:"replaced,omitempty" doc:"Phone numbers on the page in whose place others are shown."`
	Others      []unreplacedPhone `json:"others,omitempty" doc:"Phone numbers on the page that nothing replaces."`
}

type findingView struct {
	Level  sitecheck.Level   `json:"level" enum:"ok,warning,problem" doc:"A problem is something that does not work. A warning is something that may be intended." example:"ok"`
	About  sitecheck.Subject `json:"about" enum:"page,script,policy,tag_manager,forms,numbers" example:"script"`
	Code   sitecheck.Code    `json:"code" doc:"What was found, for programs." example:"script_found"`
	Values sitecheck.Values  `json:"values,omitzero" doc:"The values that belong to the code."`
	What   string            `json:"what" doc:"What was found, for people." example:"The site's script is on the page."`
	Detail string            `json:"detail,omitempty" doc:"What it means and what to do."`
}

type foundScript struct {
	Found   bool   `json:"found" doc:"A browser would load it from the page as it is."`
	Count   int    `json:"count" doc:"How many tags."`
	URL     string `json:"url,omitempty"`
	Ours    bool   `json:"ours" doc:"Loaded from the script_url of this site."`
	Async   bool   `json:"async" doc:"The page does not wait for it."`
	Version string `json:"version,omitempty" doc:"The version of the script. Missing if it is not known." example:"1a2b3c4d"`

	Extended bool `json:"extended,omitempty" doc:"It is the extended script."`
}

type foundForm struct {
	Name     string       `json:"name,omitempty" example:"contact"`
	Marked   bool         `json:"marked" doc:"It has data-ringback."`
	Ignored  bool         `json:"ignored" doc:"It has data-ringback=\"ignore\"."`
	Captured bool         `json:"captured" doc:"It becomes a lead when it is sent."`
	Fields   []foundField `json:"fields"`
}

type foundField struct {
	Name  string            `json:"name" example:"tel"`
	Means sitecheck.Meaning `json:"means" enum:"phone,email,name,other,never" doc:"What the field is recognised as. The value of a field that is never read is left out of the lead." example:"phone"`
}

type replacedNumber struct {
	Number string         `json:"number" example:"+12025550100"`
	Texts  int            `json:"texts" doc:"How often it stands in the text."`
	Links  int            `json:"links" doc:"The number of tel: links that call it."`
	By     []replacedByID `json:"by" doc:"The numbers that may be shown in its place. The first one whose condition fits the traffic of the visit is shown."`
}

type replacedByID struct {
	ID   string `json:"id" example:"pool_01jdq00000000000000000000"`
	Name string `json:"name" example:"the pool Web site"`
	To   string `json:"to" doc:"Whom it is shown to." example:"everybody"`
}

type unreplacedPhone struct {
	Number   string `json:"number" example:"+12025550199"`
	Written  string `json:"written" doc:"As the page has it." example:"(202) 555-0199"`
	Links    int    `json:"links"`
	Tracking bool   `json:"tracking" doc:"It is a tracking number of the site itself."`
}

func viewFinding(w explanation.Writer, f sitecheck.Finding) findingView {
	what, detail := w.Finding(f)
	return findingView{Level: f.Level, About: f.About, Code: f.Code, Values: f.Values, What: what, Detail: detail}
}

func viewReport(w explanation.Writer, url string, r sitecheck.Report) checkView {
	found := foundScript(r.Script)
	return checkView{
		URL: url, Findings: wire.Views(r.Findings, func(f sitecheck.Finding) findingView { return viewFinding(w, f) }),
		Script: &found, TagManagers: r.TagManagers, Forms: wire.Views(r.Forms, viewForm),
		Replaced: wire.Views(r.Numbers.Replaced, func(n sitecheck.Replaced) replacedNumber { return viewReplaced(w, n) }),
		Others:   wire.Views(r.Numbers.Others, func(o sitecheck.Other) unreplacedPhone { return unreplacedPhone(o) }),
	}
}

func viewForm(f sitecheck.Form) foundForm {
	return foundForm{
		Name: f.Name, Marked: f.Marked, Ignored: f.Ignored, Captured: f.Captured,
		Fields: wire.Views(f.Fields, func(field sitecheck.Field) foundField { return foundField(field) }),
	}
}

func viewReplaced(w explanation.Writer, r sitecheck.Replaced) replacedNumber {
	return replacedNumber{
		Number: r.Number, Texts: r.Texts, Links: r.Links,
		By: wire.Views(r.By, func(o sitecheck.Offer) replacedByID {
			return replacedByID{ID: o.ID, Name: w.Offer(o), To: w.OfferedTo(o)}
		}),
	}
}

// offers are the site's pools and numbers of their own that are shown on pages, or
// that would be if they were switched on, in the order in which they are tried: of
// equal positions the numbers come first.
func (n siteNumbers) offers(enabled bool) []sitecheck.Offer {
	type placed struct {
		sitecheck.Offer
		position int
	}
	var found []placed
	for _, number := range n.numbers {
		if number.Enabled == enabled && number.PoolID == "" && len(number.Replaces) > 0 {
			offer := sitecheck.Offer{ID: number.ID, Kind: sitecheck.OfferNumber, Name: number.Number, Replaces: number.Replaces, To: number.ShownTo}
			found = append(found, placed{offer, number.Position})
		}
	}
	for _, pool := range n.pools {
		if pool.Enabled == enabled && len(pool.Replaces) > 0 {
			offer := sitecheck.Offer{ID: pool.ID, Kind: sitecheck.OfferPool, Name: pool.Name, Replaces: pool.Replaces, To: pool.ShownTo}
			found = append(found, placed{offer, pool.Position})
		}
	}
	slices.SortStableFunc(found, func(a, b placed) int { return cmp.Compare(a.position, b.position) })
	return wire.Views(found, func(p placed) sitecheck.Offer { return p.Offer })
}
