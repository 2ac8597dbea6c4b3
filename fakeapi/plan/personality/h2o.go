package personality

// h2o wants no Host. Its 405 to chunks in HTTP/1.0 is its file handler's, which takes GET
// and HEAD alone: it has read the chunks.
var _ = register(Personality{
	Name:   "h2o",
	Server: "h2o 2.2, serving a file",
	Source: Measured,

	HTTP10:      serves("1.1", Closes),
	KeepAlive10: serves("1.1", KeepsAloud),
	HTTP11:      serves("1.1", KeepsAloud),
	HTTP12:      serves("1.1", KeepsAloud),
	HTTP2:       refusesBlindly(h2oMalformed),
	HTTP3:       refusesBlindly(h2oMalformed),
	HTTP09:      refusesBlindly(h2oMalformed),
	Simple:      refusesBlindly(h2oMalformed),
	Chunked10:   refuses(h2oMethod),
})

const h2oMalformed = "HTTP/1.1 400 Bad Request\r\n" +
	"Content-Type: text/plain; charset=utf-8\r\n" +
	"Connection: close\r\n" +
	"Content-Length: {length}\r\n" +
	"\r\n" +
	"Bad Request"

const h2oMethod = "HTTP/1.1 405 Method Not Allowed\r\n" +
	"Date: {date}\r\n" +
	"Connection: close\r\n" +
	"Content-Length: {length}\r\n" +
	"Server: h2o/2.2.5\r\n" +
	"allow: GET, HEAD\r\n" +
	"content-type: text/plain; charset=utf-8\r\n" +
	"\r\n" +
	"method not allowed"
