package personality

// tomcat-10 has no reason phrase in any status line, and does not say that it closes
// behind a 505. A line without a version gets the page alone. It keeps a connection in 1.0
// where it knows the length of the body.
var _ = register(Personality{
	Name:   "tomcat-10",
	Server: "Apache Tomcat 10.1, serving a file",
	Source: Measured,

	HTTP10:      serves("1.1", Closes),
	KeepAlive10: serves("1.1", KeepsAloud),
	HTTP11:      serves("1.1", Keeps),
	NoHost:      refuses(tomcatMalformed),
	HTTP12:      refuses(tomcatVersion),
	HTTP2:       refuses(tomcatVersion),
	HTTP3:       refuses(tomcatVersion),
	HTTP09:      refuses(tomcatVersion),
	Simple:      bare,
	Chunked10:   refuses(tomcatMalformed),

	Reasonless: true,
})

const tomcatMalformed = "HTTP/1.1 400 \r\n" +
	"Content-Type: text/html;charset=utf-8\r\n" +
	"Content-Language: en\r\n" +
	"Content-Length: {length}\r\n" +
	"Date: {date}\r\n" +
	"Connection: close\r\n" +
	"\r\n" +
	"<!doctype html><html lang=\"en\"><head><title>HTTP Status 400 – Bad Request</title><style type=\"text/css\">body {font-family:Tahoma,Arial,sans-serif;} h1, h2, h3, b {color:white;background-color:#525D76;} h1 {font-size:22px;} h2 {font-size:16px;} h3 {font-size:14px;} p {font-size:12px;} a {color:black;} .line {height:1px;background-color:#525D76;border:none;}</style></head><body><h1>HTTP Status 400 – Bad Request</h1><hr class=\"line\" /><p><b>Type</b> Status Report</p><p><b>Description</b> The server cannot or will not process the request due to something that is perceived to be a client error (e.g., malformed request syntax, invalid request message framing, or deceptive request routing).</p><hr class=\"line\" /><h3>Apache Tomcat/10.1.60 (Debian)</h3></body></html>"

const tomcatVersion = "HTTP/1.1 505 \r\n" +
	"Content-Type: text/html;charset=utf-8\r\n" +
	"Content-Language: en\r\n" +
	"Content-Length: {length}\r\n" +
	"Date: {date}\r\n" +
	"\r\n" +
	"<!doctype html><html lang=\"en\"><head><title>HTTP Status 505 – HTTP Version Not Supported</title><style type=\"text/css\">body {font-family:Tahoma,Arial,sans-serif;} h1, h2, h3, b {color:white;background-color:#525D76;} h1 {font-size:22px;} h2 {font-size:16px;} h3 {font-size:14px;} p {font-size:12px;} a {color:black;} .line {height:1px;background-color:#525D76;border:none;}</style></head><body><h1>HTTP Status 505 – HTTP Version Not Supported</h1><hr class=\"line\" /><p><b>Type</b> Status Report</p><p><b>Description</b> The server does not support, or refuses to support, the major version of HTTP that was used in the request message.</p><hr class=\"line\" /><h3>Apache Tomcat/10.1.60 (Debian)</h3></body></html>"
