package rest

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// pageSize is how many records a page has where _limit does not say.
const pageSize = 10

// query picks, sorts and pages records as a request's query says. total counts
// the records before paging. An error is a sentence for a 400.
func query(c *collection, all []record, q url.Values) (page []record, total int, err error) {
	all = filter(c, all, q)
	if all, err = order(c, all, q); err != nil {
		return nil, 0, err
	}
	limit, err := count(q, "_limit", 0)
	if err != nil {
		return nil, 0, err
	}
	number, err := count(q, "_page", 1)
	if err != nil {
		return nil, 0, err
	}
	total = len(all)
	from, to := 0, total
	switch {
	case q.Has("_page"):
		size := pageSize
		if q.Has("_limit") {
			size = limit
		}
		from = min(total, (number-1)*size)
		to = min(total, from+size)
	case q.Has("_limit"):
		to = min(total, limit)
	}
	return all[from:to], total, nil
}

// mostCounted bounds _page and _limit, so that their product fits an int.
const mostCounted = 1_000_000

// count reads a whole number that is at least the given one.
func count(q url.Values, name string, least int) (int, error) {
	if !q.Has(name) {
		return least, nil
	}
	n, err := strconv.Atoi(q.Get(name))
	if err != nil || n < least || n > mostCounted {
		return 0, fmt.Errorf("%s must be a whole number from %d to %d, and is %q", name, least, mostCounted, q.Get(name))
	}
	return n, nil
}

// filter keeps the records whose fields have one of the values asked for. A name
// that the collection does not have is left alone: such parameters are for others
// (cache busters, tracking).
func filter(c *collection, all []record, q url.Values) []record {
	for _, col := range c.columns {
		if wanted, ok := q[col.name]; ok {
			all = slices.DeleteFunc(slices.Clone(all), func(r record) bool {
				return !slices.Contains(wanted, plain(r.get(col.name)))
			})
		}
	}
	return all
}

// plain is a JSON value as a query writes it: strings without quotes.
func plain(value json.RawMessage) string {
	if len(value) == 0 || value[0] != '"' {
		return string(value)
	}
	if bytes.IndexByte(value, '\\') < 0 {
		return string(value[1 : len(value)-1])
	}
	var s string
	json.Unmarshal(value, &s) // it is valid: it was checked when it came in
	return s
}

// order sorts by _sort, a list of names, each with its place in _order: asc (the
// default) or desc.
func order(c *collection, all []record, q url.Values) ([]record, error) {
	if !q.Has("_sort") {
		return all, nil
	}
	names := strings.Split(q.Get("_sort"), ",")
	orders := strings.Split(q.Get("_order"), ",")
	signs := make([]int, len(names))
	for i, name := range names {
		if c.place(name) == len(c.columns) {
			return nil, fmt.Errorf("_sort names %q, which %s do not have; they have %s", name, c.name, c.columnNames())
		}
		signs[i] = 1
		if i >= len(orders) {
			continue
		}
		switch strings.ToLower(orders[i]) {
		case "", "asc":
		case "desc":
			signs[i] = -1
		default:
			return nil, fmt.Errorf("_order must be asc or desc, and is %q", orders[i])
		}
	}
	all = slices.Clone(all)
	slices.SortStableFunc(all, func(a, b record) int {
		for i, name := range names {
			if o := compare(a.get(name), b.get(name)); o != 0 {
				return signs[i] * o
			}
		}
		return 0
	})
	return all, nil
}

func (c *collection) columnNames() string {
	var names []string
	for _, col := range c.columns {
		names = append(names, col.name)
	}
	return strings.Join(names, ", ")
}

// compare orders two JSON values: numbers by size, everything else as text.
func compare(a, b json.RawMessage) int {
	x, errX := strconv.Atoi(string(a))
	y, errY := strconv.Atoi(string(b))
	if errX == nil && errY == nil {
		return cmp.Compare(x, y)
	}
	return strings.Compare(plain(a), plain(b))
}
