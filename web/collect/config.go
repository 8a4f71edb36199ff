package collect

import (
	"maps"
	"slices"
	"strings"

	"ringback/forms"
	"ringback/models"
	"ringback/models/websites"
	"ringback/phone"
	"ringback/tracker"
)

// scriptConfig returns the settings that the script gets of its site. They are public.
func scriptConfig(plan websites.Plan, url string) tracker.Config {
	set := plan.Site.Script
	config := tracker.Config{
		URL: url, Domains: plan.Site.Domains, Consent: tracker.Flag(set.ConsentRequired),
		Forms: formsOf(set.Forms), SessionMinutes: set.SessionMinutes,
		Numbers: replacedNumbers(plan), SwapAfterLoad: tracker.Flag(set.SwapAfterLoad),
	}
	for _, source := range set.VisitorIDs {
		config.VisitorIDs = append(config.VisitorIDs, tracker.VisitorID(source))
	}
	for _, field := range slices.Sorted(maps.Keys(set.Fields)) {
		if set.Fields[field] == forms.MappedNever {
			config.NeverRead = append(config.NeverRead, strings.ToLower(field))
		}
	}
	return config
}

func formsOf(capture forms.Capture) tracker.Forms {
	switch capture {
	case forms.CaptureAll:
		return tracker.FormsAll
	case forms.CaptureNone:
		return tracker.FormsNone
	default:
		return tracker.FormsMarked
	}
}

// replacedNumbers returns the numbers on the pages that others may replace. The
// order is stable, so that the script stays the same while the site does.
func replacedNumbers(plan websites.Plan) []tracker.Number {
	replaced := map[string]bool{}
	for _, pool := range plan.Pools {
		for _, number := range pool.Replaces {
			replaced[number] = true
		}
	}
	for _, own := range plan.Numbers {
		for _, number := range own.Replaces {
			replaced[number] = true
		}
	}
	var out []tracker.Number
	for _, number := range slices.Sorted(maps.Keys(replaced)) {
		if written, err := phone.Formats(number); err == nil { // checked when it was set
			out = append(out, tracker.Number{International: written.Digits, National: written.Dialled, Trunk: written.TrunkDigits, TrunkNational: written.TrunkDialled})
			if written.Bare != "" {
				out = append(out, tracker.Number{International: written.Digits, National: written.Bare})
			}
		}
	}
	return out
}

// displayed returns the numbers to show in the form of viewAnswer.
func displayed(shown []models.DisplayedNumber) map[string][]string {
	numbers := map[string][]string{}
	for _, s := range shown {
		number, err := phone.Formats(s.Number)
		if err != nil { // checked when it was set
			continue
		}
		for _, replaced := range s.Replaces {
			if page, err := phone.Formats(replaced); err == nil {
				numbers[page.Digits] = []string{number.Digits, number.National, number.International, number.Trunk, number.TrunkNational}
			}
		}
	}
	return numbers
}
