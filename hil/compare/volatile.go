package compare

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/espy-hil/espy/hil/result"
)

// This file has every rule by which two runs may differ without saying anything
// on the client, each with its reason. Timings, memory and the log are not in a
// view at all: they differ from run to run on one and the same board.

// A headerRule names a header field that is not compared.
type headerRule struct{ name, why string }

// volatileHeaders are never compared between runs.
var volatileHeaders = []headerRule{
	{"date", "the server's clock goes on between two runs"},
}

// versionHeaders are not compared between runs in different HTTP versions.
var versionHeaders = []headerRule{
	{"connection", "1.0 closes and 1.1 keeps open by default, so each says the other (RFC 9112 9.3)"},
	{"keep-alive", "speaks of a connection that only one of them keeps"},
	{"transfer-encoding", "1.0 has no chunked coding (RFC 9112 6.1): the end of the body is the end of the connection"},
	{"content-length", "stands in for the chunked coding that 1.0 lacks"},
	{"upgrade", "names the version that a refusal asks for"},
}

// A fieldRule matches names of fields that are not compared.
type fieldRule struct {
	field *regexp.Regexp
	why   string
}

// versionFields are not compared between runs in different HTTP versions.
var versionFields = []fieldRule{
	{regexp.MustCompile(`^(request_)?version$`), "it is what was varied"},
	{regexp.MustCompile(`^history\[\d+\]\.version$`), "it is what was varied"},
	{regexp.MustCompile(`^wire\[\d+\]\.connection$`), "1.0 opens a connection for each request where 1.1 need not"},
	{regexp.MustCompile(`^open_connections$`), "1.1 may keep a connection that 1.0 closes"},
}

// requestVersion is the end of a request line, left out between runs in different
// HTTP versions: it is what was varied.
var requestVersion = regexp.MustCompile(` HTTP/\d\.\d$`)

// objectAddress is a place in the heap in a Python repr, in the message of an
// exception: it depends on what was allocated before.
var objectAddress = regexp.MustCompile(`\b0x[0-9a-fA-F]{4,}\b`)

// isVolatile tells whether a header field is not compared.
func (l lens) isVolatile(name string) bool {
	named := func(r headerRule) bool { return strings.EqualFold(r.name, name) }
	return slices.ContainsFunc(volatileHeaders, named) ||
		l.anyVersion && slices.ContainsFunc(versionHeaders, named)
}

// ignores tells whether a field is not compared.
func (l lens) ignores(field string) bool {
	return l.anyVersion && slices.ContainsFunc(versionFields, func(r fieldRule) bool {
		return r.field.MatchString(field)
	})
}

// inOrderOfUse numbers the connections of requests, of each server by itself, in the
// order in which requests came on them. In which order two connections were accepted
// is the network's doing; that two requests share one is the client's.
func inOrderOfUse(wire []result.Exchange) []int {
	type connection struct {
		server string
		number int
	}
	renumbered := map[connection]int{}
	used := map[string]int{} // by server
	numbers := make([]int, len(wire))
	for i, x := range wire {
		c := connection{x.Server, x.Connection}
		if renumbered[c] == 0 {
			used[x.Server]++
			renumbered[c] = used[x.Server]
		}
		numbers[i] = renumbered[c]
	}
	return numbers
}

// newMask makes the replacement of the servers' addresses: every run has fresh
// listeners on ports of their own, and a board elsewhere knows them by another
// host. They are replaced by the variables that a scenario file has for them.
func newMask(servers map[string]string) *strings.Replacer {
	var pairs []string
	for _, name := range sortedKeys(servers) {
		variables := "$(" + name + ".host):$(" + name + ".port)"
		pairs = append(pairs, servers[name], variables, url.QueryEscape(servers[name]), variables)
	}
	return strings.NewReplacer(pairs...)
}
