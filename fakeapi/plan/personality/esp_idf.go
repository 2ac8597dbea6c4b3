package personality

// esp-idf is the server of the SDK that the boards' own firmware is built on. It refuses
// the major versions that it does not know, and looks at no minor one: HTTP/1.2 passes. It
// neither asks for Host nor looks at Connection: a connection stays open, in HTTP/1.0 too,
// until the client closes it or its place is needed.
var _ = register(Personality{
	Name:   "esp-idf",
	Server: "esp_http_server of ESP-IDF 5",
	Source: "not run: it runs on a board. components/esp_http_server/src/httpd_parse.c, verify_url, and httpd_txrx.c, httpd_resp_send_err",

	HTTP10:      serves("1.1", Keeps),
	KeepAlive10: serves("1.1", Keeps),
	HTTP11:      serves("1.1", Keeps),
	HTTP12:      serves("1.1", Keeps),
	HTTP2:       refuses(espVersion),
	HTTP3:       refuses(espVersion),
	HTTP09:      refuses(espVersion),
	Simple:      refuses(espVersion),
})

const espVersion = "HTTP/1.1 505 Version Not Supported\r\n" +
	"Content-Type: text/html\r\n" +
	"Content-Length: {length}\r\n" +
	"\r\n" +
	"HTTP version not supported by server"
