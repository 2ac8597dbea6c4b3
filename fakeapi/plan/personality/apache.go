package personality

// apache serves every version above 0.9 as its own; a line without a version gets the page
// alone.
var _ = register(Personality{
	Name:   "apache",
	Server: "Apache httpd 2.4, serving a file",
	Source: Measured,

	HTTP10:      serves("1.1", Closes),
	KeepAlive10: serves("1.1", KeepsAloud),
	HTTP11:      serves("1.1", Keeps),
	NoHost:      refuses(apacheMalformed),
	HTTP12:      serves("1.1", Keeps),
	HTTP2:       serves("1.1", Keeps),
	HTTP3:       serves("1.1", Keeps),
	HTTP09:      refuses(apacheMalformed),
	Simple:      bare,
})

const apacheMalformed = "HTTP/1.1 400 Bad Request\r\n" +
	"Date: {date}\r\n" +
	"Server: Apache/2.4.71 (Debian)\r\n" +
	"Content-Length: {length}\r\n" +
	"Connection: close\r\n" +
	"Content-Type: text/html; charset=iso-8859-1\r\n" +
	"\r\n" +
	"<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 4.01//EN\" \"http://www.w3.org/TR/html4/strict.dtd\">\n" +
	"<html><head>\n" +
	"<title>400 Bad Request</title>\n" +
	"</head><body>\n" +
	"<h1>Bad Request</h1>\n" +
	"<p>Your browser sent a request that this server could not understand.<br />\n" +
	"</p>\n" +
	"</body></html>\n"
