package firmware_test

import (
	"strings"
	"testing"
	"time"
)

func TestABrokenReplyRaisesItsOwnError(t *testing.T) {
	t.Parallel()
	hang := func(bytes string) []reply { return []reply{{bytes: bytes, hang: true}} }
	chunked := ok + "Transfer-Encoding: chunked\r\n\r\n"
	protocol := "raises ProtocolError 71: "
	check(t, []row{
		{name: "no answer", reply: "", replies: []reply{{}}, want: "raises RequestError 104: the server closed the connection without an answer"},
		{name: "a reset", replies: []reply{{reset: true}}, want: "raises RequestError 104: waiting for http://HOST/x: [Errno 104]"},
		{name: "no status line", replies: hang("<html>\r\n"), want: protocol + "expected a status line of HTTP/1.x, got b'<html>\\r\\n'"},
		{name: "a status line of ICY", replies: hang("ICY 200 OK\r\n\r\n"), want: protocol + "expected a status line"},
		{name: "lower case", replies: hang("http/1.1 200 OK\r\n\r\n"), want: protocol + "expected a status line"},
		{name: "HTTP/2.0", replies: hang("HTTP/2.0 200 OK\r\n\r\n"), want: protocol + "expected a status line of HTTP/1.x, got b'HTTP/2.0 200 OK"},
		{name: "status 20", replies: hang("HTTP/1.1 20 OK\r\n\r\n"), want: protocol + "expected a status line"},
		{name: "status 2000", replies: hang("HTTP/1.1 2000 OK\r\n\r\n"), want: protocol + "expected a status line"},
		{name: "status 020", replies: hang("HTTP/1.1 020 OK\r\n\r\n"), want: protocol + "expected a status line"},
		{name: "status -20", replies: hang("HTTP/1.1 -20 OK\r\n\r\n"), want: protocol + "expected a status line"},
		{name: "an empty line first", replies: hang("\r\nHTTP/1.1 200 OK\r\n\r\n"), want: protocol + "expected a status line"},
		{name: "a status line that breaks off", reply: "HTTP/1.1 200", want: "raises IncompleteRead 104: the connection ended in the status line, after b'HTTP/1.1 200'"},
		{name: "a header that breaks off", reply: ok + "X: 1\r\nY: 2", want: "raises IncompleteRead 104: the connection ended in a header line, after b'Y: 2'"},
		{name: "a header without its end", reply: ok + "X: 1\r\n", want: "raises IncompleteRead 104: the connection ended in a header line"},
		{name: "a line without a colon", replies: hang(ok + "nonsense\r\n\r\n"), want: protocol + "expected a header field, got b'nonsense\\r\\n'"},
		{name: "a field without a name", replies: hang(ok + ": x\r\n\r\n"), want: protocol + "expected a header field"},
		{name: "a space before the colon", replies: hang(ok + "X : 1\r\n\r\n"), want: protocol + "expected a header field"},
		{name: "a space before the first field", replies: hang(ok + " X: 1\r\n\r\n"), want: protocol + "expected a header field"},
		{name: "CR in a field", replies: hang(ok + "X: a\rb\r\n\r\n"), want: protocol + "CR or NUL inside a header line"},
		{name: "CR before the line end", replies: hang(ok + "X: a\r\r\n\r\n"), want: protocol + "CR or NUL inside a header line"},
		{name: "NUL in a field", replies: hang(ok + "X: a\x00b\r\n\r\n"), want: protocol + "CR or NUL inside a header line"},
		{name: "NUL in the reason", replies: hang("HTTP/1.1 200 O\x00K\r\n\r\n"), want: protocol + "CR or NUL inside the status line"},
		{name: "a long line", replies: hang(ok + "X: " + strings.Repeat("a", 5000)), want: "raises TooLarge 90: a header line is longer than 4096 bytes"},
		{name: "a long status line", replies: hang("HTTP/1.1 200 " + strings.Repeat("a", 5000)), want: "raises TooLarge 90: the status line is longer than 4096 bytes"},
		{name: "a long header", replies: hang(ok + strings.Repeat("X: "+strings.Repeat("a", 995)+"\r\n", 9)), want: "raises TooLarge 90: the header is longer than 8192 bytes"},
		{name: "a long field in folds", replies: hang(ok + "X: a\r\n" + strings.Repeat(" "+strings.Repeat("a", 998)+"\r\n", 9)), want: "raises TooLarge 90: the header is longer than 8192 bytes"},
		{name: "sixty-five fields", replies: hang(ok + strings.Repeat("X: 1\r\n", 65)), want: "raises TooLarge 90: more than 64 header fields"},
		{name: "sixty-five fields, and their end", replies: hang(ok + strings.Repeat("X: 1\r\n", 65) + "\r\n"), want: "raises TooLarge 90: more than 64 header fields"},
		{name: "a tab inside a name", replies: hang(ok + "X\tY: z\r\n\r\n"), want: protocol + "expected a header field"},
		{name: "a last line without a colon, and a body with one", replies: hang(ok + "X: 1\r\nnonsense\r\n\r\na: b\r\n"), want: protocol + "expected a header field, got b'nonsense\\r\\n'"},
		{name: "nine interim answers", replies: hang(strings.Repeat("HTTP/1.1 102 P\r\n\r\n", 9)), want: protocol + "more than 8 interim"},
		{name: "a 101 that nobody asked for", replies: hang("HTTP/1.1 101 Go\r\nUpgrade: x\r\n\r\n"), want: protocol + "101 Switching Protocols"},

		{name: "two content-lengths", replies: hang(ok + "Content-Length: 2\r\nContent-Length: 5\r\n\r\n"), want: protocol + "content-length: expected one number, got b'2, 5'"},
		{name: "a list of content-lengths", replies: hang(ok + "Content-Length: 2, 5\r\n\r\n"), want: protocol + "content-length"},
		{name: "content-length -1", replies: hang(ok + "Content-Length: -1\r\n\r\n"), want: protocol + "content-length: expected one number, got b'-1'"},
		{name: "content-length +1", replies: hang(ok + "Content-Length: +1\r\n\r\n"), want: protocol + "content-length"},
		{name: "content-length of words", replies: hang(ok + "Content-Length: two\r\n\r\n"), want: protocol + "content-length"},
		{name: "an empty content-length", replies: hang(ok + "Content-Length:\r\n\r\n"), want: protocol + "content-length"},
		{name: "content-length 5 and nothing", replies: hang(ok + "Content-Length: 5,\r\n\r\n"), want: protocol + "content-length"},
		{name: "content-length beyond all counting", replies: hang(ok + "Content-Length: 99999999999999999999\r\n\r\n"), want: "raises TooLarge 90: a body of more bytes than a board can count: b'99999999999999999999'"},
		{name: "content-length, then a vertical tab", replies: hang(ok + "Content-Length: 5\v\r\n\r\nhello"), want: protocol + "content-length: expected one number, got b'5\\x0b'"},
		{name: "content-length behind a form feed", replies: hang(ok + "Content-Length: \f5\r\n\r\nhello"), want: protocol + "content-length: expected one number, got b'\\x0c5'"},
		{name: "content-length, then a vertical tab, line by line", replies: hang(ok + "X:1\r\nContent-Length: 5\v\r\n\r\nhello"), want: protocol + "content-length: expected one number, got b'5\\x0b'"},
		{name: "content-length behind a form feed in a fold", replies: hang(ok + "Content-Length:\r\n \f5\r\n\r\nhello"), want: protocol + "content-length: expected one number, got b'\\x0c5'"},
		{name: "content-length twice, once with a vertical tab", replies: hang(ok + "Content-Length: 5\r\nContent-Length: \v5\r\n\r\nhello"), want: protocol + "content-length"},
		{name: "content-length 1_0", replies: hang(ok + "Content-Length: 1_0\r\n\r\n0123456789"), want: protocol + "content-length: expected one number, got b'1_0'"},
		{name: "content-length 5 and 1_0", replies: hang(ok + "Content-Length: 1_0, 1_0\r\n\r\n0123456789"), want: protocol + "content-length"},
		{name: "content-length in Arabic", replies: hang(ok + "Content-Length: \u0665\r\n\r\nhello"), want: protocol + "content-length"},
		{name: "content-length of two words", replies: hang(ok + "Content-Length: 5 5\r\n\r\nhello"), want: protocol + "content-length"},
		{name: "content-length nothing and 5", replies: hang(ok + "Content-Length: ,5\r\n\r\nhello"), want: protocol + "content-length"},
		{name: "content-length 5, 5 and 6", replies: hang(ok + "Content-Length: 5, 5, 6\r\n\r\nhello!"), want: protocol + "content-length"},
		{name: "content-length just beyond counting", replies: hang(ok + "Content-Length: 1073741824\r\n\r\n"), want: "raises TooLarge 90: a body of more bytes than a board can count: b'1073741824'"},
		{name: "content-length of a thousand digits", replies: hang(ok + "Content-Length: " + strings.Repeat("9", 1000) + "\r\n\r\n"), want: "raises TooLarge 90: a body of more bytes than a board can count: b'" + strings.Repeat("9", 40) + "'"},
		{name: "an unknown transfer-encoding", replies: hang(ok + "Transfer-Encoding: br\r\n\r\n"), want: protocol + "transfer-encoding: expected chunked, got b'br'"},
		{name: "identity", replies: hang(ok + "Transfer-Encoding: identity\r\n\r\n"), want: protocol + "transfer-encoding: expected chunked, got b'identity'"},
		{name: "gzip, then chunked", replies: hang(ok + "Transfer-Encoding: gzip, chunked\r\n\r\n"), want: protocol + "transfer-encoding"},
		{name: "chunked, then gzip", replies: hang(ok + "Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip\r\n\r\n"), want: protocol + "transfer-encoding"},
		{name: "chunked twice", replies: hang(ok + "Transfer-Encoding: chunked, chunked\r\n\r\n"), want: protocol + "transfer-encoding"},
		{name: "what has chunked in its name", replies: hang(ok + "Transfer-Encoding: xchunked\r\n\r\n"), want: protocol + "transfer-encoding"},

		{name: "chunked behind a vertical tab", replies: hang(ok + "Transfer-Encoding: \vchunked\r\n\r\n0\r\n\r\n"), want: protocol + "transfer-encoding: expected chunked, got b'\\x0bchunked'"},
		{name: "chunked, then a form feed, line by line", replies: hang(ok + "X:1\r\nTransfer-Encoding: chunked\f\r\n\r\n0\r\n\r\n"), want: protocol + "transfer-encoding: expected chunked, got b'chunked\\x0c'"},
		{name: "chunked behind a vertical tab in a fold", replies: hang(ok + "Transfer-Encoding:\r\n \vchunked\r\n\r\n0\r\n\r\n"), want: protocol + "transfer-encoding"},
		{name: "chunked, twice in a line", replies: hang(ok + "Transfer-Encoding: chunked chunked\r\n\r\n"), want: protocol + "transfer-encoding"},
		{name: "an empty transfer-encoding", replies: hang(ok + "Transfer-Encoding: \r\n\r\n"), want: protocol + "transfer-encoding: expected chunked, got b''"},
		{name: "chunked in two fields", replies: hang(ok + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n"), want: protocol + "transfer-encoding"},

		{name: "a body that breaks off", reply: ok + "Content-Length: 5\r\n\r\nhel", want: "raises IncompleteRead 104: the body ended after 3 bytes; 5 in all were due"},
		{name: "a body that is reset", replies: []reply{{bytes: ok + "Content-Length: 5\r\n\r\n", reset: true}}, see: "r.content", want: "raises RequestError 104: reading the body of http://HOST/x: [Errno 104]"},
		{name: "a piece that breaks off", reply: ok + "Content-Length: 5\r\n\r\nhel", see: "list(r.iter_content(2))", want: "raises IncompleteRead 104: the body ended after 3 bytes; 5 in all were due"},
		{name: "a chunk that breaks off", reply: chunked + "5\r\nhel", want: "raises IncompleteRead 104: the body ended after 3 bytes; 5 and more chunks were due"},
		{name: "chunks without their end", reply: chunked + "3\r\nhel\r\n", want: "raises IncompleteRead 104: the connection ended in the size of a chunk"},
		{name: "a chunk without its line end", reply: chunked + "3\r\nhel", want: "raises IncompleteRead 104: the connection ended after the data of a chunk"},
		{name: "a chunk with half its line end", reply: chunked + "3\r\nhel\r", want: "raises IncompleteRead 104: the connection ended after the data of a chunk"},
		{name: "a chunk's size that breaks off", reply: chunked + "3", want: "raises IncompleteRead 104: the connection ended in the size of a chunk, after b'3'"},
		{name: "an interim answer and no other", reply: "HTTP/1.1 100 Continue\r\n\r\n", want: "raises RequestError 104: the server closed the connection without an answer"},
		{name: "trailers without their end", reply: chunked + "3\r\nhel\r\n0\r\n", want: "raises IncompleteRead 104: the connection ended in a header line"},
		{name: "junk after a chunk", replies: hang(chunked + "3\r\nhello\r\n0\r\n\r\n"), want: protocol + "expected a line end after the data of a chunk, got b'lo'"},
		{name: "a chunk of 0x2", replies: hang(chunked + "0x2\r\nab\r\n0\r\n\r\n"), want: protocol + "expected the size of a chunk in hex, got b'0x2\\r\\n'"},
		{name: "a chunk of -2", replies: hang(chunked + "-2\r\nab\r\n0\r\n\r\n"), want: protocol + "expected the size of a chunk"},
		{name: "a chunk of 1_0", replies: hang(chunked + "1_0\r\n"), want: protocol + "expected the size of a chunk"},
		{name: "a chunk of +2", replies: hang(chunked + "+2\r\nab\r\n0\r\n\r\n"), want: protocol + "expected the size of a chunk"},
		{name: "a chunk of 2 and a vertical tab", replies: hang(chunked + "2\v\r\nab\r\n0\r\n\r\n"), want: protocol + "expected the size of a chunk in hex, got b'2\\x0b\\r\\n'"},
		{name: "a chunk of 2 2", replies: hang(chunked + "2 2\r\nab\r\n0\r\n\r\n"), want: protocol + "expected the size of a chunk"},
		{name: "a chunk of an extension alone", replies: hang(chunked + ";a=b\r\nab\r\n0\r\n\r\n"), want: protocol + "expected the size of a chunk"},
		{name: "a chunk just beyond counting", replies: hang(chunked + "40000000\r\n"), want: "raises TooLarge 90: a chunk of more bytes than a board can count"},
		{name: "a chunk extension of a byte too many", replies: hang(chunked + "2;" + strings.Repeat("x", 1021) + "\r\nab\r\n0\r\n\r\n"), want: "raises TooLarge 90: the size of a chunk is longer than 1024 bytes"},
		{name: "a trailer that is no field", replies: hang(chunked + "0\r\nnonsense\r\n\r\n"), want: protocol + "expected a header field, got b'nonsense\\r\\n'"},
		{name: "a chunk of nothing", replies: hang(chunked + "\r\n"), want: protocol + "expected the size of a chunk"},
		{name: "a chunk of a space and 2", replies: hang(chunked + " 2\r\n"), want: protocol + "expected the size of a chunk"},
		{name: "a huge chunk", replies: hang(chunked + "ffffffffffffffff\r\n"), want: "raises TooLarge 90: a chunk of more bytes than a board can count"},
		{name: "a long chunk extension", replies: hang(chunked + "1;" + strings.Repeat("x", 2000)), want: "raises TooLarge 90: the size of a chunk is longer than 1024 bytes"},
		{name: "NUL in a chunk line", replies: hang(chunked + "1;a\x00b\r\n"), want: protocol + "CR or NUL inside the size of a chunk"},
		{name: "CR in a chunk line", replies: hang(chunked + "1;a\rb\r\n"), want: protocol + "CR or NUL inside the size of a chunk"},
		{name: "endless trailers", replies: hang(chunked + "0\r\n" + strings.Repeat("X: 1\r\n", 65)), want: "raises TooLarge 90: more than 64 header fields"},

		{name: "a body beyond max_body", replies: hang(ok + "Content-Length: 5\r\n\r\nhello"), call: "requests.get(url, max_body=4)", want: "raises TooLarge 90: a body of 5 bytes or more; max_body is 4"},
		{name: "chunks beyond max_body", replies: hang(chunked + "3\r\nhel\r\n2\r\n"), call: "requests.get(url, max_body=4)", want: "raises TooLarge 90: a body of 5 bytes or more; max_body is 4"},
		{name: "an endless body beyond max_body", replies: hang(ok + "\r\n" + strings.Repeat("x", 2000)), call: "requests.get(url, max_body=1000)", want: "raises TooLarge 90: a body of 1024 bytes or more; max_body is 1000"},
		{name: "what is beyond max_body may still be looked at", replies: hang("HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\n\r\n"), call: "requests.get(url, max_body=4)", see: "r.status_code", want: "404", unread: 1},
	})
}

func TestSilenceEndsInATimeout(t *testing.T) {
	t.Parallel()
	late := "raises Timeout 110: waiting for http://HOST/x: nothing came or went within the time allowed"
	lateBody := "raises Timeout 110: reading the body of http://HOST/x: nothing came or went within the time allowed"
	drip := func(bytes string) []reply { return []reply{{bytes: bytes, drip: 5 * time.Millisecond}} }
	check(t, []row{
		{name: "no answer", replies: []reply{{hang: true}}, call: "requests.get(url + '/x', timeout=0.2)", want: late},
		{name: "no answer, deadline", replies: []reply{{hang: true}}, call: "requests.get(url + '/x', deadline=0.2)", want: late},
		{name: "half a status line", replies: []reply{{bytes: "HTTP/1.1 2", hang: true}}, call: "requests.get(url + '/x', timeout=0.2)", want: late},
		{name: "half a header", replies: []reply{{bytes: ok + "X: ", hang: true}}, call: "requests.get(url + '/x', timeout=0.2)", want: late},
		{name: "half a body", replies: []reply{{bytes: ok + "Content-Length: 5\r\n\r\nhel", hang: true}}, call: "requests.get(url + '/x', timeout=0.2)", see: "r.content", want: lateBody},
		{name: "half a chunk's end", replies: []reply{{bytes: ok + "Transfer-Encoding: chunked\r\n\r\n3\r\nhel", hang: true}}, call: "requests.get(url + '/x', timeout=0.2)", see: "r.content", want: lateBody},
		{name: "a body without an end", replies: []reply{{bytes: ok + "\r\nhel", hang: true}}, call: "requests.get(url + '/x', timeout=0.2)", see: "r.content", want: lateBody},
		{name: "an answer that never ends, byte by byte", replies: drip("H"), call: "requests.get(url + '/x', timeout=5, deadline=0.3)", want: late},
		{name: "a header that never ends, line by line", replies: drip("HTTP/1.1 102 P\r\nX: 1\r\n"), call: "requests.get(url + '/x', timeout=5, deadline=0.3)", want: "raises "},
		{name: "a body that never ends", replies: drip(ok + "\r\nx"), call: "requests.get(url + '/x', deadline=0.3)", see: "r.content", want: lateBody},
		{name: "a deadline that is met", reply: ok + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", call: "requests.get(url + '/x', deadline=20)", want: "(200, b'abc')"},
		{name: "a deadline that is met, by length", reply: ok + "Content-Length: 3\r\n\r\nabc", call: "requests.get(url + '/x', deadline=20)", see: "r.content, left_open()", want: "(b'abc', 0)"},
		{name: "a deadline for a large body that goes out", reply: ok + "Content-Length: 3\r\n\r\nabc", call: "requests.post(url + '/x', data=b'x' * 100000, deadline=20)", want: "(200, b'abc')"},
		{name: "no timeout", reply: ok + "Content-Length: 3\r\n\r\nabc", call: "requests.get(url + '/x', timeout=None)", want: "(200, b'abc')"},
	})
}

func TestTheBoardCanAskAgainAfterEachError(t *testing.T) {
	t.Parallel()
	check(t, []row{
		{name: "refused", call: "requests.get('http://127.0.0.1:1/')", want: "raises RequestError 111: connecting to http://127.0.0.1:1/: "},
		{name: "no such host", call: "requests.get('http://nowhere.invalid/')", want: "raises RequestError -2: connecting to http://nowhere.invalid/: "},
		{name: "then one that works", reply: ok + "\r\nfine", want: "(200, b'fine')"},
		{name: "every error is an OSError", replies: []reply{{bytes: "nonsense\n"}}, call: "[issubclass(e, OSError) for e in (requests.RequestError, requests.Timeout, requests.ProtocolError, requests.IncompleteRead, requests.TooLarge, requests.TooManyRedirects)]", see: "r", want: "[True, True, True, True, True, True]"},
	})
}
