package rest

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
)

// An API answers for the collections. Use New.
type API struct{ store store }

// New returns an API whose records nobody has written to.
func New() *API { return new(API) }

// ServeHTTP answers r. The whole body must be at hand, already bounded.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.RequestURI == "*" || r.URL.Path == "*":
		allow(w, r) // OPTIONS for the server as a whole (RFC 9110 9.3.7)
	case !strings.HasPrefix(r.URL.Path, "/") || path.Clean(r.URL.Path) != r.URL.Path:
		// the mux would answer with a redirect in HTML
		fail(w, http.StatusNotFound, fmt.Sprintf("there is nothing at %s; the path is not in its shortest form", r.URL.Path))
	default:
		a.serve(w, r)
	}
}

// serve finds what a path names: /, /edges, /albums, /albums/1, /users/1/albums.
func (a *API) serve(w http.ResponseWriter, r *http.Request) {
	words := words(r.URL)
	if len(words) == 1 && words[0] == "" {
		serveIndex(w, r)
		return
	}
	if len(words) == 1 && words[0] == "edges" {
		serveEdges(w, r)
		return
	}
	c := call{w: w, r: r, store: &a.store, c: collectionNamed(words[0]), words: words}
	switch {
	case len(words) > 3:
		fail(w, http.StatusNotFound, fmt.Sprintf("there is nothing at %s", r.URL.Path))
	case c.c == nil:
		fail(w, http.StatusNotFound, fmt.Sprintf("there is no collection %q; there are %s", words[0], names()))
	case len(words) == 1:
		serveCollection(c)
	case len(words) == 2:
		serveRecord(c)
	default:
		serveChild(c)
	}
}

// words are what stands between the slashes of a path, decoded.
func words(u *url.URL) []string {
	list := strings.Split(u.EscapedPath()[1:], "/")
	for i, word := range list {
		if decoded, err := url.PathUnescape(word); err == nil {
			list[i] = decoded
		}
	}
	return list
}

// A call is a request to a collection.
type call struct {
	w     http.ResponseWriter
	r     *http.Request
	store *store
	c     *collection
	words []string // of the path
}

func names() string {
	var all []string
	for _, c := range collections {
		all = append(all, c.name)
	}
	return strings.Join(all, ", ")
}

// serveIndex lists the collections with their paths.
func serveIndex(w http.ResponseWriter, r *http.Request) {
	if !allow(w, r, "GET", "HEAD") {
		return
	}
	body := []byte{'{'}
	for i, c := range collections {
		if i > 0 {
			body = append(body, ',')
		}
		body = fmt.Appendf(body, `"%s":"/%s"`, c.name, c.name)
	}
	send(w, http.StatusOK, append(body, '}'))
}

func serveCollection(c call) {
	if !allow(c.w, c.r, "GET", "HEAD", "POST") {
		return
	}
	if c.r.Method == http.MethodPost {
		c.create(c.c, nil)
		return
	}
	c.list(c.c, c.store.list(c.c))
}

func serveRecord(c call) {
	r, ok := c.record()
	if !ok || !allow(c.w, c.r, "GET", "HEAD", "PUT", "PATCH", "DELETE") {
		return
	}
	switch c.r.Method {
	case http.MethodPut, http.MethodPatch:
		c.change(r)
	case http.MethodDelete:
		if !c.store.remove(c.c, r.id) {
			c.missing(strconv.Itoa(r.id))
			return
		}
		send(c.w, http.StatusOK, []byte("{}"))
	default:
		send(c.w, http.StatusOK, r.append(make([]byte, 0, 256)))
	}
}

