package demo

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

// paidClick is where the visitors of the demonstration come from.
var paidClick = object{
	"source": "google", "medium": "cpc", "campaign": "demo",
	"landing_page": "https://shop.example.com/?utm_source=google&utm_medium=cpc",
}

// call is a visitor who calls the number shown to visitors of the ad and talks
// for this long. Somebody in sales answers, at an extension that has a tag.
func (p Player) call(run string, talkSeconds int) scene {
	externalID := fmt.Sprintf("demo-%s-%d", run, talkSeconds)
	visitor := fmt.Sprintf("demo-visitor-%s-%d", run, talkSeconds)
	answered := p.Clock.Now().UTC().Add(-2 * time.Minute).Truncate(time.Second)
	events := []object{
		{
			"type": "started", "at": answered.Add(-6 * time.Second), "caller": "+12025550123", "tracking_number": "+12025550199",
			"visitor_ids": object{"rtbhouse": visitor}, "traffic": paidClick,
		},
		{"type": "answered", "at": answered},
		{"type": "tagged", "at": answered.Add(time.Second), "tags": []string{"sales"}, "tag_origin": "extension", "extension": "101"},
		{
			"type": "ended", "at": answered.Add(time.Duration(talkSeconds) * time.Second),
			"outcome": "answered", "talk_seconds": talkSeconds, "wait_seconds": 6,
		},
	}
	return scene{
		title:     fmt.Sprintf("A call of %d seconds", talkSeconds),
		story:     "Somebody clicks an ad, calls the number on the page and reaches sales (tag \"sales\").",
		visitorID: visitor,
		send:      func(ctx context.Context) (report, error) { return p.sendCall(ctx, externalID, events) },
	}
}

// sendCall reports the events of a call, each once Ringback is done with the one before.
func (p Player) sendCall(ctx context.Context, externalID string, events []object) (told report, err error) {
	path := p.Shop.path("/calls/" + externalID + "/events")
	for n, event := range events {
		if n > 0 {
			if err := p.Taken(ctx, p.Shop.SiteID, externalID, n); err != nil {
				return report{}, err
			}
		}
		event["event_id"] = fmt.Sprint(n + 1)
		told.lastAt = p.Clock.Now()
		var a accepted
		if err := p.API.do(ctx, http.MethodPost, path, event, &a); err != nil {
			return report{}, err
		}
		told.conversionID = a.ConversionID
	}
	return told, nil
}

// lead is a visitor who fills in the form on the page.
func (p Player) lead(run string) scene {
	visitor := "demo-visitor-" + run + "-lead"
	return scene{
		title:     "A lead",
		story:     "Another visitor of the ad fills in the form on the page.",
		visitorID: visitor,
		send: func(ctx context.Context) (report, error) {
			var a accepted
			began := p.Clock.Now()
			err := p.API.do(ctx, http.MethodPost, p.Shop.path("/leads"), object{
				"external_id": "demo-" + run, "email": "lead@example.com", "phone": "+12025550124", "form": "Call me back",
				"page_url": "https://shop.example.com/contact", "visitor_ids": object{"rtbhouse": visitor}, "traffic": paidClick,
			}, &a)
			return report{conversionID: a.ConversionID, lastAt: began}, err
		},
	}
}
