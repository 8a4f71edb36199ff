// Package texts writes the labels of the pages, their times and numbers in the language
// of the reader. It must not know which page shows them.
package texts

import (
	"embed"
	"fmt"
	"strings"
	"time"

	"ringback/internal/locale"
)

//go:embed messages
var files embed.FS

// labels are the texts of the pages.
var labels = locale.Embedded(files)

// Reader writes for one reader.
type Reader struct {
	Language locale.Language
	Zone     *time.Location // of the site that the reader looks at; nil means UTC
	catalog  *locale.Catalog
}

// In returns the Reader of a language.
func In(l locale.Language) Reader { return Reader{Language: l, catalog: labels} }

// T returns a label, into which one value may be inserted.
func (r Reader) T(id string, value ...any) string {
	if len(value) == 0 {
		return r.catalog.Text(r.Language, id, nil)
	}
	return r.catalog.Text(r.Language, id, locale.Values{"Value": value[0]})
}

// Plural returns a label in the form for a count.
func (r Reader) Plural(id string, count int) string {
	return r.catalog.Plural(r.Language, id, int64(count), nil)
}

// Code returns the label of a code of a group, or the code itself in plain letters if it
// has no label.
func (r Reader) Code(group string, code any) string {
	text := fmt.Sprint(code)
	id := group + "." + text
	if text == "other" { // the message files reserve the name for a plural form
		id = group + "_other"
	}
	if label := r.T(id); label != id {
		return label
	}
	return strings.ReplaceAll(text, "_", " ")
}

// YesNo returns yes or no, or that it is not known if the value is nil.
func (r Reader) YesNo(b *bool) string {
	switch {
	case b == nil:
		return r.T("not_known")
	case *b:
		return r.T("yes")
	default:
		return r.T("no")
	}
}

// Or returns the text, or another label if it is empty.
func (r Reader) Or(text, id string) string {
	if text == "" {
		return r.T(id)
	}
	return text
}

// When returns a time to the second in the time zone of the reader's site, with its zone.
func (r Reader) When(t time.Time) string {
	if r.Zone == nil {
		return r.Language.ExactTime(t)
	}
	return r.Language.ZonedTime(t, r.Zone)
}

// Local returns a time to the minute in the time zone of the reader's site.
func (r Reader) Local(t time.Time) string {
	zone := r.Zone
	if zone == nil {
		zone = time.UTC
	}
	return r.Language.LocalTime(t, zone)
}

// Day returns a day that is written like 2006-01-02, without its year.
func (r Reader) Day(day string) string { return dayBy(day, r.Language.Day) }

// Date returns a day that is written like 2006-01-02, with its year.
func (r Reader) Date(day string) string { return dayBy(day, r.Language.Date) }

func dayBy(day string, written func(time.Time) string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return written(t)
}

// Decimal returns a number with up to two digits after the point.
func (r Reader) Decimal(v float64) string { return r.Language.Decimal(v) }

// Number returns a whole number.
func (r Reader) Number(n int64) string { return r.Language.Number(n) }

// Seconds returns a length of time in whole seconds.
func (r Reader) Seconds(n int) string { return r.Language.Seconds(int64(n)) }

// ExactSeconds returns a length of time in seconds, to the millisecond.
func (r Reader) ExactSeconds(seconds float64) string {
	return r.Language.Milliseconds(time.Duration(seconds * float64(time.Second)))
}
