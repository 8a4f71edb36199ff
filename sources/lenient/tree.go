package lenient

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
)

// Tree is a JSON value of which single parts are read by path.
type Tree struct{ root any }

// ReadTree returns the tree of a JSON text. It is empty if the text is no JSON.
func ReadTree(text []byte) Tree { return Tree{decode(text)} }

// TreeOf returns the tree of an object of texts.
func TreeOf(fields map[string]string) Tree {
	object := make(map[string]any, len(fields))
	for name, value := range fields {
		object[name] = value
	}
	return Tree{object}
}

func decode(text []byte) any {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber() // an id may have more digits than a float holds
	var root any
	if decoder.Decode(&root) != nil {
		return nil
	}
	return root
}

// At returns the text at a path, such as custom_fields.biz_uid, empty if there is
// none. A part of the path is the name of a field, the index of an item, or the id,
// name or key of an item that has a value. A text that holds JSON is read as JSON.
// Names may hold points.
func (t Tree) At(path string) string { return at(t.root, strings.Split(path, ".")) }

func at(node any, path []string) string {
	if len(path) == 0 {
		return textOf(node)
	}
	if text, is := node.(string); is {
		node = decode([]byte(text))
	}
	for n := len(path); n > 0; n-- {
		inner, found := child(node, strings.Join(path[:n], "."))
		if !found {
			continue
		}
		if text := at(inner, path[n:]); text != "" {
			return text
		}
	}
	return ""
}

func child(node any, name string) (any, bool) {
	switch node := node.(type) {
	case map[string]any:
		inner, found := node[name]
		return inner, found
	case []any:
		if n, err := strconv.Atoi(name); err == nil && n >= 0 && n < len(node) {
			return node[n], true
		}
		return named(node, name)
	default:
		return nil, false
	}
}

// named returns the value of the item of a list that has this id, name or key.
func named(list []any, name string) (any, bool) {
	for _, item := range list {
		object, _ := item.(map[string]any)
		for _, key := range []string{"id", "name", "key"} {
			if value, found := object["value"]; found && textOf(object[key]) == name {
				return value, true
			}
		}
	}
	return nil, false
}

func textOf(node any) string {
	switch node := node.(type) {
	case nil:
		return ""
	case string:
		return strings.TrimSpace(node)
	case json.Number:
		return node.String()
	case bool:
		return strconv.FormatBool(node)
	default:
		text, err := json.Marshal(node)
		if err != nil { // what was decoded from JSON always encodes
			return ""
		}
		return string(text)
	}
}
