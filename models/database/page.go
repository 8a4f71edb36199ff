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
	return items, base64.RawURLEncoding.EncodeToString([]byte(key(items[len(items)-1]))), nil
}

// PageByTime reads one page of a query by time, the oldest first if it is ascending, else the
// latest first, and returns it as PageByID does. Items of one time are ordered by their ids.
func PageByTime[T any](query *gorm.DB, p Page, ascending bool, place func(T) (at time.Time, id string)) ([]T, string, error) {
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
		query = AfterPlace(query, at, id, ascending)
	}
	order := "at DESC, id DESC"
	if ascending {
		order = "at, id"
	}
	return FetchPage(query.Order(order), p, func(item T) string {
		at, id := place(item)
		return at.UTC().Format(time.RFC3339Nano) + " " + id
	})
}

// AfterPlace leaves the rows of a query that come after a place in the order by time and
// id. The first condition alone is one of an index.
func AfterPlace(query *gorm.DB, at time.Time, id string, ascending bool) *gorm.DB {
	compared := "<"
	if ascending {
		compared = ">"
	}
	return query.Where("at "+compared+"= ? AND (at "+compared+" ? OR id "+compared+" ?)", at, at, id)
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
	return all[start:end], base64.RawURLEncoding.EncodeToString([]byte(strconv.Itoa(end))), nil
}
