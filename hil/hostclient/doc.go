// Package hostclient puts clients of this machine under test beside those on
// boards: Go's net/http, and curl. They are references: what they make of a reply,
// nobody here has written.
//
//	run.Config --agent.Request--> Link --> net/http, curl --> agent.Record
//
// A client does as its users have it do: what a scenario asks for is put in the
// client's own terms, redirects are followed, bodies are decoded. What a client
// cannot be asked for at all (Python's classes, a version that it does not speak)
// it lacks, and such a scenario is skipped. Its errors are given the names that
// espy.requests has for them, and Linux's numbers.
package hostclient
