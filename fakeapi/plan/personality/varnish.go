package personality

// varnish refuses a version with nothing but a status line; a request without Host is
// refused by its configuration, and the connection stays.
var _ = register(Personality{
	Name:   "varnish",
	Server: "Varnish 7.1 before Node",
	Source: Measured,

	HTTP10:      serves("1.1", Closes),
	KeepAlive10: serves("1.1", KeepsAloud),
	HTTP11:      serves("1.1", KeepsAloud),
	NoHost:      Treatment{Refusal: varnishNoHost, Connection: Keeps},
	HTTP12:      refuses(varnishMalformed),
	HTTP2:       refuses(varnishMalformed),
	HTTP3:       refuses(varnishMalformed),
	HTTP09:      refuses(varnishMalformed),
	Simple:      refuses(varnishMalformed),
})

const varnishNoHost = "HTTP/1.1 400 Bad Request\r\n" +
	"Date: {date}\r\n" +
	"Server: Varnish\r\n" +
	"X-Varnish: 32773\r\n" +
	"Content-Type: text/html; charset=utf-8\r\n" +
	"Retry-After: 5\r\n" +
	"Content-Length: {length}\r\n" +
	"Connection: keep-alive\r\n" +
	"\r\n" +
	"<!DOCTYPE html>\n" +
	"<html>\n" +
	"  <head>\n" +
	"    <title>400 Bad Request</title>\n" +
	"  </head>\n" +
	"  <body>\n" +
	"    <h1>Error 400 Bad Request</h1>\n" +
	"    <p>Bad Request</p>\n" +
	"    <h3>Guru Meditation:</h3>\n" +
	"    <p>XID: 32773</p>\n" +
	"    <hr>\n" +
	"    <p>Varnish cache server</p>\n" +
	"  </body>\n" +
	"</html>\n"

const varnishMalformed = "HTTP/1.1 400 Bad Request\r\n" +
	"\r\n"
