package demo

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net/http"
	"time"

	"ringback/test/salesforcefake"
)

// The two people of the story, whom the imitation of Salesforce has as contacts.
const (
	annCaller, annEmail = "+12025550171", "ann@example.com"
	benCaller, benEmail = "+12025550172", "ben@example.com"
	annAccount          = "001000000000001AAA"
)

// revenueStory is how a call becomes a touchpoint, and revenue: it needs a site of its own,
// whose Salesforce is an imitation.
type revenueStory struct {
	Player
	org  *salesforcefake.Org
	run  string
	noon time.Time // 12:00 of the story, in the time zone of its site
	zone *time.Location

	annBrowser, benBrowser string // BizibleIds
	annCall, benCall       string
	deal                   string // Salesforce's id of the opportunity
	salesforceID           string // of the integration
}

// PlayRevenue plays the story of two people who click an ad at 12:17. Ann looks around,
// calls at 12:25, sends a form later and buys. Ben calls at 13:05.
func (p Player) PlayRevenue(ctx context.Context, org *salesforcefake.Org, salesforceURL string) error {
	ctx, cancel := context.WithTimeout(ctx, 2*patience)
	defer cancel()
	s := revenueStory{Player: p, org: org, run: hex.EncodeToString(random(8)), annBrowser: hex.EncodeToString(random(16)), benBrowser: hex.EncodeToString(random(16))}
	s.setTime()
	fmt.Fprintf(p.Out, "\nFrom a call to revenue\n"+
		"  Ann and Ben click an ad at 12:17. Ann looks at pages and calls at 12:25; later she sends a form, and buys. Ben calls at 13:05.\n"+
		"  A local imitation of Salesforce at %s has them as contacts. Their times are those of the site's time zone, %s.\n\n", salesforceURL, s.zone)
	for _, step := range []func(context.Context) error{
		func(ctx context.Context) error { return s.open(ctx, salesforceURL) },
		s.browse, s.call, s.buy, s.read, s.print, s.stopReading,
	} {
		if err := step(ctx); err != nil {
			return fmt.Errorf("playing the story of revenue: %w", err)
		}
	}
	return nil
}

func random(bytes int) []byte {
	b := make([]byte, bytes)
	_, _ = rand.Read(b) // never fails
	return b
}

// setTime chooses the time zone in which the whole story has just happened.
func (s *revenueStory) setTime() {
	began := s.Clock.Now().UTC().Add(-4 * time.Hour).Truncate(time.Hour)
	offset := 12 - began.Hour() // from -11 to 12
	name := "Etc/UTC"
	if offset != 0 {
		name = fmt.Sprintf("Etc/GMT%+d", -offset) // these names count westwards
	}
	s.zone, s.noon = time.FixedZone(name, offset*3600), began
}

// at returns a time of the story.
func (s *revenueStory) at(hour, minute int) time.Time {
	return s.noon.Add(time.Duration(hour-12)*time.Hour + time.Duration(minute)*time.Minute)
}

// open creates the site, its Salesforce and the two contacts there.
func (s *revenueStory) open(ctx context.Context, salesforceURL string) error {
	var site, integration created
	err := s.API.do(ctx, http.MethodPost, "/sites", object{
		"name": "Demo shop with Salesforce", "domains": []string{"shop.example.com"}, "time_zone": s.zone.String(),
	}, &site)
	if err != nil {
		return err
	}
	s.Shop = Shop{SiteID: site.ID}
	var script struct {
		ScriptURL string `json:"script_url"`
	}
	if err := s.API.do(ctx, http.MethodGet, s.Shop.path("/script"), nil, &script); err != nil {
		return err
	}
	s.Shop.ScriptURL = script.ScriptURL
	for _, person := range []salesforcefake.Record{
		{"FirstName": "Ann", "LastName": "Sample", "Email": annEmail, "Phone": annCaller, "AccountId": annAccount},
		{"FirstName": "Ben", "LastName": "Sample", "Email": benEmail, "Phone": benCaller},
	} {
		s.org.Add("Contact", person)
	}
	err = s.API.do(ctx, http.MethodPost, s.Shop.path("/integrations"), object{
		"type": "salesforce", "name": "Salesforce (imitation)",
		"options":     object{"my_domain": salesforceURL, "read": "yes", "currency": "USD"},
		"credentials": object{"client_id": salesforcefake.ClientID, "client_secret": salesforcefake.ClientSecret},
		"calls":       object{"metrics": []string{"target"}}, // at the end of the call, so that the Task has its duration
	}, &integration)
	s.salesforceID = integration.ID
	return err
}