// serveChild answers for the records of one collection that belong to a record of
// another.
func serveChild(c call) {
	child := collectionNamed(c.words[2])
	if child == nil || child.parent != c.c.name {
		fail(c.w, http.StatusNotFound, fmt.Sprintf("%s have no %q", c.c.name, c.words[2]))
		return
	}
	parent, ok := c.record()
	if !ok || !allow(c.w, c.r, "GET", "HEAD", "POST") {
		return
	}
	if c.r.Method == http.MethodPost {
		c.create(child, &field{child.key, integer(parent.id)})
		return
	}
	id := string(integer(parent.id))
	c.list(child, slices.DeleteFunc(slices.Clone(c.store.list(child)), func(r record) bool {
		return string(r.get(child.key)) != id
	}))
}

// record finds the record that the path names, or answers 404.
func (c call) record() (record, bool) {
	text := c.words[1]
	id, err := strconv.Atoi(text)
	if err == nil && strconv.Itoa(id) == text {
		if r, ok := c.store.find(c.c, id); ok {
			return r, true
		}
	}
	c.missing(text)
	return record{}, false
}

func (c call) missing(id string) {
	fail(c.w, http.StatusNotFound, fmt.Sprintf("there is no %s %s", c.c.singular, id))
}

func (c call) list(of *collection, all []record) {
	p, err := query(of, all, c.r.URL.Query())
	if err != nil {
		fail(c.w, http.StatusBadRequest, err.Error())
		return
	}
	body := []byte{'['}
	for i, r := range p.records {
		if i > 0 {
			body = append(body, ',')
		}
		body = r.append(body)
	}
	c.w.Header().Set("X-Total-Count", strconv.Itoa(p.total))
	if p.number > 0 {
		c.w.Header().Set("Link", p.links(c.r))
	}
	send(c.w, http.StatusOK, append(body, ']'))
}

// create adds a record. The id is the server's to give: one in the body is not
// looked at.
func (c call) create(to *collection, parent *field) {
	fields, ok := readFields(c.w, c.r, to)
	if !ok {
		return
	}
	if parent != nil {
		fields = set(fields, parent.name, parent.value)
	}
	r := c.store.add(to, fields)
	c.w.Header().Set("Location", fmt.Sprintf("/%s/%d", to.name, r.id))
	send(c.w, http.StatusCreated, r.append(nil))
}

// change replaces a record (PUT) or some of its fields (PATCH).
func (c call) change(old record) {
	fields, ok := readFields(c.w, c.r, c.c)
	if !ok {
		return
	}
	if id := (record{fields: fields}).get("id"); id != nil && string(id) != strconv.Itoa(old.id) {
		fail(c.w, http.StatusUnprocessableEntity, fmt.Sprintf("the id of %s %d cannot be changed to %s", c.c.singular, old.id, id))
		return
	}
	r, ok := c.store.change(c.c, old.id, func(was []field) []field {
		if c.r.Method == http.MethodPut {
			return fields
		}
		for _, f := range fields {
			was = set(was, f.name, f.value)
		}
		return was
	})
	if !ok {
		c.missing(strconv.Itoa(old.id))
		return
	}
	send(c.w, http.StatusOK, r.append(nil))
}

// readFields reads a body that is to become a record, or says what is wrong with it.
func readFields(w http.ResponseWriter, r *http.Request, c *collection) ([]field, bool) {
	if kind := r.Header.Get("Content-Type"); !isJSON(kind) {
		w.Header().Set("Accept", "application/json") // RFC 9110 15.5.16
		fail(w, http.StatusUnsupportedMediaType, fmt.Sprintf("a body of type %q is not understood here; application/json is", kind))
		return nil, false
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		fail(w, http.StatusBadRequest, fmt.Sprintf("the body could not be read: %v", err))
		return nil, false
	}
	fields, err := parseFields(body)
	switch {
	case err == errNotObject:
		fail(w, http.StatusUnprocessableEntity, err.Error())
		return nil, false
	case err != nil:
		fail(w, http.StatusBadRequest, err.Error())
		return nil, false
	}
	if err := c.check(fields); err != nil {
		fail(w, http.StatusUnprocessableEntity, err.Error())
		return nil, false
	}
	return fields, true
}
