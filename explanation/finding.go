package explanation

import (
	"ringback/conversion"
	"ringback/internal/delivery"
	"ringback/internal/locale"
	"ringback/sitecheck"
)

// Finding writes what the check of a page found, and what that means and what to do
// about it. The second is empty if there is nothing to add.
func (w Writer) Finding(f sitecheck.Finding) (what, detail string) {
	id := "finding." + string(f.Code)
	switch {
	case f.Code == sitecheck.PageRedirects && f.Address == "":
		id += "_unknown"
	case f.Code == sitecheck.FormWithoutContact && f.Form == "":
		id += "_unnamed"
	}
	values := w.findingValues(f.Values)
	write := func(part string) string {
		if f.Count > 0 && w.catalog.Varies(id+part) {
			return w.plural(id+part, int64(f.Count), values)
		}
		return w.text(id+part, values)
	}
	what, detail = write(".what"), write(".detail")
	if what == id+".what" {
		what = w.newer(string(f.Code))
	}
	if detail == id+".detail" {
		detail = ""
	}
	return what, detail
}

func (w Writer) findingValues(v sitecheck.Values) locale.Values {
	values := locale.Values{
		"Address": v.Address, "Host": v.Host, "OwnHost": v.OwnHost, "Status": v.Status, "Names": w.join(v.Names, "list"),
		"Version": v.Version, "Current": v.Current, "Form": v.Form, "Number": v.Number, "Written": v.Written, "Pool": v.Pool,
		"Limit": w.language.Number(int64(v.Count)), "Places": w.places(v), "By": w.offers(v.By),
		"Failure": w.Reason(delivery.Reason{Code: delivery.ReasonCode(v.Failure)}),
	}
	var needs []string
	for _, need := range v.Needs {
		needs = append(needs, w.text("need."+string(need), nil))
	}
	values["Needs"] = w.join(needs, "parts")
	if len(v.By) > 0 {
		values["Offer"] = w.Offer(v.By[0])
	}
	return values
}

// places writes where a number is on the page.
func (w Writer) places(v sitecheck.Values) string {
	var places []string
	if v.Texts > 0 {
		places = append(places, w.plural("place.text", int64(v.Texts), nil))
	}
	if v.Links > 0 {
		places = append(places, w.plural("place.link", int64(v.Links), nil))
	}
	return w.join(places, "places")
}

// offers writes what replaces a number, and for which visits.
func (w Writer) offers(offers []sitecheck.Offer) string {
	var parts []string
	for _, o := range offers {
		parts = append(parts, w.text("offer.for", locale.Values{"Offer": w.Offer(o), "Visits": w.visits(o.To)}))
	}
	return w.join(parts, "parts")
}

// visits writes the visits that a condition picks.
func (w Writer) visits(c *conversion.Condition) string {
	if c == nil {
		return w.text("offer.all_visits", nil)
	}
	return w.text("offer.visits", locale.Values{"Condition": w.condition(*c)})
}

// Offer writes which pool or number it is.
func (w Writer) Offer(o sitecheck.Offer) string {
	return w.text("offer."+string(o.Kind), locale.Values{"Name": o.Name})
}

// OfferedTo writes to whom an offer is shown.
func (w Writer) OfferedTo(o sitecheck.Offer) string {
	if o.To == nil {
		return w.text("offer.everybody", nil)
	}
	return w.condition(*o.To)
}
