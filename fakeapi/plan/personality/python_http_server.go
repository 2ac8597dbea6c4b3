package personality

// python-http-server answers in HTTP/1.0, and refuses a version before it has noted which
// one was asked for: so its error page has no status line, as in HTTP/0.9. It closes, and
// never says so. Its 501 to chunks is for the POST: a folder is read alone.
var _ = register(Personality{
	Name:   "python-http-server",
	Server: "python3 -m http.server of Python 3.11",
	Source: Measured,

	HTTP10:      serves("1.0", ClosesUnsaid),
	KeepAlive10: serves("1.0", ClosesUnsaid),
	HTTP11:      serves("1.0", ClosesUnsaid),
	HTTP12:      serves("1.0", ClosesUnsaid),
	HTTP2:       refuses(pythonVersion),
	HTTP3:       refuses(pythonVersion),
	HTTP09:      bare,
	Simple:      bare,
	Chunked10:   refuses(pythonMethod),
})

const pythonVersion = "<!DOCTYPE HTML>\n" +
	"<html lang=\"en\">\n" +
	"    <head>\n" +
	"        <meta charset=\"utf-8\">\n" +
	"        <title>Error response</title>\n" +
	"    </head>\n" +
	"    <body>\n" +
	"        <h1>Error response</h1>\n" +
	"        <p>Error code: 505</p>\n" +
	"        <p>Message: Invalid HTTP version ({version}).</p>\n" +
	"        <p>Error code explanation: 505 - Cannot fulfill request.</p>\n" +
	"    </body>\n" +
	"</html>\n"

const pythonMethod = "HTTP/1.0 501 Unsupported method ('POST')\r\n" +
	"Server: SimpleHTTP/0.6 Python/3.11.2\r\n" +
	"Date: {date}\r\n" +
	"Connection: close\r\n" +
	"Content-Type: text/html;charset=utf-8\r\n" +
	"Content-Length: {length}\r\n" +
	"\r\n" +
	"<!DOCTYPE HTML>\n" +
	"<html lang=\"en\">\n" +
	"    <head>\n" +
	"        <meta charset=\"utf-8\">\n" +
	"        <title>Error response</title>\n" +
	"    </head>\n" +
	"    <body>\n" +
	"        <h1>Error response</h1>\n" +
	"        <p>Error code: 501</p>\n" +
	"        <p>Message: Unsupported method ('POST').</p>\n" +
	"        <p>Error code explanation: 501 - Server does not support this operation.</p>\n" +
	"    </body>\n" +
	"</html>\n"
