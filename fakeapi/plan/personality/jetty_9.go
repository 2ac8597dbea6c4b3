package personality

// jetty-9 answers HTTP/2.0 with a 426 that carries no Upgrade (RFC 9110 15.5.22 wants one),
// has reasons of its own, and keeps a connection in 1.0 where it knows the length of the
// body.
var _ = register(Personality{
	Name:   "jetty-9",
	Server: "Eclipse Jetty 9.4, serving a file",
	Source: Measured,

	HTTP10:      serves("1.1", ClosesUnsaid),
	KeepAlive10: serves("1.1", KeepsAloud),
	HTTP11:      serves("1.1", Keeps),
	NoHost:      refuses(jettyNoHost),
	HTTP12:      refusesBlindly(jettyUnknown),
	HTTP2:       refuses(jettyUpgrade),
	HTTP3:       refusesBlindly(jettyUnknown),
	HTTP09:      refusesBlindly(jettyUnsupported),
	Simple:      refusesBlindly(jettySimple),
})

const jettyNoHost = "HTTP/1.1 400 No Host\r\n" +
	"Content-Type: text/html;charset=iso-8859-1\r\n" +
	"Content-Length: {length}\r\n" +
	"Connection: close\r\n" +
	"Server: Jetty(9.4.57.v20241219)\r\n" +
	"\r\n" +
	"<h1>Bad Message 400</h1><pre>reason: No Host</pre>"

const jettyUnknown = "HTTP/1.1 505 Unknown Version\r\n" +
	"Content-Type: text/html;charset=iso-8859-1\r\n" +
	"Content-Length: {length}\r\n" +
	"Connection: close\r\n" +
	"Server: Jetty(9.4.57.v20241219)\r\n" +
	"\r\n" +
	"<h1>Bad Message 505</h1><pre>reason: Unknown Version</pre>"

const jettyUpgrade = "HTTP/1.1 426 Upgrade Required\r\n" +
	"Content-Type: text/html;charset=iso-8859-1\r\n" +
	"Content-Length: {length}\r\n" +
	"Connection: close\r\n" +
	"Server: Jetty(9.4.57.v20241219)\r\n" +
	"\r\n" +
	"<h1>Bad Message 426</h1><pre>reason: Upgrade Required</pre>"

const jettyUnsupported = "HTTP/1.1 505 Unsupported Version\r\n" +
	"Content-Type: text/html;charset=iso-8859-1\r\n" +
	"Content-Length: {length}\r\n" +
	"Connection: close\r\n" +
	"Server: Jetty(9.4.57.v20241219)\r\n" +
	"\r\n" +
	"<h1>Bad Message 505</h1><pre>reason: Unsupported Version</pre>"

const jettySimple = "HTTP/1.1 505 HTTP/0.9 not supported\r\n" +
	"Content-Type: text/html;charset=iso-8859-1\r\n" +
	"Content-Length: {length}\r\n" +
	"Connection: close\r\n" +
	"Server: Jetty(9.4.57.v20241219)\r\n" +
	"\r\n" +
	"<h1>Bad Message 505</h1><pre>reason: HTTP/0.9 not supported</pre>"
