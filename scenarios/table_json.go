package scenarios

import "strconv"

// expectedJSON reads a JSON value that is expected; its strings may be expressions.
func expectedJSON() reader[JSON] {
	return reader[JSON]{"a JSON value", jsonShape, readExpectedJSON}
}

func readExpectedJSON(d *decoder, n *node) (JSON, bool) {
	j := JSON{Pos: d.pos(n)}
	ok := true
	switch {
	case n.kind == mappingNode:
		j.Kind = JSONObject
		for i, k := range d.uniqueKeys(n) {
			if k == nil {
				ok = false
				continue
			}
			v, fine := readExpectedJSON(d, n.items[i])
			j.Object, ok = append(j.Object, JSONMember{k.value, v}), ok && fine && d.checkTemplate(k)
		}
	case n.kind == listNode:
		j.Kind = JSONArray
		for _, item := range n.items {
			v, fine := readExpectedJSON(d, item)
			j.Array, ok = append(j.Array, v), ok && fine
		}
	case n.isWrittenNull():
		j.Kind = JSONNull
	case n.isNull():
		d.expected(n, "a JSON value; null is written null")
		return j, false
	case n.tag == "!!bool" && !n.quoted:
		j.Kind, j.Bool, ok = readBool(d, n)
	case (n.tag == "!!int" || n.tag == "!!float") && !n.quoted:
		j.Kind, j.Number, ok = JSONNumber, n.value, d.checkNumber(n)
	default:
		j.Kind = JSONString
		j.String, ok = match.read(d, n)
	}
	return j, ok
}

func readBool(d *decoder, n *node) (JSONKind, bool, bool) {
	v, ok := boolean.read(d, n)
	return JSONBool, v, ok
}

// sentJSON reads a JSON value that a request or reply carries: nil, bool, int64,
// float64, string, []any, [Object].
func sentJSON() reader[any] {
	return reader[any]{"a JSON value", jsonShape, readSentJSON}
}

func readSentJSON(d *decoder, n *node) (any, bool) {
	switch {
	case n.kind == mappingNode:
		object, ok := make(Object, 0, len(n.keys)), true
		for i, k := range d.uniqueKeys(n) {
			if k == nil {
				ok = false
				continue
			}
			v, fine := readSentJSON(d, n.items[i])
			object, ok = append(object, Member{k.value, v}), ok && fine && d.checkTemplate(k)
		}
		return object, ok
	case n.kind == listNode:
		list, ok := make([]any, 0, len(n.items)), true
		for _, item := range n.items {
			v, fine := readSentJSON(d, item)
			list, ok = append(list, v), ok && fine
		}
		return list, ok
	case n.isWrittenNull():
		return nil, true
	case n.isNull():
		d.expected(n, "a JSON value; null is written null")
		return nil, false
	case n.tag == "!!bool" && !n.quoted:
		return boolean.read(d, n)
	case (n.tag == "!!int" || n.tag == "!!float") && !n.quoted:
		return readNumber(d, n)
	default:
		return template.read(d, n)
	}
}

// readNumber makes an int64 of a number where it is one, otherwise a float64.
func readNumber(d *decoder, n *node) (any, bool) {
	if !d.checkNumber(n) {
		return nil, false
	}
	if i, err := strconv.ParseInt(n.value, 10, 64); err == nil {
		return i, true
	}
	f, err := strconv.ParseFloat(n.value, 64)
	if err != nil || n.tag == "!!int" {
		d.fail(n, "integers of 64 bits and floating-point numbers can be sent; data: takes any text", "the number %s is too large", quote(n.value))
		return nil, false
	}
	return f, true
}
