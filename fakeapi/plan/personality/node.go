package personality

// node takes the versions that its parser lists (0.9, 1.0, 1.1, 2.0), and answers all in
// 1.1. It closes in HTTP/1.0 whatever is asked. Its refusals have neither length nor body.
var _ = register(Personality{
	Name:   "node",
	Server: "Node 20, a handler that writes a page",
	Source: "measured with Node 20",

	HTTP10:      serves("1.1", Closes),
	KeepAlive10: serves("1.1", Closes),
	HTTP11:      serves("1.1", KeepsAloud),
	NoHost:      refuses(nodeNoHost),
	HTTP12:      refuses(nodeMalformed),
	HTTP2:       serves("1.1", Closes),
	HTTP3:       refuses(nodeMalformed),
	HTTP09:      serves("1.1", Closes),
	Simple:      serves("1.1", Closes),
})

const nodeNoHost = "HTTP/1.1 400 Bad Request\r\n" +
	"Connection: close\r\n" +
	"Date: {date}\r\n" +
	"Transfer-Encoding: chunked\r\n" +
	"\r\n" +
	"0\r\n" +
	"\r\n"

const nodeMalformed = "HTTP/1.1 400 Bad Request\r\n" +
	"Connection: close\r\n" +
	"\r\n"
