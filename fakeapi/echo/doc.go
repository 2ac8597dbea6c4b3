// Package echo is the corner of the fake API that answers about HTTP itself: what
// the client has sent, and replies of every form that a client must be able to
// read. It knows nothing of connections; whoever asks sends the answer, chunked or
// not as the version has it.
//
//	/status/N                  that status, 200 to 599, with the fields that it needs
//	/headers                   the request's fields, as they were sent
//	/anything, /anything/…     the whole request
//	/delay/D                   the same after D (seconds, or 250ms), 10 s at most
//	/bytes/N?seed=             N bytes, 4 MiB at most, the same for the same seed
//	/stream/N                  N lines of JSON, 1000 at most, of no announced length
//	/chunked/N?size=           N pieces of size bytes (16), of no announced length
//	/drip?numbytes=&duration=&delay=&code=   a body that comes slowly, of announced length
//	/redirect/N                N redirects to whole URLs, ending at /anything; ?status_code=
//	/relative-redirect/N       the same to relative references
//	/redirect-to?url=&status_code=   one redirect, anywhere
//	/gzip, /deflate            JSON in that content coding, asked for or not
//	/cookies, /cookies/set?name=value    the cookies sent; sets some, and redirects there
//	/basic-auth/USER/PASSWORD  401 until these are sent
//	/response-headers?name=value         a reply with these fields
//	/encoding/utf8, /html      text of many scripts; a page
//
// Paths, arguments and the members of the JSON are those of the public services of
// this kind, so that what was written for them is understood here. The client's
// address, which they give as origin, is left out: it would make every board's
// answer another.
//
// What is wrong with a request is said in {"error": sentence}: 400, or 405 with
// Allow. HEAD goes wherever GET goes, OPTIONS everywhere.
package echo
