package rest

import "slices"

// A kind is what a field's value must be.
type kind int

const (
	number kind = iota // an integer
	text
	boolean
	object
)

func (k kind) String() string {
	return [...]string{"an integer", "a string", "true or false", "an object"}[k]
}

// A column is a field that every record of a collection has.
type column struct {
	name string
	kind kind
}

// A collection is a kind of record. What is generated is never changed.
type collection struct {
	name     string // albums
	singular string // album
	columns  []column
	parent   string // the collection that it belongs to; "": none
	key      string // the column that names the parent
	generate func() []record
}

// collections in the order in which they are listed.
var collections = []*collection{
	{
		name: "albums", singular: "album", parent: "users", key: "userId",
		columns:  []column{{"userId", number}, {"id", number}, {"title", text}},
		generate: once("albums", albums),
	},
	{
		name: "posts", singular: "post", parent: "users", key: "userId",
		columns:  []column{{"userId", number}, {"id", number}, {"title", text}, {"body", text}},
		generate: once("posts", posts),
	},
	{
		name: "comments", singular: "comment", parent: "posts", key: "postId",
		columns:  []column{{"postId", number}, {"id", number}, {"name", text}, {"email", text}, {"body", text}},
		generate: once("comments", comments),
	},
	{
		name: "photos", singular: "photo", parent: "albums", key: "albumId",
		columns:  []column{{"albumId", number}, {"id", number}, {"title", text}, {"url", text}, {"thumbnailUrl", text}},
		generate: once("photos", photos),
	},
	{
		name: "todos", singular: "todo", parent: "users", key: "userId",
		columns:  []column{{"userId", number}, {"id", number}, {"title", text}, {"completed", boolean}},
		generate: once("todos", todos),
	},
	{
		name: "users", singular: "user",
		columns: []column{
			{"id", number},
			{"name", text},
			{"username", text},
			{"email", text},
			{"address", object},
			{"phone", text},
			{"website", text},
			{"company", object},
		},
		generate: once("users", users),
	},
}

// collectionNamed returns nil where there is none.
func collectionNamed(name string) *collection {
	i := slices.IndexFunc(collections, func(c *collection) bool { return c.name == name })
	if i < 0 {
		return nil
	}
	return collections[i]
}

// place is where a field stands in a record: columns first, in their order, then
// what else the client sent.
func (c *collection) place(name string) int {
	i := slices.IndexFunc(c.columns, func(col column) bool { return col.name == name })
	if i < 0 {
		return len(c.columns)
	}
	return i
}
