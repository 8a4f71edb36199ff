package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

// shopOrigin is where the visitor of the scene is: the site's own domain.
const shopOrigin = "https://shop.example.com"

// The callers, in the scene and from the shop. Each is linked to their visits, so
// they are different persons.
const (
	visitCaller = "+12025550125"
	shopCaller  = "+12025550126"
)

// visit is a visitor who clicks an ad and calls the number that the script then
// shows. The phone company reports the call without the visit.
func (p Player) visit(run string) scene {
	visitor := "demo-visitor-" + run + "-script"
	return scene{
		title: "A visit, and a call to the number it was shown",
		story: "Somebody clicks an ad and calls the number on the page. It is this visit's alone, and the script has read the cookie:\n" +
			"  nobody tells Ringback who is calling.",
		visitorID: visitor,
		send: func(ctx context.Context) (report, error) {
			shown, err := p.view(ctx, run, visitor)
			if err != nil {
				return report{}, err
			}
			fmt.Fprintf(p.Out, "  shown       %s instead of %s\n", shown, shopNumber)
			return p.dial(ctx, "demo-"+run+"-visit", visitCaller, shown)
		},
	}
}

// view reports a page view as the script does, and returns the number that the
// page shows then (E.164).
func (p Player) view(ctx context.Context, run, cookie string) (string, error) {
	var seen struct {
		Numbers map[string][]string `json:"numbers"` // its digits first, by the digits of the replaced one
	}
	err := p.post(ctx, "/views", object{
		"id": "demo-view-" + run, "visitor": "demo-browser-" + run, "ago": 0, "kind": "navigate",
		"url": shopOrigin + "/?utm_source=google&utm_medium=cpc&utm_campaign=demo&gclid=sample-click-" + run,
		"ids": object{"rtbhouse": cookie}, "storage": "cookie",
	}, &seen)
	if err != nil {
		return "", err
	}
	shown := seen.Numbers[strings.TrimPrefix(shopNumber, "+")]
	if len(shown) == 0 {
		return "", fmt.Errorf("no number is free to be shown in place of %s: visits of the last half hour have them all", shopNumber)
	}
	return "+" + shown[0], nil
}

// post sends what the script on the shop's pages would, as a browser does.
func (p Player) post(ctx context.Context, path string, body, out any) error {
	payload, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("writing what the script says: %w", err)
	}
	address := strings.TrimSuffix(p.Shop.ScriptURL, ".js") + path
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(payload))
	if err != nil {
		return fmt.Errorf("preparing what the script sends: %w", err)
	}
	request.Header.Set("Content-Type", "text/plain;charset=UTF-8")
	request.Header.Set("Origin", shopOrigin)
	request.Header.Set("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("sending what the script says: %w", err)
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("the script was answered %s", response.Status)
	}
	if err := json.NewDecoder(response.Body).Decode(out); err != nil {
		return fmt.Errorf("reading the answer to the script: %w", err)
	}
	return nil
}

// dial reports a call to a number that happens now, as a phone company would:
// somebody in sales talks for 95 seconds. It is reported in one go.
func (p Player) dial(ctx context.Context, externalID, caller, number string) (report, error) {
	return p.sendCall(ctx, externalID, []object{
		{"type": "started", "caller": caller, "tracking_number": number},
		{"type": "answered"},
		{"type": "tagged", "tags": []string{"sales"}, "tag_origin": "extension", "extension": "101"},
		{"type": "ended", "outcome": "answered", "talk_seconds": 95, "wait_seconds": 6},
	})
}
