package personality

// tornado wants no Host, and closes behind HTTP/1.2 without saying so. Its 405 to chunks in
// HTTP/1.0 is the handler's, which has GET alone: the chunks were read. (In
// 1.0 with keep-alive it keeps the connection even behind a body that nothing but its end
// would delimit, and the client waits for ever; that is not reproduced.)
var _ = register(Personality{
	Name:   "tornado",
	Server: "tornado 6.2, a handler of GET that writes a page",
	Source: Measured,

	HTTP10:      serves("1.1", ClosesUnsaid),
	KeepAlive10: serves("1.1", KeepsAloud),
	HTTP11:      serves("1.1", Keeps),
	HTTP12:      serves("1.1", ClosesUnsaid),
	HTTP2:       refuses(tornadoMalformed),
	HTTP3:       refuses(tornadoMalformed),
	HTTP09:      refuses(tornadoMalformed),
	Simple:      refuses(tornadoMalformed),
	Chunked10:   refuses(tornadoMethod),
})

const tornadoMalformed = "HTTP/1.1 400 Bad Request\r\n" +
	"\r\n"

const tornadoMethod = "HTTP/1.1 405 Method Not Allowed\r\n" +
	"Server: TornadoServer/6.2\r\n" +
	"Content-Type: text/html; charset=UTF-8\r\n" +
	"Date: {date}\r\n" +
	"Content-Length: {length}\r\n" +
	"\r\n" +
	"<html><title>405: Method Not Allowed</title><body>405: Method Not Allowed</body></html>"
