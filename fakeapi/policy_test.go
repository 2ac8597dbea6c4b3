package fakeapi_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/fakeapi"
	"github.com/espy-hil/espy/fakeapi/plan"
)

// requestIn is a GET in a version, whole enough for any policy.
func requestIn(version string) string {
	if version == "0.9" {
		return "GET /users/1\r\n"
	}
	return crlf("GET /users/1 HTTP/"+version, "Host: a", "Connection: close", "")
}

func TestEveryVersionIsAnsweredAsThePolicySays(t *testing.T) {
	t.Parallel()
	for _, accept := range [][]string{nil, {"1.0"}, {"1.1"}, {"1.0", "1.1"}, {"1.1", "2.0", "0.9"}, {}} {
		for _, answer := range []string{"", "same", "1.0", "1.1"} {
			for _, version := range []string{"0.9", "1.0", "1.1", "1.2", "2.0"} {
				t.Run(fmt.Sprintf("accept %v, answer %q, request %s", accept, answer, version), func(t *testing.T) {
					t.Parallel()
					known := version == "1.0" || version == "1.1"
					accepted := slices.Contains(accept, version) || accept == nil && known
					in := answer
					switch {
					case answer == "", answer == "same" && !known && !accepted:
						in = "1.1"
					case answer == "same":
						in = version
					}
					want := "HTTP/" + in + " 505 HTTP Version Not Supported\r\n"
					if accepted {
						want = "HTTP/" + in + " 200 OK\r\n"
					}
					s, address := start(t, plan.Server{Versions: &plan.Versions{Accept: accept, Answer: answer}})
					reply := exchange(t, address, requestIn(version))
					require.True(t, strings.HasPrefix(reply, want), "want %q, got %q", want, reply)
					require.Contains(t, reply, "\r\nConnection: close\r\n")
					require.Len(t, settled(t, s), 1)
				})
			}
		}
	}
}

// refuses10 is a server that refuses HTTP/1.0 as r says.
func refuses10(r plan.Refusal) plan.Server {
	return plan.Server{Versions: &plan.Versions{Accept: []string{"1.1"}, Refuse: r}}
}

func TestARefusalIsExactToTheByte(t *testing.T) {
	t.Parallel()
	const body = `{"error":"HTTP/1.0 is not accepted; this server accepts HTTP/1.1","refused":"1.0","accepted":["1.1"]}`
	const framed = "Content-Type: application/json; charset=utf-8\r\nContent-Length: 101\r\n"
	for name, c := range map[string]struct {
		refuse plan.Refusal
		want   string
	}{
		"505 by default": {
			plan.Refusal{},
			"HTTP/1.1 505 HTTP Version Not Supported\r\n" + noonField + framed + "Connection: close\r\n\r\n" + body,
		},
		"426 with Upgrade": {
			plan.Refusal{Status: 426},
			"HTTP/1.1 426 Upgrade Required\r\n" + noonField + "Upgrade: HTTP/1.1\r\n" + framed + "Connection: upgrade, close\r\n\r\n" + body,
		},
		"426 without Upgrade": {
			plan.Refusal{Status: 426, Headers: []plan.Header{{Name: "upgrade", Absent: true}}},
			"HTTP/1.1 426 Upgrade Required\r\n" + noonField + framed + "Connection: close\r\n\r\n" + body,
		},
		"400 in words of its own": {
			plan.Refusal{
				Status: 400, Reason: text("Nope"), Body: []byte("no\n"),
				Headers: []plan.Header{{Name: "X-Why", Value: "old"}, {Name: "date", Absent: true}},
			},
			"HTTP/1.1 400 Nope\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 3\r\nConnection: close\r\nX-Why: old\r\n\r\nno\n",
		},
		"without a reason": {
			plan.Refusal{Reason: text(""), Body: []byte(`{"a":1}`)},
			"HTTP/1.1 505 \r\n" + noonField + "Content-Type: application/json\r\nContent-Length: 7\r\nConnection: close\r\n\r\n" + `{"a":1}`,
		},
		"a close": {plan.Refusal{Close: true}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, address := start(t, refuses10(c.refuse))
			got := exchange(t, address, "GET /users/1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
			require.Empty(t, cmp.Diff(c.want, got))
			require.Empty(t, cmp.Diff(c.want, string(settled(t, s)[0].Reply)))
		})
	}
}

