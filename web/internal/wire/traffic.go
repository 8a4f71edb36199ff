package wire

import "ringback/conversion"

// TrafficBody is where a visit came from, in the words of the API.
type TrafficBody struct {
	Source      string            `json:"source,omitempty" maxLength:"2048" doc:"The value of utm_source or of a similar parameter." example:"google"`
	Medium      string            `json:"medium,omitempty" maxLength:"2048" doc:"The value of utm_medium or of a similar parameter." example:"cpc"`
	Campaign    string            `json:"campaign,omitempty" maxLength:"2048" example:"spring"`
	Content     string            `json:"content,omitempty" maxLength:"2048"`
	Term        string            `json:"term,omitempty" maxLength:"2048"`
	Referrer    string            `json:"referrer,omitempty" maxLength:"2048" doc:"The address of the page that led to the site."`
	LandingPage string            `json:"landing_page,omitempty" maxLength:"2048" doc:"The address of the visit's first page." example:"https://www.example.com/?utm_source=google"`
	PageURL     string            `json:"page_url,omitempty" maxLength:"2048" doc:"The address of the page of the conversion."`
	City        string            `json:"city,omitempty" maxLength:"2048"`
	Region      string            `json:"region,omitempty" maxLength:"2048"`
	Country     string            `json:"country,omitempty" maxLength:"2048"`
	Device      string            `json:"device,omitempty" maxLength:"2048" doc:"One of desktop, mobile and tablet."`
	Channel     string            `json:"channel,omitempty" maxLength:"64" doc:"The kind of advertising or link, such as paid_search or email. If it is left out, the other fields decide." example:"paid_search"`
	ClickIDs    map[string]string `json:"click_ids,omitempty" doc:"The click ids of ad platforms, by the name of their parameter." example:"{\"gclid\": \"test-click\"}"`
}

// ViewTraffic returns traffic as the API shows it, nil if there is none.
func ViewTraffic(t *conversion.Traffic) *TrafficBody {
	if t == nil {
		return nil
	}
	return new(TrafficBody(*t))
}
