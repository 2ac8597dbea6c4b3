package firmware_test

import (
	"strings"
	"testing"
)

// ok is the head of a reply up to its own fields.
const ok = "HTTP/1.1 200 OK\r\n"

func TestARepliesFieldsAreSeenAsTheServerSentThem(t *testing.T) {
	t.Parallel()
	check(t, []row{
		{
			name: "status, reason, version", reply: "HTTP/1.0 404 Not Found\r\nContent-Length: 2\r\n\r\nno",
			see: "r.status_code, r.reason, r.version, r.request_version, r.content", want: "(404, 'Not Found', '1.0', '1.1', b'no')",
		},
		{name: "no reason", reply: "HTTP/1.1 200\r\n\r\n", see: "r.reason, type(r.reason)", want: "('', <class 'str'>)", unread: 1},
		{name: "no reason after a space", reply: "HTTP/1.1 200 \r\n\r\n", see: "r.reason", want: "''", unread: 1},
		{name: "a later minor version", reply: "HTTP/1.2 200 OK\r\n\r\nx", see: "r.version, r.content", want: "('1.2', b'x')"},
		{name: "a status without a name", reply: "HTTP/1.1 799 So\r\nContent-Length: 0\r\n\r\n", see: "r.status_code", want: "799"},
		{name: "how long it took", reply: ok + "\r\n", see: "type(r.elapsed_ms), 0 <= r.elapsed_ms < 30000", want: "(<class 'int'>, True)", unread: 1},
		{name: "what a Response has not", reply: ok + "\r\n", see: "r.colour", want: "raises AttributeError: a Response has no attribute colour", unread: 1},
		{name: "what the module has not", reply: ok + "\r\n", see: "requests.colour", want: "raises AttributeError: ", unread: 1},
		{name: "any case of a name", reply: ok + "X-One: 1\r\n\r\n", see: "r.headers['x-ONE'], 'X-one' in r.headers, 'x-two' in r.headers", want: "('1', True, False)", unread: 1},
		{name: "a field that is not there", reply: ok + "\r\n", see: "r.headers.get('x'), r.headers.get('x', 1)", want: "(None, 1)", unread: 1},
		{name: "a field that is asked for and not there", reply: ok + "\r\n", see: "r.headers['x']", want: "raises KeyError: x", unread: 1},
		{
			name: "duplicates joined, and one by one", reply: ok + "Set-Cookie: a=1\r\nX: y\r\nset-cookie: b=2\r\n\r\n",
			see:    "r.headers['set-cookie'], list(r.headers.items()), len(r.headers), list(r.headers)",
			want:   "('a=1, b=2', [('Set-Cookie', 'a=1'), ('X', 'y'), ('set-cookie', 'b=2')], 3, ['Set-Cookie', 'X', 'set-cookie'])",
			unread: 1,
		},
		{name: "white space around a value", reply: ok + "X:\t a b \t\r\nY:\r\n\r\n", see: "r.headers['x'], r.headers['y']", want: "('a b', '')", unread: 1},
		{name: "lines that end in LF alone", reply: "HTTP/1.1 200 OK\nX: 1\nContent-Length: 1\n\nz", see: "r.reason, r.headers['x'], r.content", want: "('OK', '1', b'z')"},
		{name: "a line in the middle that ends in LF alone", replies: []reply{{bytes: ok + "X: 1\nContent-Length: 1\r\n\r\nzz", hang: true}}, see: "r.headers['x'], len(r.headers), r.content", want: "('1', 2, b'z')"},
		{name: "a last line that ends in LF alone", replies: []reply{{bytes: ok + "X: 1\r\nContent-Length: 1\n\r\nzz", hang: true}}, see: "r.headers['x'], len(r.headers), r.content", want: "('1', 2, b'z')"},
		{name: "an empty line that ends in LF alone", replies: []reply{{bytes: ok + "X: 1\r\nContent-Length: 1\r\n\nzz", hang: true}}, see: "r.headers['x'], len(r.headers), r.content", want: "('1', 2, b'z')"},
		{name: "obs-fold", reply: ok + "X: a \t\r\n  b\r\n\tc\r\nY: d\r\n\r\n", see: "list(r.headers.items())", want: "[('X', 'a b c'), ('Y', 'd')]", unread: 1},
		{name: "an empty fold", reply: ok + "X: a\r\n \t\r\nY: d\r\n\r\n", see: "list(r.headers.items())", want: "[('X', 'a'), ('Y', 'd')]", unread: 1},
		{name: "white space of other protocols is part of a value", reply: ok + "X: \va\f\r\n\r\n", see: "r.headers['x'], list(r.headers.values())", want: "('\\x0ba\\x0c', ['\\x0ba\\x0c'])", unread: 1},
		{name: "a value in Latin-1", reply: ok + "X: caf\xe9\r\n\r\n", see: "[ord(c) for c in r.headers['x']]", want: "[99, 97, 102, 233]", unread: 1},
		{name: "a value in UTF-8", reply: ok + "X: \xc3\xa9\r\n\r\n", see: "[ord(c) for c in r.headers['x']]", want: "[233]", unread: 1},
		{name: "sixty-four fields", reply: ok + strings.Repeat("X: 1\r\n", 64) + "\r\n", see: "len(r.headers)", want: "64", unread: 1},
		{name: "a 100 and a 199 before the answer", reply: "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 199 Odd\r\nLink: x\r\n\r\n" + ok + "X: 1\r\n\r\nz", see: "r.status_code, len(r.headers), r.content", want: "(200, 1, b'z')"},
		{name: "eight interim answers", reply: strings.Repeat("HTTP/1.1 102 P\r\n\r\n", 8) + ok + "\r\nz", want: "(200, b'z')"},
		{
			name: "a 101 that was asked for", replies: []reply{{bytes: "HTTP/1.1 101 Go\r\nUpgrade: echo\r\n\r\nhello", hang: true}},
			call: "requests.get(url, headers={'Upgrade': 'echo', 'Connection': 'upgrade'})", see: "r.status_code, r.content, r.raw.read(5)", want: "(101, b'', b'hello')", unread: 1,
		},
	})
}

