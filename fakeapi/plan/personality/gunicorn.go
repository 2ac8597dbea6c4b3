package personality

// gunicorn answers in the version of the request, whatever it is, and closes: its sync
// worker keeps no connection. It wants no Host.
var _ = register(Personality{
	Name:   "gunicorn",
	Server: "gunicorn 20.1 with its sync worker, an application that writes a page",
	Source: Measured,

	HTTP10:      serves("1.0", Closes),
	KeepAlive10: serves("1.0", Closes),
	HTTP11:      serves("1.1", Closes),
	HTTP12:      serves(Same, Closes),
	HTTP2:       serves(Same, Closes),
	HTTP3:       serves(Same, Closes),
	HTTP09:      serves(Same, Closes),
	Simple:      refusesBlindly(gunicornLine),
	Chunked10:   refuses(gunicornField),
})

const gunicornLine = "HTTP/1.1 400 Bad Request\r\n" +
	"Connection: close\r\n" +
	"Content-Type: text/html\r\n" +
	"Content-Length: {length}\r\n" +
	"\r\n" +
	"<html>\n" +
	"  <head>\n" +
	"    <title>Bad Request</title>\n" +
	"  </head>\n" +
	"  <body>\n" +
	"    <h1><p>Bad Request</p></h1>\n" +
	"    Invalid Request Line &#x27;Invalid HTTP request line: &#x27;{line}&#x27;&#x27;\n" +
	"  </body>\n" +
	"</html>\n"

const gunicornField = "HTTP/1.1 400 Bad Request\r\n" +
	"Connection: close\r\n" +
	"Content-Type: text/html\r\n" +
	"Content-Length: {length}\r\n" +
	"\r\n" +
	"<html>\n" +
	"  <head>\n" +
	"    <title>Bad Request</title>\n" +
	"  </head>\n" +
	"  <body>\n" +
	"    <h1><p>Bad Request</p></h1>\n" +
	"    Invalid HTTP Header: &#x27;TRANSFER-ENCODING&#x27;\n" +
	"  </body>\n" +
	"</html>\n"
