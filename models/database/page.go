package database

import (
	"encoding/base64"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"

	"ringback/internal/fault"
)

// The number of items of a page: the default and the maximum.
const (
	defaultPage = 50
	maxPage     = 500
)

// Page asks for a part of a list. Lists are newest first. A page begins after the
// key of the last item of the page before, so that items which arrive in between
// shift nothing.
type Page struct {
	Limit  int    // zero means 50; at most 500
	Cursor string // as returned with the page before; empty for the first page
}

func (p Page) limit() int {
	if p.Limit <= 0 {
		return defaultPage
	}
	return min(p.Limit, maxPage)
}

// After returns the key of the last item of the page before, empty for the first
// page.
func (p Page) After() (string, error) {
	key, err := base64.RawURLEncoding.DecodeString(p.Cursor)
	if err != nil {
		return "", BadCursor()
	}
	return string(key), nil
}

// BadCursor returns the error for a cursor that was not returned with a page.
func BadCursor() error {
	return fault.InvalidFields(fault.Field{Path: "cursor", Expected: fault.Expect("next_cursor")})
}

// PageByID reads one page of a query, newest first by id, and returns it with the
// cursor of the next page, which is empty after the last one.
func PageByID[T any](query *gorm.DB, p Page, id func(T) string) ([]T, string, error) {
	after, err := p.After()
	if err != nil {
		return nil, "", err
	}
	if after != "" {
		query = query.Where("id < ?", after)
	}
	return FetchPage(query.Order("id DESC"), p, id)
}

// PageByNumber reads one page of a query, the largest first by a column with numbers, and returns
// it as PageByID does.
func PageByNumber[T any](query *gorm.DB, p Page, column string, number func(T) int) ([]T, string, error) {
	after, err := p.After()
	if err != nil {
		return nil, "", err
	}
	if after != "" {
		before, err := strconv.Atoi(after)
		if err != nil {
			return nil, "", BadCursor()
		}
		query = query.Where(column+" < ?", before)
	}
	return FetchPage(query.Order(column+" DESC"), p, func(item T) string { return strconv.Itoa(number(item)) })
}

// FetchPage is PageByID for a query that is already ordered and begins after
// p.After. It reads one item more than the page has, to see whether another page
// follows.
func FetchPage[T any](query *gorm.DB, p Page, key func(T) string) ([]T, string, error) {
	var items []T
	if err := query.Limit(p.limit() + 1).Find(&items).Error; err != nil {
		return nil, "", err
	}
	if len(items) <= p.limit() {
		return items, "", nil
	}
	items = items[:p.limit()]
	return items, encodeCursor(key(items[len(items)-1])), nil
}

// Chronology is an order by a column with a time, the latest first unless it is ascending.
// Rows of one time are ordered by their ids.
type Chronology struct {
	Column    string
	Ascending bool
}

// PageByTime reads one page of a query in the order of a time, and returns it as PageByID does.
func PageByTime[T any](query *gorm.DB, p Page, order Chronology, place func(T) (at time.Time, id string)) ([]T, string, error) {
	after, err := p.After()
	if err != nil {
		return nil, "", err
	}
	if after != "" {
		text, id, _ := strings.Cut(after, " ")
		at, err := time.Parse(time.RFC3339Nano, text)
		if err != nil {
			return nil, "", BadCursor()
		}
		query = order.After(query, at, id)
	}
	return FetchPage(order.Sort(query), p, func(item T) string { return placeKey(place(item)) })
}

// PageOfPeriod reads one page of a query, the newest first: by id, or by a time if the query
// selects a period of it. By id, the rows of an old period would come after all newer ones.
// A cursor continues in the order that it was returned in.
func PageOfPeriod[T any](query *gorm.DB, p Page, period bool, column string, place func(T) (at time.Time, id string)) ([]T, string, error) {
	after, err := p.After()
	if err != nil {
		return nil, "", err
	}
	if after != "" {
		period = strings.Contains(after, " ")
	}
	if period {
		return PageByTime(query, p, Chronology{Column: column}, place)
	}
	return PageByID(query, p, func(item T) string { _, id := place(item); return id })
}

// placeKey returns the key of a place in an order by time.
func placeKey(at time.Time, id string) string { return at.UTC().Format(time.RFC3339Nano) + " " + id }

// CursorAfter returns the cursor of the page that begins after a place in an order by time.
func CursorAfter(at time.Time, id string) string { return encodeCursor(placeKey(at, id)) }

func encodeCursor(key string) string { return base64.RawURLEncoding.EncodeToString([]byte(key)) }

// Sort orders a query.
func (c Chronology) Sort(query *gorm.DB) *gorm.DB {
	if c.Ascending {
		return query.Order(c.Column + ", id")
	}
	return query.Order(c.Column + " DESC, id DESC")
}

// After leaves the rows of a query that come after a place in the order. The first condition
// alone is one of an index.
func (c Chronology) After(query *gorm.DB, at time.Time, id string) *gorm.DB {
	compared := "<"
	if c.Ascending {
		compared = ">"
	}
	return query.Where(c.Column+" "+compared+"= ? AND ("+c.Column+" "+compared+" ? OR id "+compared+" ?)", at, at, id)
}

// PageOf returns one page of a list that is read as a whole, in its order.
func PageOf[T any](all []T, p Page) ([]T, string, error) {
	after, err := p.After()
	if err != nil {
		return nil, "", err
	}
	start := 0
	if after != "" {
		if start, err = strconv.Atoi(after); err != nil || start < 0 {
			return nil, "", BadCursor()
		}
	}
	end := min(start+p.limit(), len(all))
	if start >= end {
		return nil, "", nil
	}
	if end == len(all) {
		return all[start:], "", nil
	}
	return all[start:end], encodeCursor(strconv.Itoa(end)), nil
}