func TestABodyEndsWhereItsFramingSays(t *testing.T) {
	t.Parallel()
	hang := func(bytes string) []reply { return []reply{{bytes: bytes, hang: true}} }
	chunked := ok + "Transfer-Encoding: chunked\r\n\r\n"
	check(t, []row{
		{name: "content-length", replies: hang(ok + "Content-Length: 5\r\n\r\nhello, and more"), want: "(200, b'hello')"},
		{name: "content-length 0", replies: hang(ok + "Content-Length: 0\r\n\r\n"), want: "(200, b'')"},
		{name: "content-length twice the same", replies: hang(ok + "Content-Length: 2\r\ncontent-length: 2\r\n\r\nok"), want: "(200, b'ok')"},
		{name: "content-length as a list of the same", replies: hang(ok + "Content-Length: 2, 2\r\n\r\nok"), want: "(200, b'ok')"},
		{name: "the end of the connection", reply: ok + "\r\nall of it", want: "(200, b'all of it')"},
		{name: "the end of the connection, 1.0", reply: "HTTP/1.0 200 OK\r\n\r\nall of it", want: "(200, b'all of it')"},
		{name: "the end of the connection, long", reply: ok + "\r\n" + strings.Repeat("0123456789", 300), see: "len(r.content), r.content == b'0123456789' * 300", want: "(3000, True)"},
		{name: "HEAD", replies: hang(ok + "Content-Length: 500\r\n\r\n"), call: "requests.head(url)", see: "r.content, r.headers['content-length']", want: "(b'', '500')"},
		{name: "HEAD of something too large to count", replies: hang(ok + "Content-Length: 99999999999\r\n\r\n"), call: "requests.head(url)", want: "(200, b'')"},
		{name: "204", replies: hang("HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n"), want: "(204, b'')"},
		{name: "304", replies: hang("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n"), want: "(304, b'')"},
		{name: "HEAD, line by line", replies: hang(ok + "X:1\r\nContent-Length: 500\r\n\r\n"), call: "requests.head(url)", see: "r.content, r.headers['content-length']", want: "(b'', '500')"},
		{name: "HEAD with framing that is none", replies: hang(ok + "Content-Length: 5, 6\r\nTransfer-Encoding: x\r\n\r\n"), call: "requests.head(url)", want: "(200, b'')"},
		{name: "204, line by line", replies: hang("HTTP/1.1 204 No Content\r\nX:1\r\nContent-Length: 5\r\n\r\n"), want: "(204, b'')"},
		{name: "304, line by line", replies: hang("HTTP/1.1 304 Not Modified\r\nX:1\r\nTransfer-Encoding: chunked\r\n\r\n"), want: "(304, b'')"},
		{name: "chunks", replies: hang(chunked + "3\r\nabc\r\n0A\r\n0123456789\r\n0\r\n\r\n"), want: "(200, b'abc0123456789')"},
		{name: "every digit of a chunk's size", replies: hang(chunked + "9\r\n123456789\r\n1a\r\n12345678901234567890123456\r\n1F\r\n1234567890123456789012345678901\r\n0\r\n\r\n"), see: "len(r.content)", want: "66"},
		{name: "no chunks at all", replies: hang(chunked + "0\r\n\r\n"), want: "(200, b'')"},
		{name: "chunk extensions", replies: hang(chunked + "3;a=b;c=\"d\"\r\nabc\r\n0 ; e\r\n\r\n"), want: "(200, b'abc')"},
		{name: "chunk lines that end in LF alone", replies: hang(chunked + "3\nabc\n0\n\n"), want: "(200, b'abc')"},
		{name: "trailers", replies: hang(chunked + "3\r\nabc\r\n0\r\nX-Sum: 1\r\n\r\n"), see: "r.content, 'x-sum' in r.headers", want: "(b'abc', False)"},
		{name: "a chunk of 8 KiB", replies: hang(chunked + "2000\r\n" + strings.Repeat("x", 8192) + "\r\n0\r\n\r\n"), see: "len(r.content)", want: "8192"},
		{name: "3000 chunks of a byte", replies: hang(chunked + strings.Repeat("1\r\nx\r\n", 3000) + "0\r\n\r\n"), see: "len(r.content), r.content[-3:]", want: "(3000, b'xxx')"},
		{name: "the longest chunk extension", replies: hang(chunked + "2;" + strings.Repeat("x", 1020) + "\r\nab\r\n0\r\n\r\n"), want: "(200, b'ab')"},
		{name: "white space behind a chunk's size", replies: hang(chunked + "2 \t\r\nab\r\n0 \r\n\r\n"), want: "(200, b'ab')"},
		{name: "zeros before a chunk's size", replies: hang(chunked + "0002\r\nab\r\n000\r\n\r\n"), want: "(200, b'ab')"},
		{name: "chunked between empty items of a list", replies: hang(ok + "Transfer-Encoding: ,\t, chunked ,\r\n\r\n1\r\nx\r\n0\r\n\r\n"), want: "(200, b'x')"},
		{name: "white space around a content-length", replies: hang(ok + "Content-Length: \t 5 \t\r\n\r\nhello!"), want: "(200, b'hello')"},
		{name: "a content-length in a fold", replies: hang(ok + "Content-Length:\r\n 5\r\n\r\nhello!"), want: "(200, b'hello')"},
		{name: "a content-length with zeros before it", replies: hang(ok + "Content-Length: 00000000000000000005\r\n\r\nhello!"), want: "(200, b'hello')"},
		{name: "a content-length of many zeros", replies: hang(ok + "Content-Length: 00000000000000000000\r\n\r\nhello!"), want: "(200, b'')"},
		{name: "any case of chunked", replies: hang(ok + "transfer-encoding: ChunkeD\r\n\r\n1\r\nx\r\n0\r\n\r\n"), want: "(200, b'x')"},
		{name: "chunked beside a content-length", replies: hang(ok + "Content-Length: 99\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n"), want: "(200, b'x')"},
		{name: "chunked in a 1.0 reply", replies: hang("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n"), want: "(200, b'x')"},
	})
}

