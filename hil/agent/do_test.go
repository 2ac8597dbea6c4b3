package agent

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/espy-hil/espy/hil/board"
	"github.com/espy-hil/espy/hil/result"
	"github.com/espy-hil/espy/sim"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestRecordHoldsWhatTheFirmwareSaw(t *testing.T) {
	t.Parallel()
	b := virtual(t, current())
	listener, _, err := b.Listen(t.Context(), "main")
	require.NoError(t, err)
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header()["Date"] = nil
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"method": %q, "body": %q}`, r.Method, body)
	})}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })

	url := "http://" + listener.Addr().(*net.TCPAddr).String() + "/albums"
	got := do(t, open(t, b), Request{
		Client: "espy.requests", Method: "POST", URL: url, JSON: map[string]string{"title": "naïve 😀 'x' \\ \x00"}, HasJSON: true,
		Want: []string{"text", "json"}, Types: []string{"response", "text", "json", "json.body", "content", "nothing"}, BodyLimit: 1 << 16,
	})
	body := `{"method": "POST", "body": "{\"title\": \"naïve 😀 'x' \\\\ \\u0000\"}"}`
	sum := sha256.Sum256([]byte(body))
	want := &result.Response{
		Types:      map[string]string{"response": "Response", "text": "str", "json": "dict", "json.body": "str", "content": "bytes"},
		StatusCode: 200, Reason: "OK", Version: "1.1", RequestVersion: "1.1", URL: url, History: []result.Hop{},
		Headers: [][2]string{{"Content-Type", "application/json"}, {"Content-Length", fmt.Sprint(len(body))}, {"Connection", "close"}},
		Body:    result.Body{Length: int64(len(body)), SHA256: hex.EncodeToString(sum[:]), Base64: []byte(body)},
		Text:    &body,
	}
	require.Nil(t, got.Raises)
	require.Empty(t, cmp.Diff(want, got.Response, cmpopts.IgnoreFields(result.Response{}, "JSON")))
	require.JSONEq(t, body, string(got.Response.JSON))
	for _, name := range []string{"import", "request", "body", "total"} {
		require.Contains(t, got.TimingMS, name)
	}
	require.InDelta(t, got.TimingMS["request"]+got.TimingMS["body"], got.TimingMS["total"], 0.01)
	require.Positive(t, got.Memory["allocated"])
	require.Positive(t, got.Memory["free"])
}

func TestArgumentsReachTheClientAsTheScenarioHasThem(t *testing.T) {
	t.Parallel()
	yes, data := true, "té'xt\\"
	size, ms, seconds := int64(5), int64(1500), int64(2000)
	for name, c := range map[string]struct {
		method string
		ask    Request
		want   string
	}{
		"nothing":  {"GET", Request{}, "headers=None data=None"},
		"options":  {"GET", Request{HTTPVersion: "auto", AllowRedirects: &yes, Stream: &yes, Verify: new(bool), MaxBody: &size}, "allow_redirects=True http_version='auto' max_body=5 stream=True verify=False headers=None data=None"},
		"times":    {"GET", Request{TimeoutMS: &ms, DeadlineMS: &seconds}, "deadline=2 timeout=1.5 headers=None data=None"},
		"headers":  {"GET", Request{Headers: [][2]string{{"B", "2"}, {"A", "1"}}}, "headers=[('B', '2'), ('A', '1')] data=None"},
		"repeated": {"GET", Request{Headers: [][2]string{{"A", "2"}, {"A", "1"}}}, "headers=[('A', '2'), ('A', '1')] data=None"},
		"auth":     {"GET", Request{Auth: &[2]string{"me", "secret"}}, "auth=('me', 'secret') headers=None data=None"},
		"data":     {"POST", Request{Data: &data}, `headers=None data="té'xt\\"`},
		"bytes":    {"POST", Request{BodyBase64: []byte("\x00\xff")}, `headers=None data=b'\x00\xff'`},
		"chunks":   {"POST", Request{Chunks: [][]byte{[]byte("a"), []byte("bc")}}, `headers=None data=[b'a', b'bc']`},
		"form":     {"POST", Request{Form: [][2]string{{"b", "1"}, {"a", "2"}}}, `headers=None data=OrderedDict({'b': '1', 'a': '2'})`},
		"json":     {"POST", Request{JSON: []any{1, nil}, HasJSON: true}, "json=[1, None] headers=None data=None"},
		"null":     {"POST", Request{HasJSON: true}, "json=None headers=None data=None"},
		"odd verb": {"FOO", Request{}, "headers=None data=None"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ask := c.ask
			ask.Client, ask.Method, ask.URL, ask.BodyLimit = "fake", c.method, "http://fake/show", 1000
			got := do(t, open(t, virtual(t, current())), ask)
			require.Equal(t, c.method+" "+c.want, string(got.Response.Body.Base64))
		})
	}
}

func TestBodyIsReadTheWayTheScenarioSays(t *testing.T) {
	t.Parallel()
	const size = 5000
	body := make([]byte, size)
	for i := range body {
		body[i] = byte(i*7 + i/256)
	}
	sum := sha256.Sum256(body)
	whole := result.Body{Length: size, SHA256: hex.EncodeToString(sum[:]), Base64: body}
	cut := whole
	cut.Base64, cut.Truncated = body[:1000], true
	l := open(t, virtual(t, current()))
	for _, read := range []string{"", "content", "iter_content", "readinto"} {
		for limit, want := range map[int]result.Body{1 << 20: whole, size: whole, 1000: cut} {
			ask := get(fmt.Sprintf("bytes/%d", size))
			ask.Read, ask.ReadSize, ask.BodyLimit = read, 300, limit
			require.Empty(t, cmp.Diff(want, do(t, l, ask).Response.Body), "read %q, limit %d", read, limit)
		}
	}
	ask := get("bytes/10")
	ask.Read = "nothing"
	got := do(t, l, ask)
	require.Zero(t, got.Response.Body.Length)
	require.Equal(t, "closed\n", got.Log)
}

func TestLargePartsOfAnyKindArriveWhole(t *testing.T) {
	t.Parallel()
	l := open(t, virtual(t, current()))
	got := do(t, l, get("headers"))
	require.Len(t, got.Response.Headers, 100)
	require.Equal(t, []result.Hop{{Status: 505, Version: "1.1", URL: "http://fake/1"}}, got.Response.History)

	ask := get("json")
	ask.Read, ask.Want, ask.Types = "json", []string{"json", "text"}, []string{"json", "json.b", "json.b.1.c", "json.none", "missing"}
	got = do(t, l, ask)
	require.JSONEq(t, `{"a": null, "b": [1, {"c": "é"}]}`, string(got.Response.JSON))
	require.Equal(t, map[string]string{"json": "dict", "json.b": "list", "json.b.1.c": "str"}, got.Response.Types)
	require.Equal(t, `{"b": [1, {"c": "é"}], "a": null}`, *got.Response.Text)

	ask = get("infinity")
	ask.Want = []string{"json"}
	require.Equal(t, json.RawMessage(`"{\"x\": inf}"`), do(t, l, ask).Response.JSON, "no JSON, but shown")

	// MicroPython parses this, and cannot write it: its json.dumps calls itself.
	deep := strings.Repeat(`{"a": 1, "b": [[], {}, `, 2000) + "null" + strings.Repeat("]}", 2000)
	ask = get("posted")
	ask.Method, ask.Data, ask.Want, ask.BodyLimit = "POST", &deep, []string{"json"}, 0
	require.JSONEq(t, deep, string(do(t, l, ask).Response.JSON))
}

func TestClientIsLetGoOfBeforeTheRecordOfTheLastStep(t *testing.T) {
	t.Parallel()
	l := open(t, &tapped{Board: virtual(t, current())})
	for keep, want := range map[bool]string{true: "True", false: "False"} {
		ask := get("calls")
		ask.Keep = keep
		do(t, l, ask)
		var out strings.Builder
		require.NoError(t, l.repl.Exec(t.Context(), "import sys\nprint('fake' in sys.modules)", &out))
		require.Equal(t, want, strings.TrimSpace(out.String()), "keep %v", keep)
	}
}

func TestWhatTheClientRaisesIsTold(t *testing.T) {
	t.Parallel()
	l := open(t, virtual(t, current()))
	for path, want := range map[string]result.Raises{
		"refused": {In: "request", Type: "OSError", Errno: new(111), Message: "[Errno 111] ECONNREFUSED"},
		"odd":     {In: "request", Type: "Odd", Message: "what \x01 é €?"},
		"exit":    {In: "request", Type: "SystemExit"},
		"memory":  {In: "request", Type: "MemoryError", Message: "memory allocation failed, allocating 1073741824 bytes"},
		"absent":  {In: "request", Type: "KeyError", Message: "_absent"},
		"broken":  {In: "content", Type: "OSError", Errno: new(104), Message: "[Errno 104] ECONNRESET"},
	} {
		got := do(t, l, get(path))
		require.Empty(t, cmp.Diff(&want, got.Raises), path)
		require.Equal(t, path == "broken", got.Response != nil, "a Response may stand beside what its body raised")
	}
	ask := get("broken")
	ask.Read = "iter_content"
	got := do(t, l, ask)
	require.Equal(t, "iter", got.Raises.In)
	require.Equal(t, "begun", string(got.Response.Body.Base64), "what came before it broke off")

	ask = get("bytes/3")
	ask.Want = []string{"json"}
	got = do(t, l, ask)
	require.Equal(t, "json", got.Raises.In)
	require.Equal(t, "ValueError", got.Raises.Type)

	ask = get("calls")
	ask.Client = "nobody.has.this"
	got = do(t, l, ask)
	require.Equal(t, "import", got.Raises.In)
	require.Equal(t, "ImportError", got.Raises.Type)
}

func TestClientThatLacksMostFieldsIsReportedWithoutThem(t *testing.T) {
	t.Parallel()
	sum := sha256.Sum256([]byte("gone"))
	want := &result.Response{
		Types: map[string]string{}, StatusCode: 404, Reason: "Noté", Headers: [][2]string{}, History: []result.Hop{},
		Body: result.Body{Length: 4, SHA256: hex.EncodeToString(sum[:]), Base64: []byte("gone")},
	}
	require.Empty(t, cmp.Diff(want, do(t, open(t, virtual(t, current())), get("bare")).Response))
}

func TestClientIsImportedAnewForEachRunAndKeptBetweenItsSteps(t *testing.T) {
	t.Parallel()
	for name, wrap := range map[string]func(board.Board) board.Board{
		"with checkpoints":    func(b board.Board) board.Board { return b },
		"without checkpoints": func(b board.Board) board.Board { return &tapped{Board: b} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := open(t, wrap(virtual(t, current())))
			call := func(step int, session bool) string {
				ask := get("calls")
				ask.Step, ask.Session, ask.Keep = step, session, true
				return string(do(t, l, ask).Response.Body.Base64)
			}
			require.Equal(t, "1", call(0, false))
			require.Equal(t, "2", call(1, false))
			require.Equal(t, "1", call(0, false))
			require.Equal(t, "session call 1", call(0, true))
			require.Equal(t, "session call 2", call(1, true))
			require.Equal(t, "session call 3", call(2, true))
			require.Equal(t, "session call 1", call(0, true))
		})
	}
}

func TestARunFindsNothingOfAnEarlierOneOnABoardWithCheckpoints(t *testing.T) {
	t.Parallel()
	l := open(t, virtual(t, current()))
	for range 3 {
		do(t, l, get("calls"))
		require.Equal(t, 1, asked(t, l), "the file in which the client counts is as it was")
	}
}

func TestWhatTheBoardPrintsBesideItsFramesIsTheLog(t *testing.T) {
	t.Parallel()
	require.Equal(t, "one line\nno end", do(t, open(t, virtual(t, current())), get("print")).Log)
}

func TestStrayInterruptIsNoInterrupt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) { // or a board that is slow to start is asked for the record, by what is read here
		b := &tapped{Board: virtual(t, current())}
		l := open(t, b)
		b.onFrame(func(n int, frame string) string {
			if strings.Contains(frame, `"start"`) {
				b.send("\x03")
			}
			return frame
		})
		require.Equal(t, `'\x03'`, string(do(t, l, get("stop")).Response.Body.Base64))
	})
}

// clientOfItsOwn puts a client onto a board, under a name that no other board has: a
// test with a clock of its own cannot wait for others, to have it imported but once.
func clientOfItsOwn(files map[string][]byte, code []byte) (name string) {
	name = "client_" + rand.Text()
	files["/lib/"+name+".py"] = code
	return name
}

func TestRequestThatHangsIsTheFirmwaresDoing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		files := current()
		name := clientOfItsOwn(files, fake)
		get := func(what string) Request {
			ask := get(what)
			ask.Client = name
			return ask
		}
		b := virtual(t, files)
		l := open(t, b)
		do(t, l, get("calls")) // what is done ahead is done, and the time is the request's
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := l.Do(ctx, get("hang"))
		var e *Error
		require.ErrorAs(t, err, &e)
		require.True(t, e.Started)
		require.False(t, e.Rig)
		require.Equal(t, "request", e.Phase)
		require.Regexp(t, `^board sim: request: no answer in time, after [\d.]+m?s; last heard ".*hanging\\r\\n"; the request was under way, so the firmware hung, or brought the board down: reset the board$`, err.Error())
		require.Equal(t, "hanging\n", e.Log)

		require.NoError(t, l.Close())
		require.NoError(t, b.Reset(t.Context()))
		require.Equal(t, "1", string(do(t, open(t, b), get("calls")).Response.Body.Base64))
	})
}

func TestClientThatHangsInItsImportIsTheFirmwaresDoing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		files := current()
		hangs := clientOfItsOwn(files, []byte("import time\ntime.sleep(100000)\n"))
		l := open(t, virtual(t, files))
		ctx, cancel := context.WithTimeout(t.Context(), 6*time.Second) // half of it for the import ahead
		defer cancel()
		ask := get("hang")
		ask.Client = hangs
		_, err := l.Do(ctx, ask)
		var e *Error
		require.ErrorAs(t, err, &e)
		require.True(t, e.Started && !e.Rig, "%v", err)
	})
}

func TestBoardThatStartsAnewUnderARequestIsTheFirmwaresDoing(t *testing.T) {
	t.Parallel()
	b := &tapped{Board: virtual(t, current())}
	l := open(t, b)
	b.onFrame(func(_ int, frame string) string {
		if strings.Contains(frame, `"start"`) {
			go func() { _ = b.Reset(context.Background()) }()
		}
		return frame
	})
	_, err := l.Do(t.Context(), get("hang"))
	var e *Error
	require.ErrorAs(t, err, &e)
	require.True(t, e.Started && !e.Rig, "%v", err)
	require.ErrorContains(t, err, "the board started anew")
	require.Regexp(t, `MicroPython v1\.`, e.Log, "what it printed as it started is kept")
}

func TestCancelledRequestSaysNothingOnTheFirmware(t *testing.T) {
	t.Parallel()
	b := &tapped{Board: virtual(t, current())}
	l := open(t, b)
	ctx, cancel := context.WithCancel(t.Context())
	b.onFrame(func(_ int, frame string) string {
		cancel()
		return frame
	})
	_, err := l.Do(ctx, get("hang"))
	var e *Error
	require.ErrorAs(t, err, &e)
	require.ErrorIs(t, err, context.Canceled)
	require.True(t, e.Rig)
}

func TestLostUARTIsTheRigs(t *testing.T) {
	t.Parallel()
	b := &tapped{Board: virtual(t, current())}
	l := open(t, b)
	b.onFrame(func(_ int, frame string) string {
		go func() { _ = b.Close() }()
		return frame
	})
	_, err := l.Do(t.Context(), get("hang"))
	var e *Error
	require.ErrorAs(t, err, &e)
	require.True(t, e.Started && e.Rig, "%v", err)
}

func TestAgentIsTheSameOnEveryRelease(t *testing.T) {
	t.Parallel()
	for _, release := range sim.Releases() {
		t.Run(release, func(t *testing.T) {
			t.Parallel()
			spec, err := sim.Parse("sim:" + release)
			require.NoError(t, err)
			b, err := sim.New(t.Context(), spec, map[string][]byte{"/lib/fake.py": fake})
			require.NoError(t, err)
			t.Cleanup(func() { _ = b.Close() })
			l := open(t, b) // which uploads
			require.Contains(t, l.Hello().MicroPython, release)
			ask := get("json")
			ask.Want, ask.Types = []string{"text", "json"}, []string{"json.b.1"}
			got := do(t, l, ask).Response
			require.JSONEq(t, `{"a": null, "b": [1, {"c": "é"}]}`, string(got.JSON))
			require.Equal(t, map[string]string{"json.b.1": "dict"}, got.Types)
			require.Len(t, do(t, l, get("headers")).Response.Headers, 100)
			require.Equal(t, "OSError", do(t, l, get("broken")).Raises.Type)
		})
	}
}

func TestAgentThatWaitsForAHostThatHasGoneIsEndedByTheNext(t *testing.T) {
	t.Parallel()
	b := &tapped{Board: virtual(t, current())}
	l := open(t, b)
	ctx, cancel := context.WithCancel(t.Context())
	b.onFrame(func(_ int, frame string) string {
		if strings.Contains(frame, `"record"`) {
			cancel() // with parts still to be fetched
		}
		return frame
	})
	_, err := l.Do(ctx, get("bytes/3000"))
	require.ErrorIs(t, err, context.Canceled)
	require.NoError(t, l.Close())
	require.Equal(t, int64(3000), do(t, open(t, b), get("bytes/3000")).Response.Body.Length)
}
