package models

import (
	"encoding/base64"
	"strconv"

	"gorm.io/gorm"

	"ringback/internal/fault"
)

// How many items a page has when nothing is asked, and at most.
const (
	defaultPage = 50
	maxPage     = 500
)

// Page asks for part of a list. Lists are newest first. Pages follow each other
// by the last item's key, so that items which arrive meanwhile shift nothing.
type Page struct {
	Limit  int    // 0: 50; at most 500
	Cursor string // as the page before gave it; empty: from the start
}

func (p Page) limit() int {
	if p.Limit <= 0 {
		return defaultPage
	}
	return min(p.Limit, maxPage)
}

// after returns the key of the last item of the page before, empty for the first page.
func (p Page) after() (string, error) {
	key, err := base64.RawURLEncoding.DecodeString(p.Cursor)
	if err != nil {
		return "", badCursor()
	}
	return string(key), nil
}

func badCursor() error {
	return fault.InvalidFields(fault.Field{Path: "cursor", Expected: "the next_cursor of the page before"})
}

// pageByID reads one page of a query, newest first by id, and the cursor of the next.
func pageByID[T any](query *gorm.DB, p Page, id func(T) string) ([]T, string, error) {
	after, err := p.after()
	if err != nil {
		return nil, "", err
	}
	if after != "" {
		query = query.Where("id < ?", after)
	}
	return cut(query.Order("id DESC"), p, id)
}

// pageByVersion is pageByID for what is counted by version.
func pageByVersion(query *gorm.DB, p Page) ([]IntegrationVersion, string, error) {
	after, err := p.after()
	if err != nil {
		return nil, "", err
	}
	if after != "" {
		version, err := strconv.Atoi(after)
		if err != nil {
			return nil, "", badCursor()
		}
		query = query.Where("version < ?", version)
	}
	return cut(query.Order("version DESC"), p, func(v IntegrationVersion) string { return strconv.Itoa(v.Version) })
}

// cut reads one item more than asked: it reports whether another page follows.
func cut[T any](query *gorm.DB, p Page, key func(T) string) ([]T, string, error) {
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
