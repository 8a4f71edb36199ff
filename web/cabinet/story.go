package cabinet

import (
	"cmp"
	"net/url"

	"github.com/labstack/echo/v4"

	"ringback/web/cabinet/pages"
	"ringback/web/internal/conversionview"
)

// storyItems is how many pages of a visit and other conversions of a person are shown.
const storyItems = "20"

// story returns what surrounds a conversion: the pages of its visit, its touchpoints with
// their credit, and the other conversions of the person.
func (h *Handler) story(c echo.Context, d conversionview.DetailView) (s pages.Story, err error) {
	site := "/sites/" + pathValue(d.SiteID)
	if d.Session != nil {
		s.Views, err = readPart[pages.PageView](h, c, site+"/sessions/"+pathValue(d.Session.ID)+"/views", url.Values{"limit": {storyItems}})
		if err != nil {
			return s, err
		}
	}
	s.Touchpoints, err = readPart[pages.Touchpoint](h, c, site+"/touchpoints", url.Values{"conversion_id": {d.ID}, "all": {"true"}, "limit": {storyItems}})
	if err != nil {
		return s, err
	}
	person := cmp.Or(d.Phone, d.Email)
	if person == "" || d.Anonymous {
		return s, nil
	}
	all, err := readPart[conversionview.ConversionView](h, c, site+"/conversions", url.Values{"person": {person}, "limit": {storyItems}})
	for _, other := range all {
		if other.ID != d.ID {
			s.Others = append(s.Others, other)
		}
	}
	return s, err
}
