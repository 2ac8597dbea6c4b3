package personality

// helidon-4 refuses HTTP/1.0 with a 505 and advice, and calls every other version that is
// not 1.1 a bad request.
var _ = register(Personality{
	Name:   "helidon-4",
	Server: "Helidon WebServer 4, from 4.2 on",
	Source: "not run: no Debian package. io.helidon.webserver.http1.Http1Prologue and Http1Connection of the 4.x branch " +
		"(pull request 9715); before it, 1.0 was a 400. The fields of the refusals are not read from it",

	HTTP10:      refuses(helidonVersion),
	KeepAlive10: refuses(helidonVersion),
	HTTP11:      serves("1.1", Keeps),
	NoHost:      refuses(helidonMalformed),
	HTTP12:      refuses(helidonMalformed),
	HTTP2:       refuses(helidonMalformed),
	HTTP3:       refuses(helidonMalformed),
	HTTP09:      refuses(helidonMalformed),
	Simple:      refuses(helidonMalformed),
	Chunked10:   refuses(helidonVersion),
})

const helidonVersion = "HTTP/1.1 505 HTTP Version Not Supported\r\n" +
	"Date: {date}\r\n" +
	"Connection: close\r\n" +
	"Content-Length: {length}\r\n" +
	"\r\n" +
	"HTTP 1.0 is not supported, consider using HTTP 1.1"

const helidonMalformed = "HTTP/1.1 400 Bad Request\r\n" +
	"Date: {date}\r\n" +
	"Connection: close\r\n" +
	"Content-Length: {length}\r\n" +
	"\r\n" +
	"Bad request, see server log for more information"
