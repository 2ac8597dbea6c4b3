package personality

// go is net/http, and with it most servers that are written in Go. It answers HTTP/1.0 in
// 1.0. It keeps a connection in 1.0 where it knows the length of the body, as it does of
// short ones; one that is streamed ends with the connection. Its refusals have no length.
var _ = register(Personality{
	Name:   "go",
	Server: "net/http of Go 1.26, a handler that writes a page",
	Source: "measured with net/http in the test's own process",

	HTTP10:      serves("1.0", ClosesUnsaid),
	KeepAlive10: serves("1.0", KeepsAloud),
	HTTP11:      serves("1.1", Keeps),
	NoHost:      refusesBlindly(goNoHost),
	HTTP12:      serves("1.1", Keeps),
	HTTP2:       refusesBlindly(goVersion),
	HTTP3:       refusesBlindly(goVersion),
	HTTP09:      refusesBlindly(goVersion),
	Simple:      refusesBlindly(goMalformed),
})

const goNoHost = "HTTP/1.1 400 Bad Request: missing required Host header\r\n" +
	"Content-Type: text/plain; charset=utf-8\r\n" +
	"Connection: close\r\n" +
	"\r\n" +
	"400 Bad Request: missing required Host header"

const goVersion = "HTTP/1.1 505 HTTP Version Not Supported: unsupported protocol version\r\n" +
	"Content-Type: text/plain; charset=utf-8\r\n" +
	"Connection: close\r\n" +
	"\r\n" +
	"505 HTTP Version Not Supported: unsupported protocol version"

const goMalformed = "HTTP/1.1 400 Bad Request\r\n" +
	"Content-Type: text/plain; charset=utf-8\r\n" +
	"Connection: close\r\n" +
	"\r\n" +
	"400 Bad Request"
