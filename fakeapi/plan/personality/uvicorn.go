package personality

// uvicorn (h11) serves every version above 1.0 as its own. It closes in HTTP/1.0 whatever
// is asked.
var _ = register(Personality{
	Name:   "uvicorn",
	Server: "uvicorn 0.17 with h11, an application that writes a page",
	Source: Measured,

	HTTP10:      serves("1.1", Closes),
	KeepAlive10: serves("1.1", Closes),
	HTTP11:      serves("1.1", Keeps),
	NoHost:      refusesBlindly(uvicornMalformed),
	HTTP12:      serves("1.1", Keeps),
	HTTP2:       serves("1.1", Keeps),
	HTTP3:       serves("1.1", Keeps),
	HTTP09:      serves("1.1", Closes),
	Simple:      refusesBlindly(uvicornMalformed),
})

const uvicornMalformed = "HTTP/1.1 400 Bad Request\r\n" +
	"content-type: text/plain; charset=utf-8\r\n" +
	"Connection: close\r\n" +
	"\r\n" +
	"Invalid HTTP request received."