func TestTheBodyIsTakenInEachWay(t *testing.T) {
	t.Parallel()
	json := `{"id": 1, "title": "caf\u00e9"}`
	whole := ok + "Content-Type: application/json; charset=utf-8\r\nContent-Length: 31\r\n\r\n{\"id\": 1, \"title\": \"caf\\u00e9\"}"
	parts := ok + "Transfer-Encoding: chunked\r\n\r\n5\r\n{\"id\"\r\n1A\r\n: 1, \"title\": \"caf\\u00e9\"}\r\n0\r\n\r\n"
	check(t, []row{
		{name: "content is read once and kept", reply: whole, see: "r.content is r.content, len(r.content)", want: "(True, 31)"},
		{name: "json of a known length", reply: whole, see: "sorted(r.json().items())[0], r.json()['id'], len(r.content)", want: "(('id', 1), 1, 31)"},
		{name: "json of chunks", reply: parts, see: "r.json()['id'], len(r.json()['title']), len(r.text)", want: "(1, 4, 31)"},
		{name: "json as it arrives", reply: parts, call: "requests.get(url, stream=True)", see: "r.json()['id'], left_open()", want: "(1, 0)"},
		{name: "json as it arrives, with a NUL, at which it ends", replies: []reply{{bytes: ok + "Content-Length: 6\r\n\r\n[1]\x00[]", hang: true}}, call: "requests.get(url, stream=True)", see: "r.json(), left_open()", want: "([1], 0)"},
		{name: "json as it arrives is not kept", reply: whole, call: "requests.get(url, stream=True)", see: "r.json()['id'], r.content", want: "raises ValueError: the body went out as a stream"},
		{name: "what is not JSON", reply: ok + "Content-Type: text/html\r\n\r\n<html>", see: "r.json()", want: "raises ValueError: expected JSON, got a body of type text/html: b'<html>'"},
		{name: "what is not JSON, as it arrives", reply: ok + "\r\n<html>", call: "requests.get(url, stream=True)", see: "r.json()", want: "raises ValueError: expected JSON, got a body of type None"},
		{name: "JSON that breaks off raises what broke it", reply: ok + "Content-Length: 50\r\n\r\n" + json, see: "r.json()", want: "raises IncompleteRead 104: the body ended after 31 bytes; 50 in all were due"},
		{name: "text in UTF-8", reply: ok + "\r\n\xc3\xa9", see: "r.text == '\\xe9', r.encoding", want: "(True, 'utf-8')"},
		{name: "text in Latin-1", reply: ok + "Content-Type: text/plain; Charset=\"ISO-8859-1\"\r\n\r\n\xe9", see: "r.text == '\\xe9', r.encoding", want: "(True, 'iso-8859-1')"},
		{name: "text in an unknown charset", reply: ok + "Content-Type: text/plain; charset=koi8-r\r\n\r\n\xe9", see: "r.text", want: "raises ValueError: text: expected utf-8 or iso-8859-1, got koi8-r", unread: 1},
		{name: "text that is not UTF-8", reply: ok + "\r\n\xe9", see: "r.text", want: "raises UnicodeError: "},
		{name: "iter_content", reply: ok + "Content-Length: 5\r\n\r\nhello", see: "list(r.iter_content(2))", want: "[b'he', b'll', b'o']"},
		{name: "iter_content of chunks", reply: parts, see: "[len(p) for p in r.iter_content(16)]", want: "[5, 16, 10]"},
		{name: "iter_content until the end", reply: ok + "\r\nhello", see: "list(r.iter_content(2))", want: "[b'he', b'll', b'o']"},
		{name: "iter_content of content", reply: ok + "\r\nhello", see: "r.content, list(r.iter_content(3))", want: "(b'hello', [b'hel', b'lo'])"},
		{name: "iter_content of nothing", reply: "HTTP/1.1 204 No\r\n\r\n", see: "list(r.iter_content(2))", want: "[]"},
		{name: "iter_content in pieces of nothing", reply: ok + "Content-Length: 0\r\n\r\n", see: "list(r.iter_content(0))", want: "raises ValueError: chunk_size"},
		{name: "readinto", reply: ok + "Content-Length: 5\r\n\r\nhello", call: "(requests.get(url), bytearray(4))", see: "r[0].readinto(r[1]), bytes(r[1]), r[0].readinto(r[1]), r[1][:1], r[0].readinto(r[1])", want: "(4, b'hell', 1, bytearray(b'o'), 0)"},
		{name: "read", reply: parts, see: "r.read(7), r.raw.read(2), len(r.read())", want: "(b'{\"id\": ', b'1,', 22)"},
		{name: "content after a stream", reply: ok + "\r\nhello", see: "r.read(2), r.content", want: "raises ValueError: the body went out as a stream", unread: 1},
		{name: "a stream after content", reply: ok + "\r\nhello", see: "r.content, r.read(2)", want: "raises ValueError: the body is in content"},
		{name: "content after a part of it leaves the rest to be read", reply: ok + "Content-Length: 5\r\n\r\nhello", see: "r.read(2), error(lambda: r.content), r.read()", want: "(b'he', 'the body went out as a stream already', b'llo')"},
		{name: "json of content, where it would not be kept", reply: whole, call: "requests.get(url, stream=True)", see: "len(r.content), r.json()['id'], r.json()['id']", want: "(31, 1, 1)"},
		{name: "json that is not kept, twice", reply: parts, call: "requests.get(url, stream=True)", see: "r.json()['id'], error(r.json)", want: "(1, 'the body went out as a stream already')"},
		{name: "what is not JSON, twice", reply: ok + "\r\nhi", see: "error(r.json), error(r.json)", want: "(\"expected JSON, got a body of type None: b'hi'\", \"expected JSON, got a body of type None: b'hi'\")"},
		{name: "every way after close", reply: ok + "Content-Length: 5\r\n\r\nhello", see: "r.close(), set(error(f) for f in (lambda: r.content, lambda: r.text, r.json, r.read, lambda: r.readinto(bytearray(2)), lambda: list(r.iter_content()), lambda: r.raw.read(2)))", want: "(None, {'the response was closed before its body was read'})"},
		{name: "what was read stays after close", reply: ok + "Content-Length: 5\r\n\r\n[1,2]", see: "r.content, r.close(), r.content, r.text, r.json(), list(r.iter_content(3)), r.status_code, r.reason, r.headers['content-length']", want: "(b'[1,2]', None, b'[1,2]', '[1,2]', [1, 2], [b'[1,', b'2]'], 200, 'OK', '5')"},
		{name: "pieces that are no number", reply: ok + "Content-Length: 5\r\n\r\nhello", see: "[error(lambda: list(r.iter_content(n))) for n in (0, -1, 1.5, 'a', None)], r.content", want: "(['chunk_size: expected 1 or more, got 0', 'chunk_size: expected 1 or more, got -1', 'chunk_size: expected 1 or more, got 1.5', \"chunk_size: expected 1 or more, got 'a'\", 'chunk_size: expected 1 or more, got None'], b'hello')"},
		{name: "pieces that are left and gone on with", reply: ok + "Content-Length: 5\r\n\r\nhello", see: "next(r.iter_content(2)), list(r.iter_content(2))", want: "(b'he', [b'll', b'o'])"},
		{name: "nothing is read into nothing", reply: ok + "Content-Length: 5\r\n\r\nhello", see: "r.readinto(bytearray(0)), r.read(0), r.read()", want: "(0, b'', b'hello')"},
		{name: "an error in a with block closes", replies: []reply{{bytes: ok + "Content-Length: 5\r\n\r\nhello", hang: true}}, see: "error(lambda: inside(r)), left_open()", want: "('divide by zero', 0)"},
		{name: "close before the end closes", replies: []reply{{bytes: ok + "Content-Length: 5\r\n\r\nhello", hang: true}}, see: "r.close(), left_open()", want: "(None, 0)"},
		{name: "an encoding that is set", reply: ok + "\r\n\xe9", see: "setattr(r, 'encoding', 'latin-1'), r.text == '\\xe9', r.encoding", want: "(None, True, 'latin-1')"},
		{name: "content after close", reply: ok + "\r\nhello", see: "r.close(), r.close(), r.content", want: "raises ValueError: the response was closed"},
		{name: "a with block closes", reply: ok + "\r\nhello", see: "r.__enter__() is r, r.__exit__(None, None, None), left_open()", want: "(True, None, 0)"},
		{name: "the socket is closed with the last byte", replies: []reply{{bytes: ok + "Content-Length: 5\r\n\r\nhello", hang: true}}, see: "r.content, left_open()", want: "(b'hello', 0)"},
		{name: "a body within max_body", reply: ok + "Content-Length: 5\r\n\r\nhello", call: "requests.get(url, max_body=5)", want: "(200, b'hello')"},
	})
}
