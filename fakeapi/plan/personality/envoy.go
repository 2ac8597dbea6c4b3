package personality

// envoy takes HTTP/1.1 alone, and answers every other version with a 426. Whether that
// carries Upgrade was never seen; the transcripts that people have published show none.
// With accept_http_10 it is another server.
var _ = register(Personality{
	Name:   "envoy",
	Server: "Envoy, without accept_http_10",
	Source: "not run: no Debian package. source/common/http/http1/codec_impl.cc, checkProtocolVersion: " +
		"what is not 1.1 counts as 1.0 and gets 426; its bytes as in the transcript of Hydrospheredata/hydro-serving issue 240",

	HTTP10:      refuses(envoyUpgrade),
	KeepAlive10: refuses(envoyUpgrade),
	HTTP11:      serves("1.1", Keeps),
	NoHost:      refuses(envoyMalformed),
	HTTP12:      refuses(envoyUpgrade),
	HTTP2:       refuses(envoyUpgrade),
	HTTP3:       refuses(envoyUpgrade),
	HTTP09:      refuses(envoyUpgrade),
	Simple:      refuses(envoyUpgrade),
	Chunked10:   refuses(envoyUpgrade),
})

const envoyUpgrade = "HTTP/1.1 426 Upgrade Required\r\n" +
	"date: {date}\r\n" +
	"server: envoy\r\n" +
	"connection: close\r\n" +
	"content-length: 0\r\n" +
	"\r\n"

const envoyMalformed = "HTTP/1.1 400 Bad Request\r\n" +
	"date: {date}\r\n" +
	"server: envoy\r\n" +
	"connection: close\r\n" +
	"content-length: 0\r\n" +
	"\r\n"