func TestARefusedBodyIsOnTheWireAndTheRefusalIsNotLost(t *testing.T) {
	t.Parallel()
	s, address := start(t, refuses10(plan.Refusal{}))
	body := strings.Repeat("b", 200_000)
	w := dial(t, address).send("POST /posts HTTP/1.0\r\nContent-Length: 200000\r\n\r\n").send(body)
	require.Contains(t, w.all(), " 505 ")
	w.Close()
	wire := settled(t, s)
	require.Len(t, wire, 1)
	require.Equal(t, body, string(wire[0].Body))
}

func TestARefusalOfHEADHasNoBody(t *testing.T) {
	t.Parallel()
	_, address := start(t, refuses10(plan.Refusal{}))
	require.True(t, strings.HasSuffix(exchange(t, address, "HEAD / HTTP/1.0\r\n\r\n"), "\r\n\r\n"))
}

func TestARefusalOfALineWithoutVersionNamesTheTwoCauses(t *testing.T) {
	t.Parallel()
	_, address := start(t, plan.Server{})
	reply := exchange(t, address, "GET /a\nb HTTP/1.1\r\nHost: a\r\n\r\n")
	_, body, _ := strings.Cut(reply, "\r\n\r\n")
	var said struct{ Error, Refused string }
	require.NoError(t, json.Unmarshal([]byte(body), &said), reply)
	require.Equal(t, `the request line "GET /a" names no version, which makes it HTTP/0.9 (or its URL holds a line break); this server accepts HTTP/1.0 and HTTP/1.1`, said.Error)
	require.Equal(t, "0.9", said.Refused)
}

func TestAConnectionPersistsAsRFC9112Says(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		version, connection, answer string
		keeps                       bool
		says                        string
	}{
		{"1.1", "", "", true, ""},
		{"1.1", "close", "", false, "close"},
		{"1.1", "Foo, CLOSE", "", false, "close"},
		{"1.1", "keep-alive", "", true, ""},
		{"1.0", "", "", false, "close"},
		{"1.0", "Keep-Alive", "", true, "keep-alive"},
		{"1.0", "keep-alive, close", "", false, "close"},
		{"1.0", "keep-alive", "same", true, "keep-alive"},
		{"1.1", "", "1.0", false, "close"},
		{"1.1", "keep-alive", "1.0", true, "keep-alive"},
	} {
		t.Run(fmt.Sprintf("%s with %q answered in %q", c.version, c.connection, c.answer), func(t *testing.T) {
			t.Parallel()
			s, address := start(t, plan.Server{
				Versions: &plan.Versions{Answer: c.answer},
				Routes:   []plan.Route{{Path: "/x", Status: 204}},
			})
			request := "GET /x HTTP/" + c.version + "\r\nHost: a\r\n"
			if c.connection != "" {
				request += "Connection: " + c.connection + "\r\n"
			}
			w := dial(t, address).send(request + "\r\n")
			in := "1.1"
			if c.answer == "1.0" || c.answer == "same" {
				in = "1.0"
			}
			want := "HTTP/" + in + " 204 No Content\r\n" + noonField
			if c.says != "" {
				want += "Connection: " + c.says + "\r\n"
			}
			w.next(want + "\r\n")
			if c.keeps {
				w.send(request + "\r\n").next(want + "\r\n")
				wire := settled(t, s)
				require.Equal(t, []int{1, 1}, []int{wire[0].Connection, wire[1].Connection})
				require.NoError(t, w.CloseWrite())
			}
			require.Empty(t, w.all())
		})
	}
}

func TestRequestsSentTogetherAreAnsweredInOrder(t *testing.T) {
	t.Parallel()
	s, address := start(t, plan.Server{})
	one := crlf("HEAD /users/1 HTTP/1.1", "Host: a", "")
	two := crlf("POST /todos HTTP/1.1", "Host: a", "Content-Length: 2", "", "{}") // with an empty line too many
	three := crlf("DELETE /albums/1 HTTP/1.1", "Host: a", "Connection: close", "")
	reply := exchange(t, address, one+two+three)
	require.Equal(t, 3, strings.Count(reply, "HTTP/1.1 20"))
	wire := settled(t, s)
	require.Equal(t, []string{"HEAD /users/1 HTTP/1.1", "POST /todos HTTP/1.1", "DELETE /albums/1 HTTP/1.1"}, lines(wire))
	require.Equal(t, one+two+three, joined(wire))
	require.True(t, strings.HasSuffix(reply, "{}"))
}

// joined is all that a wire's requests hold.
func joined(wire []fakeapi.Exchange) string {
	var b strings.Builder
	for _, e := range wire {
		b.Write(e.Request)
	}
	return b.String()
}
