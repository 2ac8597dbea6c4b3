package personality

// nginx answers a line without a version as HTTP/0.9 was answered: with the page alone.
var _ = register(Personality{
	Name:   "nginx",
	Server: "nginx 1.22, serving a file",
	Source: Measured,

	HTTP10:      serves("1.1", Closes),
	KeepAlive10: serves("1.1", KeepsAloud),
	HTTP11:      serves("1.1", KeepsAloud),
	NoHost:      refuses(nginxMalformed),
	HTTP12:      serves("1.1", KeepsAloud),
	HTTP2:       refuses(nginxVersion),
	HTTP3:       refuses(nginxVersion),
	HTTP09:      refuses(nginxMalformed),
	Simple:      bare,
	Chunked10:   refuses(nginxMalformed),
})

const nginxMalformed = "HTTP/1.1 400 Bad Request\r\n" +
	"Server: nginx/1.22.1\r\n" +
	"Date: {date}\r\n" +
	"Content-Type: text/html\r\n" +
	"Content-Length: {length}\r\n" +
	"Connection: close\r\n" +
	"\r\n" +
	"<html>\r\n" +
	"<head><title>400 Bad Request</title></head>\r\n" +
	"<body>\r\n" +
	"<center><h1>400 Bad Request</h1></center>\r\n" +
	"<hr><center>nginx/1.22.1</center>\r\n" +
	"</body>\r\n" +
	"</html>\r\n"

const nginxVersion = "HTTP/1.1 505 HTTP Version Not Supported\r\n" +
	"Server: nginx/1.22.1\r\n" +
	"Date: {date}\r\n" +
	"Content-Type: text/html\r\n" +
	"Content-Length: {length}\r\n" +
	"Connection: close\r\n" +
	"\r\n" +
	"<html>\r\n" +
	"<head><title>505 HTTP Version Not Supported</title></head>\r\n" +
	"<body>\r\n" +
	"<center><h1>505 HTTP Version Not Supported</h1></center>\r\n" +
	"<hr><center>nginx/1.22.1</center>\r\n" +
	"</body>\r\n" +
	"</html>\r\n"
