package database

import "strings"

// KeyFilter selects rows by a column named key, whose values consist of parts.
type KeyFilter struct {
	Separator string   // between the parts of a key, one byte
	Under     []string // only keys that begin with these parts, nil means all
	Like      string   // only keys with this text, in any case; empty means all
	Keys      []string // only these keys, nil means all
}

// Where returns the condition with WHERE before it, and appends its values. It is empty if
// all keys are selected.
func (f KeyFilter) Where(values *[]any) string {
	var conditions []string
	if len(f.Under) > 0 {
		above := strings.Join(f.Under, f.Separator)
		conditions = append(conditions, "(key = ? OR key >= ? AND key < ?)")
		*values = append(*values, above, above+f.Separator, above+string(rune(f.Separator[0])+1))
	}
	if f.Like != "" {
		conditions = append(conditions, `LOWER(key) LIKE ? ESCAPE '\'`)
		*values = append(*values, "%"+Literal(strings.ToLower(f.Like))+"%")
	}
	if f.Keys != nil {
		conditions = append(conditions, "key IN ?")
		*values = append(*values, f.Keys)
	}
	if len(conditions) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(conditions, " AND ")
}
