// Package personality holds the ways in which real servers treat the versions of
// HTTP, as pure data. Each has a file of its own, named by the word that a scenario
// uses for it, which says where what is in it comes from.
//
// Most are measured: a test starts the real server and asks it and the fake API the
// same questions (fakeapi, build tag peers). Three could not be had, and are read
// out of their sources.
//
// What a personality says is the treatment of a request by its version, and of the
// two other things that depend on it: the Host field, and chunks in HTTP/1.0. All
// else, paths and methods and bodies, is the fake API's.
package personality

import (
	"cmp"
	"fmt"
	"html"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// A Personality is how one server treats each kind of request.
type Personality struct {
	Name   string // the word that a scenario writes
	Server string // the program, its version, and what it served when it was asked
	Source string // where this comes from: Measured, or what was read

	HTTP10      Treatment // HTTP/1.0
	KeepAlive10 Treatment // HTTP/1.0 with Connection: keep-alive
	HTTP11      Treatment // HTTP/1.1
	HTTP12      Treatment // HTTP/1.2 to 1.9
	HTTP2       Treatment // HTTP/2.0 to 2.9, written as a line of text
	HTTP3       Treatment // HTTP/3.0 and above
	HTTP09      Treatment // HTTP/0.0 to 0.9, written out
	Simple      Treatment // no version at all, which is how HTTP/0.9 is written (RFC 1945 4.1)

	NoHost    Treatment // without Host, above HTTP/1.0; the zero Treatment: as any other
	Chunked10 Treatment // with chunks, in HTTP/1.0; the zero Treatment: as any other

	Reasonless bool // its status lines have no reason phrase
}

// Measured is the Source of what has been seen.
const Measured = "measured with the package of Debian 12"

// A Treatment is what a server does with a request: it serves it, in a version, or
// refuses it.
type Treatment struct {
	Version string // of the status line: "1.0", "1.1", or Same; "": it is not served
	Bare    bool   // served, as HTTP/0.9 is: the body alone, without status line and fields

	// Refusal is what comes instead, every byte. {date} stands for the Date, {length}
	// for the length of the body, {version} and {line} for the request's version and
	// its first line in HTML.
	Refusal string
	Blind   bool // it is refused before its method is known: HEAD gets the body too

	Connection Connection // what becomes of it afterwards
}

// Same answers in the version of the request, whatever it is.
const Same = "same"

// Connection is what becomes of a connection, and what the reply says of it.
type Connection int

// What becomes of a connection whose client has not said close.
const (
	Closes       Connection = iota // says close, and closes
	ClosesUnsaid                   // closes, and says nothing
	Keeps                          // stays open, and says nothing
	KeepsAloud                     // says keep-alive, and stays open
)

// Stays says that the connection is open for another request.
func (c Connection) Stays() bool { return c == Keeps || c == KeepsAloud }

// serves is the treatment of a request that is served.
func serves(version string, c Connection) Treatment {
	return Treatment{Version: version, Connection: c}
}

// refuses is the treatment of one that is refused; the connection is closed.
func refuses(reply string) Treatment { return Treatment{Refusal: reply} }

// refusesBlindly is that of one that is refused before its method is known.
func refusesBlindly(reply string) Treatment { return Treatment{Refusal: reply, Blind: true} }

// bare is a body and nothing else.
var bare = Treatment{Bare: true, Connection: ClosesUnsaid}

// A Request is what a treatment depends on.
type Request struct {
	Method    string
	Version   string // "1.0"
	Line      string // the first line
	Simple    bool   // none was written
	KeepAlive bool   // asked for
	Host      bool   // there is the field
	Chunked   bool   // there is Transfer-Encoding
}

// Treat says what becomes of r.
func (p *Personality) Treat(r Request) Treatment {
	t := p.version(r)
	switch old := r.Simple || r.Version <= "1.0"; {
	case t.Refusal != "":
	case r.Version == "1.0" && r.Chunked && p.Chunked10.Refusal != "":
		return p.Chunked10
	case !old && !r.Host && p.NoHost.Refusal != "":
		return p.NoHost
	}
	return t
}

// version is the treatment of the version alone.
func (p *Personality) version(r Request) Treatment {
	switch {
	case r.Simple:
		return p.Simple
	case r.Version == "1.0" && r.KeepAlive:
		return p.KeepAlive10
	case r.Version == "1.0":
		return p.HTTP10
	case r.Version == "1.1":
		return p.HTTP11
	case r.Version < "1.0":
		return p.HTTP09
	case r.Version < "2.0":
		return p.HTTP12
	case r.Version < "3.0":
		return p.HTTP2
	}
	return p.HTTP3
}

// Refuse is the refusal of r, with its places filled in.
func (t Treatment) Refuse(r Request, date string) []byte {
	fill := func(s, length string) string {
		return strings.NewReplacer("{date}", date, "{version}", r.Version, "{line}", html.EscapeString(r.Line), "{length}", length).Replace(s)
	}
	head, body, whole := strings.Cut(t.Refusal, "\r\n\r\n")
	if !whole { // a page and no more
		return []byte(fill(t.Refusal, ""))
	}
	body = fill(body, "")
	head = fill(head, strconv.Itoa(len(body))) + "\r\n\r\n"
	if r.Method == "HEAD" && !t.Blind {
		return []byte(head)
	}
	return []byte(head + body)
}

var all = map[string]*Personality{}

// register adds a personality, when the package is loaded.
func register(p Personality) *Personality {
	all[p.Name] = &p
	return &p
}

// All lists the personalities there are, by name.
func All() []*Personality {
	return slices.SortedFunc(maps.Values(all), func(a, b *Personality) int { return cmp.Compare(a.Name, b.Name) })
}

// Named finds a personality. The error is a sentence that says which there are.
func Named(name string) (*Personality, error) {
	if p, ok := all[name]; ok {
		return p, nil
	}
	return nil, fmt.Errorf("there is no personality %.40q; there are %s", name, strings.Join(slices.Sorted(maps.Keys(all)), ", "))
}
