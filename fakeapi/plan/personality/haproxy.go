package personality

// haproxy looks at the form of a version and not at its number; what is behind it decides
// the rest. The 400 for a request without Host is Node's, passed on in lower case.
var _ = register(Personality{
	Name:   "haproxy",
	Server: "HAProxy 2.6 before Node",
	Source: Measured,

	HTTP10:      serves("1.1", Closes),
	KeepAlive10: serves("1.1", Closes),
	HTTP11:      serves("1.1", Keeps),
	NoHost:      Treatment{Refusal: haproxyNoHost, Connection: Keeps},
	HTTP12:      serves("1.1", Keeps),
	HTTP2:       serves("1.1", Keeps),
	HTTP3:       serves("1.1", Keeps),
	HTTP09:      serves("1.1", Closes),
	Simple:      refusesBlindly(haproxyMalformed),
})

const haproxyNoHost = "HTTP/1.1 400 Bad Request\r\n" +
	"date: {date}\r\n" +
	"transfer-encoding: chunked\r\n" +
	"\r\n" +
	"0\r\n" +
	"\r\n"

const haproxyMalformed = "HTTP/1.1 400 Bad request\r\n" +
	"Content-length: {length}\r\n" +
	"Cache-Control: no-cache\r\n" +
	"Connection: close\r\n" +
	"Content-Type: text/html\r\n" +
	"\r\n" +
	"<html><body><h1>400 Bad request</h1>\n" +
	"Your browser sent an invalid request.\n" +
	"</body></html>\n"
