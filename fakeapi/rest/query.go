package rest

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// pageSize is how many records a page has where _limit does not say.
const pageSize = 10

// A page is a part of a list.
type page struct {
	records []record
	total   int // in the list before it was cut into pages
	number  int // from 1; 0: the list was not cut into pages
	last    int // the number of the last one
}

// query picks, sorts and pages records as a request's query says. An error is a
// sentence for a 400.
func query(c *collection, all []record, q url.Values) (page, error) {
	all = filter(c, all, q)
	all, err := order(c, all, q)
	if err != nil {
		return page{}, err
	}
	limit, err := count(q, "_limit", 0)
	if err != nil {
		return page{}, err
	}
	number, err := count(q, "_page", 1)
	if err != nil {
		return page{}, err
	}
	p := page{records: all, total: len(all)}
	switch {
	case q.Has("_page"):
		size := pageSize
		if q.Has("_limit") {
			size = limit
		}
		from := min(p.total, (number-1)*size)
		p.records = all[from:min(p.total, from+size)]
		if size > 0 {
			p.number, p.last = number, max(1, (p.total+size-1)/size)
		}
	case q.Has("_limit"):
		p.records = all[:min(p.total, limit)]
	}
	return p, nil
}

// links are the pages around p, as a Link field has them (RFC 8288): to the same
// list, but for the number.
func (p page) links(r *http.Request) string {
	base := ""
	if r.Host != "" {
		base = "http://" + r.Host
		if r.TLS != nil {
			base = "https://" + r.Host
		}
	}
	var links []string
	for _, l := range []struct {
		rel    string
		number int
	}{{"first", 1}, {"prev", min(p.number-1, p.last)}, {"next", p.number + 1}, {"last", p.last}} {
		if l.number >= 1 && l.number <= p.last {
			links = append(links, fmt.Sprintf(`<%s%s?%s>; rel="%s"`, base, r.URL.EscapedPath(), withPage(r.URL.RawQuery, l.number), l.rel))
		}
	}
	return strings.Join(links, ", ")
}

// withPage is a query with another _page in its place.
func withPage(query string, number int) string {
	pairs := strings.Split(query, "&")
	for i, pair := range pairs {
		if name, _, _ := strings.Cut(pair, "="); name == "_page" {
			pairs[i] = "_page=" + strconv.Itoa(number)
		}
	}
	return strings.Join(pairs, "&")
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
