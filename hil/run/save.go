package run

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/espy-hil/espy/hil/result"
)

// part is a part of a Response as text, by its path: .status_code,
// .headers.location, .json.items.0.id. A part that is not there has no text.
func part(r *result.Response, path string) (string, bool) {
	if r == nil {
		return "", false
	}
	field, rest, _ := strings.Cut(strings.TrimPrefix(path, "."), ".")
	switch field {
	case "status_code":
		return strconv.Itoa(r.StatusCode), true
	case "reason":
		return r.Reason, true
	case "version":
		return r.Version, true
	case "request_version":
		return r.RequestVersion, true
	case "url":
		return r.URL, true
	case "text":
		if r.Text != nil {
			return *r.Text, true
		}
	case "headers":
		for _, h := range r.Headers {
			if strings.EqualFold(h[0], rest) {
				return h[1], true
			}
		}
	case "json":
		return jsonPart(r.JSON, rest)
	}
	return "", false
}

// jsonPart is a value of a document: a text without its quotes, anything else as
// JSON. Keys are separated by dots; in a list a number is a place, from 0.
func jsonPart(document []byte, path string) (string, bool) {
	d := json.NewDecoder(bytes.NewReader(document))
	d.UseNumber() // an id of 19 digits keeps them all
	var v any
	if d.Decode(&v) != nil {
		return "", false
	}
	for path != "" {
		var key string
		key, path, _ = strings.Cut(path, ".")
		switch within := v.(type) {
		case map[string]any:
			value, ok := within[key]
			if !ok {
				return "", false
			}
			v = value
		case []any:
			i, err := strconv.Atoi(key)
			if err != nil || i < 0 || i >= len(within) {
				return "", false
			}
			v = within[i]
		default:
			return "", false
		}
	}
	if s, ok := v.(string); ok {
		return s, true
	}
	text, err := json.Marshal(v)
	return string(text), err == nil
}
