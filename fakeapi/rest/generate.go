package rest

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"strings"
	"sync"
)

// seed makes the data what they are; every other one would do as well.
const seed = 0x45_53_50_59 // ESPY

// How many of each there are for one of its parent.
const (
	userCount       = 10
	albumsPerUser   = 10
	photosPerAlbum  = 50
	postsPerUser    = 10
	commentsPerPost = 5
	todosPerUser    = 20
)

// once generates a collection when it is first asked for. Each has a source of
// its own, so that it does not matter in which order that happens.
func once(name string, generate func(*writer) []record) func() []record {
	return sync.OnceValue(func() []record {
		h := fnv.New64a()
		h.Write([]byte(name))
		return generate(&writer{rand.New(rand.NewPCG(seed, h.Sum64()))})
	})
}

// A writer writes texts of its own words.
type writer struct{ *rand.Rand }

func (w *writer) pick(from []string) string { return from[w.IntN(len(from))] }

// phrase is a number of words between least and most, adjectives before nouns.
func (w *writer) phrase(least, most int) string {
	n := least + w.IntN(most-least+1)
	var b strings.Builder
	for i := range n {
		from := adjectives
		switch {
		case i == n-1 || i%4 == 1:
			from = nouns
		case i%4 == 2:
			from = verbs
		case i%4 == 3:
			from = links
		}
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(w.pick(from))
	}
	return b.String()
}

// lines is a text of n lines, as long texts have them.
func (w *writer) lines(n int) string {
	all := make([]string, n)
	for i := range all {
		all[i] = w.phrase(5, 9)
	}
	return strings.Join(all, "\n")
}

// fieldsOf pairs the columns' names with values: int, string, bool, nested []field,
// and what is JSON already.
func fieldsOf(pairs ...any) []field {
	fields := make([]field, 0, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		f := field{name: pairs[i].(string)}
		switch v := pairs[i+1].(type) {
		case int:
			f.value = integer(v)
		case string:
			f.value = quote(v)
		case json.RawMessage:
			f.value = v
		case bool:
			f.value = fmt.Append(nil, v)
		case []field:
			f.value = record{fields: v}.append(nil)
		}
		fields = append(fields, f)
	}
	return fields
}

// each makes n records for each of so many parents, with ids counted through.
func each(parents, n int, of func(parent, id int) []field) []record {
	all := make([]record, 0, parents*n)
	for parent := 1; parent <= parents; parent++ {
		for range n {
			id := len(all) + 1
			all = append(all, record{id, of(parent, id)})
		}
	}
	return all
}

func albums(w *writer) []record {
	return each(userCount, albumsPerUser, func(user, id int) []field {
		return fieldsOf("userId", user, "id", id, "title", w.phrase(2, 6))
	})
}

func posts(w *writer) []record {
	return each(userCount, postsPerUser, func(user, id int) []field {
		return fieldsOf("userId", user, "id", id, "title", w.phrase(3, 9), "body", seasoned(id, w.lines(4)))
	})
}

func comments(w *writer) []record {
	return each(userCount*postsPerUser, commentsPerPost, func(post, id int) []field {
		email := w.pick(nouns) + "." + w.pick(nouns) + "@" + w.pick(hosts)
		return fieldsOf("postId", post, "id", id, "name", w.phrase(3, 7), "email", email, "body", seasoned(id, w.lines(4)))
	})
}

func photos(w *writer) []record {
	return each(userCount*albumsPerUser, photosPerAlbum, func(album, id int) []field {
		colour := fmt.Sprintf("%06x", w.IntN(1<<24))
		return fieldsOf("albumId", album, "id", id, "title", w.phrase(2, 8),
			"url", "https://pictures.example/600/"+colour, "thumbnailUrl", "https://pictures.example/150/"+colour)
	})
}

func todos(w *writer) []record {
	return each(userCount, todosPerUser, func(user, id int) []field {
		return fieldsOf("userId", user, "id", id, "title", seasoned(id, w.phrase(3, 8)), "completed", w.IntN(2) == 1)
	})
}

func users(w *writer) []record {
	return each(userCount, 1, func(id, _ int) []field {
		p := people[id-1]
		host := hosts[(id-1)%len(hosts)]
		return fieldsOf("id", id, "name", p.name, "username", p.username, "email", p.username+"@"+host,
			"address", fieldsOf(
				"street", capital(w.pick(nouns))+" "+w.pick(streets),
				"suite", fmt.Sprintf("%s %d", w.pick(suites), 1+w.IntN(999)),
				"city", capital(w.pick(adjectives))+w.pick(towns),
				"zipcode", fmt.Sprintf("%05d-%04d", w.IntN(100_000), w.IntN(10_000)),
				"geo", fieldsOf("lat", w.degrees(90), "lng", w.degrees(180))),
			"phone", fmt.Sprintf("555-01%02d", w.IntN(100)), // the range kept free for fiction
			"website", p.username+".example",
			"company", fieldsOf(
				"name", capital(w.pick(nouns))+" & "+capital(w.pick(nouns)),
				"catchPhrase", capital(w.phrase(3, 4)),
				"bs", w.phrase(3, 3)))
	})
}

// degrees is an angle as text, as services of this kind write coordinates.
func (w *writer) degrees(most int) string {
	return fmt.Sprintf("%d.%04d", w.IntN(2*most)-most, w.IntN(10_000))
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
