package personality

// lighttpd answers HTTP/1.0 in 1.0, and refuses in 1.0 what it knows to be no 1.1 before it
// has read the fields.
var _ = register(Personality{
	Name:   "lighttpd",
	Server: "lighttpd 1.4.69, serving a file",
	Source: Measured,

	HTTP10:      serves("1.0", Closes),
	KeepAlive10: serves("1.0", KeepsAloud),
	HTTP11:      serves("1.1", Keeps),
	NoHost:      refuses(lighttpdNoHost),
	HTTP12:      refusesBlindly(lighttpdVersion),
	HTTP2:       refusesBlindly(lighttpdVersion),
	HTTP3:       refusesBlindly(lighttpdVersion),
	HTTP09:      refusesBlindly(lighttpdVersion),
	Simple:      refusesBlindly(lighttpdMalformed),
	Chunked10:   refusesBlindly(lighttpdMalformed),
})

const lighttpdNoHost = "HTTP/1.1 400 Bad Request\r\n" +
	"Content-Type: text/html\r\n" +
	"Content-Length: {length}\r\n" +
	"Connection: close\r\n" +
	"Date: {date}\r\n" +
	"Server: lighttpd/1.4.69\r\n" +
	"\r\n" +
	"<?xml version=\"1.0\" encoding=\"iso-8859-1\"?>\n" +
	"<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Transitional//EN\"\n" +
	"         \"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd\">\n" +
	"<html xmlns=\"http://www.w3.org/1999/xhtml\" xml:lang=\"en\" lang=\"en\">\n" +
	" <head>\n" +
	"  <title>400 Bad Request</title>\n" +
	" </head>\n" +
	" <body>\n" +
	"  <h1>400 Bad Request</h1>\n" +
	" </body>\n" +
	"</html>\n"

const lighttpdVersion = "HTTP/1.0 505 HTTP Version Not Supported\r\n" +
	"Content-Type: text/html\r\n" +
	"Content-Length: {length}\r\n" +
	"Connection: close\r\n" +
	"Date: {date}\r\n" +
	"Server: lighttpd/1.4.69\r\n" +
	"\r\n" +
	"<?xml version=\"1.0\" encoding=\"iso-8859-1\"?>\n" +
	"<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Transitional//EN\"\n" +
	"         \"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd\">\n" +
	"<html xmlns=\"http://www.w3.org/1999/xhtml\" xml:lang=\"en\" lang=\"en\">\n" +
	" <head>\n" +
	"  <title>505 HTTP Version Not Supported</title>\n" +
	" </head>\n" +
	" <body>\n" +
	"  <h1>505 HTTP Version Not Supported</h1>\n" +
	" </body>\n" +
	"</html>\n"

const lighttpdMalformed = "HTTP/1.0 400 Bad Request\r\n" +
	"Content-Type: text/html\r\n" +
	"Content-Length: {length}\r\n" +
	"Connection: close\r\n" +
	"Date: {date}\r\n" +
	"Server: lighttpd/1.4.69\r\n" +
	"\r\n" +
	"<?xml version=\"1.0\" encoding=\"iso-8859-1\"?>\n" +
	"<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Transitional//EN\"\n" +
	"         \"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd\">\n" +
	"<html xmlns=\"http://www.w3.org/1999/xhtml\" xml:lang=\"en\" lang=\"en\">\n" +
	" <head>\n" +
	"  <title>400 Bad Request</title>\n" +
	" </head>\n" +
	" <body>\n" +
	"  <h1>400 Bad Request</h1>\n" +
	" </body>\n" +
	"</html>\n"