// browse reports the page views, as the script does.
func (s *revenueStory) browse(ctx context.Context) error {
	const ad = shopOrigin + "/?utm_source=google&utm_medium=cpc&utm_campaign=demo&gclid=sample-click"
	for n, view := range []struct {
		who, browser, url string
		at                time.Time
	}{
		{"ann", s.annBrowser, shopOrigin + "/?utm_source=google&utm_medium=organic", s.at(11, 40).Add(-24 * time.Hour)},
		{"ann", s.annBrowser, ad, s.at(12, 17)},
		{"ann", s.annBrowser, shopOrigin + "/prices", s.at(12, 20)},
		{"ben", s.benBrowser, ad, s.at(12, 17)},
		{"ann", s.annBrowser, shopOrigin + "/contact", s.at(14, 30)},
	} {
		err := s.post(ctx, "/views", object{
			"id": fmt.Sprintf("demo-view-%s-%d", s.run, n), "visitor": "demo-" + view.who + "-" + s.run, "kind": "navigate", "storage": "cookie",
			"ago": s.Clock.Since(view.at).Milliseconds(), "url": view.url, "ids": object{"bizible": view.browser},
		}, &object{})
		if err != nil {
			return err
		}
	}
	return nil
}

// call reports the two calls and the later form, and prints the Tasks.
func (s *revenueStory) call(ctx context.Context) (err error) {
	if s.annCall, err = s.callAt(ctx, "ann", annCaller, s.annBrowser, s.at(12, 25)); err != nil {
		return err
	}
	if s.benCall, err = s.callAt(ctx, "ben", benCaller, s.benBrowser, s.at(13, 5)); err != nil {
		return err
	}
	var sessions struct {
		Items []struct {
			created
			StartedAt time.Time `json:"started_at"`
		} `json:"items"`
	}
	if err := s.API.do(ctx, http.MethodGet, s.Shop.path("/sessions?limit=10"), nil, &sessions); err != nil {
		return err
	}
	form := object{"external_id": "form-" + s.run, "at": s.at(14, 32), "email": annEmail, "form": "Offer", "page_url": shopOrigin + "/contact"}
	for _, one := range sessions.Items {
		if one.StartedAt.Sub(s.at(14, 30)).Abs() < time.Minute {
			form["session_id"] = one.ID
		}
	}
	return s.API.do(ctx, http.MethodPost, s.Shop.path("/leads"), form, nil)
}

// callAt reports a call and waits until it is a Task in Salesforce.
func (s *revenueStory) callAt(ctx context.Context, who, caller, browser string, at time.Time) (string, error) {
	told, err := s.sendCall(ctx, "demo-"+who+"-"+s.run, []object{
		{"type": "started", "at": at, "caller": caller, "visitor_ids": object{"bizible": browser}},
		{"type": "ended", "at": at.Add(3 * time.Minute), "outcome": "answered", "talk_seconds": 170, "wait_seconds": 10},
	})
	if err != nil {
		return "", err
	}
	if _, err := s.awaitDone(ctx, told.conversionID); err != nil {
		return "", err
	}
	for _, task := range s.org.Records("Task") {
		if task["bizible2__BizibleId__c"] == browser {
			fmt.Fprintf(s.Out, "  %s  Task %v in Salesforce, type %v, BizibleId %v\n", s.clock(at), task["Subject"], task["Type"], browser)
		}
	}
	return told.conversionID, nil
}

// clock writes a time of the story.
func (s *revenueStory) clock(at time.Time) string { return at.In(s.zone).Format("15:04") }

// buy makes Ann's opportunity, which is won, as somebody in sales does.
func (s *revenueStory) buy(context.Context) error {
	s.deal = s.org.Add("Opportunity", salesforcefake.Record{
		"Name": "Ann's order", "AccountId": annAccount, "Amount": 1000, "StageName": "Prospecting",
		"CloseDate": s.at(15, 0).Format(time.DateOnly), "CreatedDate": s.at(14, 50).UTC().Format("2006-01-02T15:04:05.000+0000"),
	})
	s.org.Change("Opportunity", s.deal, salesforcefake.Record{"StageName": "Closed Won"})
	fmt.Fprintf(s.Out, "  %s  Opportunity \"Ann's order\" in Salesforce, USD 1,000, won\n\n", s.clock(s.at(14, 50)))
	return nil
}
