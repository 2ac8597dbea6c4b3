package rest_test

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/fakeapi/rest"
)

// ask sends one request to a; a body, unless empty, is sent as JSON.
func ask(t testing.TB, a *rest.API, method, target, body string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json; charset=utf-8")
	}
	w := httptest.NewRecorder()
	a.ServeHTTP(w, r)
	return w
}

func get(t testing.TB, a *rest.API, target string) string {
	t.Helper()
	w := ask(t, a, "GET", target, "")
	require.Equal(t, http.StatusOK, w.Code, w.Body)
	require.Equal(t, "application/json; charset=utf-8", w.Header().Get("Content-Type"))
	require.True(t, json.Valid(w.Body.Bytes()), w.Body)
	return w.Body.String()
}

// list is what a list says of its records.
type listed struct {
	ID, UserID, AlbumID, PostID int
	Title                       string
	Completed                   bool
}

func list(t testing.TB, a *rest.API, target string) []listed {
	t.Helper()
	var all []listed
	require.NoError(t, json.Unmarshal([]byte(get(t, a, target)), &all))
	return all
}

func ids(all []listed) []int {
	out := []int{}
	for _, l := range all {
		out = append(out, l.ID)
	}
	return out
}

func TestTheDataNeverChange(t *testing.T) {
	t.Parallel()
	a := rest.New()
	require.Equal(t, `{"albums":"/albums","posts":"/posts","comments":"/comments","photos":"/photos","todos":"/todos","users":"/users"}`, get(t, a, "/"))
	require.Equal(t, `{"userId":1,"id":1,"title":"rare pine"}`, get(t, a, "/albums/1"))
	// Others' scenarios hold texts and hashes of these.
	for name, want := range map[string]string{
		"albums": "e050adb48ea9", "posts": "4cee2f4b2539", "comments": "6f7673116fd5",
		"photos": "50c731306f14", "todos": "dd3a9431eac8", "users": "9dec5062dd59",
	} {
		got := sha256.Sum256([]byte(get(t, a, "/"+name)))
		require.Equal(t, want, fmt.Sprintf("%x", got[:6]), name)
	}
}

func TestTheCollectionsHaveTheShapesAndCountsThatTutorialsKnow(t *testing.T) {
	t.Parallel()
	a := rest.New()
	const word = `"(?:[^"\\]|\\.)+"`
	shapes := map[string]struct {
		count int
		shape string
	}{
		"albums":   {100, `{"userId":N,"id":N,"title":S}`},
		"posts":    {100, `{"userId":N,"id":N,"title":S,"body":S}`},
		"comments": {500, `{"postId":N,"id":N,"name":S,"email":S,"body":S}`},
		"photos":   {5000, `{"albumId":N,"id":N,"title":S,"url":S,"thumbnailUrl":S}`},
		"todos":    {200, `{"userId":N,"id":N,"title":S,"completed":(true|false)}`},
		"users": {10, `{"id":N,"name":S,"username":S,"email":S,"address":{"street":S,"suite":S,"city":S,"zipcode":S,` +
			`"geo":{"lat":S,"lng":S}},"phone":S,"website":S,"company":{"name":S,"catchPhrase":S,"bs":S}}`},
	}
	for name, c := range shapes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			shape := regexp.MustCompile("^" + strings.NewReplacer("N", `[1-9]\d*`, "S", word, "{", `\{`, "}", `\}`).Replace(c.shape) + "$")
			var all []json.RawMessage
			require.NoError(t, json.Unmarshal([]byte(get(t, a, "/"+name)), &all))
			require.Len(t, all, c.count)
			for i, r := range all {
				require.Regexp(t, shape, string(r), i)
			}
			require.Equal(t, http.StatusOK, ask(t, a, "HEAD", "/"+name, "").Code)
		})
	}
}

func TestEveryRecordBelongsToItsParent(t *testing.T) {
	t.Parallel()
	a := rest.New()
	for target, want := range map[string]struct{ first, count int }{
		"/users/2/albums":     {11, 10},
		"/users/2/posts":      {11, 10},
		"/users/10/todos":     {181, 20},
		"/albums/100/photos":  {4951, 50},
		"/posts/100/comments": {496, 5},
	} {
		all := list(t, a, target)
		require.Len(t, all, want.count, target)
		require.Equal(t, want.first, all[0].ID, target)
	}
	require.Empty(t, cmp.Diff(get(t, a, "/albums/1/photos"), get(t, a, "/photos?albumId=1")))
}

func TestAListIsFilteredSortedAndPaged(t *testing.T) {
	t.Parallel()
	a := rest.New()
	for target, want := range map[string][]int{
		"/albums?userId=1":                        {1, 2, 3, 4, 5, 6, 7, 8, 9, 10},
		"/albums?id=3&id=1":                       {1, 3},
		"/albums?userId=1&id=11":                  {},
		"/albums?userId=1&id=2&nobody=knows":      {2},
		"/albums?title=rare%20pine":               {1},
		"/albums?_limit=2":                        {1, 2},
		"/albums?_limit=0":                        {},
		"/albums?_page=10":                        {91, 92, 93, 94, 95, 96, 97, 98, 99, 100},
		"/albums?_page=2&_limit=3":                {4, 5, 6},
		"/albums?_page=34&_limit=3":               {100},
		"/albums?_page=35&_limit=3":               {},
		"/albums?_page=1000000&_limit=1000000":    {},
		"/albums?_sort=id&_order=desc&_limit=2":   {100, 99},
		"/albums?_sort=userId,id&_order=desc,asc": ids(byUser(list(t, a, "/albums"))),
		"/users/1/albums?_limit=1":                {1},
	} {
		require.Empty(t, cmp.Diff(want, ids(list(t, a, target))), target)
	}
	require.Equal(t, "20", ask(t, a, "GET", "/todos?userId=1&_limit=3", "").Header().Get("X-Total-Count"))
}

// byUser puts the last user's albums first, and leaves each user's in order.
func byUser(all []listed) (out []listed) {
	for user := 10; user > 0; user-- {
		for _, l := range all {
			if l.UserID == user {
				out = append(out, l)
			}
		}
	}
	return out
}

func TestTextIsSortedAsText(t *testing.T) {
	t.Parallel()
	a := rest.New()
	for _, title := range []string{`"a b"`, `"a"`, `"\u0001"`, `"a!"`} {
		ask(t, a, "POST", "/users/1/albums", `{"title":`+title+`,"userId":9}`)
	}
	require.Equal(t, []int{103, 102, 101, 104}, ids(list(t, a, "/albums?_sort=title"))[:4])
}

func TestWritesAreReal(t *testing.T) {
	t.Parallel()
	a := rest.New()
	w := ask(t, a, "POST", "/posts", `{ "extra": [1, {"a": null}], "title": "<new> ü", "userId": 4, "id": 3, "title": "<again>" }`)
	require.Equal(t, http.StatusCreated, w.Code)
	require.Equal(t, "/posts/101", w.Header().Get("Location"))
	want := `{"userId":4,"id":101,"title":"<again>","extra":[1,{"a":null}]}`
	require.Equal(t, want, w.Body.String())
	require.Equal(t, want, get(t, a, "/posts/101"))
	require.Len(t, list(t, a, "/users/4/posts"), 11)

	require.Equal(t, `{"userId":4,"id":101,"title":"b","extra":[1,{"a":null}]}`, ask(t, a, "PATCH", "/posts/101", `{"title":"b"}`).Body.String())
	require.Equal(t, `{"id":101,"title":"c"}`, ask(t, a, "PUT", "/posts/101", `{"title":"c","id":101}`).Body.String())
	require.Equal(t, `{"id":101,"title":"c"}`, get(t, a, "/posts/101"))

	require.Equal(t, `{}`, ask(t, a, "DELETE", "/posts/101", "").Body.String())
	require.Equal(t, http.StatusNotFound, ask(t, a, "GET", "/posts/101", "").Code)
	require.Equal(t, http.StatusNotFound, ask(t, a, "DELETE", "/posts/101", "").Code)
	require.Equal(t, "/posts/102", ask(t, a, "POST", "/posts", `{}`).Header().Get("Location"), "an id is never used twice")

	w = ask(t, a, "POST", "/albums/7/photos", `{"albumId":1}`)
	require.Equal(t, `{"albumId":7,"id":5001}`, w.Body.String())
	require.Equal(t, "/photos/5001", w.Header().Get("Location"))
	require.Len(t, list(t, rest.New(), "/posts"), 100, "another API knows nothing of it")
}

func TestTheLastRecordMayGoAndAnotherMayCome(t *testing.T) {
	t.Parallel()
	a := rest.New()
	for _, l := range list(t, a, "/users") {
		ask(t, a, "DELETE", "/users/"+string(rune('0'+l.ID%10)), "")
	}
	ask(t, a, "DELETE", "/users/10", "")
	require.Equal(t, "[]", get(t, a, "/users"))
	require.Equal(t, "/users/11", ask(t, a, "POST", "/users", `{}`).Header().Get("Location"))
}

func TestWhatIsWrongIsSaidInASentence(t *testing.T) {
	t.Parallel()
	a := rest.New()
	for _, c := range []struct {
		request, body string
		status        int
		why           string
	}{
		{"GET /nothing", "", 404, `there is no collection "nothing"; there are albums, posts, comments, photos, todos, users`},
		{"GET /albums/101", "", 404, "there is no album 101"},
		{"GET /albums/one", "", 404, "there is no album one"},
		{"GET /albums/01", "", 404, "there is no album 01"},
		{"GET /albums/1/comments", "", 404, `albums have no "comments"`},
		{"GET /albums/101/photos", "", 404, "there is no album 101"},
		{"GET /albums/1/photos/1", "", 404, "there is nothing at /albums/1/photos/1"},
		{"GET /albums/", "", 404, "there is nothing at /albums/; the path is not in its shortest form"},
		{"GET //albums", "", 404, "there is nothing at //albums; the path is not in its shortest form"},
		{"PUT /albums", "{}", 405, "PUT is not allowed at /albums"},
		{"POST /albums/1", "{}", 405, "POST is not allowed at /albums/1"},
		{"BREW /albums/1", "", 405, "BREW is not allowed at /albums/1"},
		{"DELETE /", "", 405, "DELETE is not allowed at /"},
		{"POST /albums", `{"title":`, 400, "the body is not JSON: at byte 9, unexpected end of JSON input"},
		{"POST /albums", `{'title':1}`, 400, `the body is not JSON: at byte 2, invalid character '\'' looking for beginning of object key string`},
		{"POST /albums", " ", 400, "the body is empty, where a JSON object was expected"},
		{"POST /albums", "{\"title\":\"\xff\"}", 400, "the body is not UTF-8"},
		{"POST /albums", `[1]`, 422, "the body is JSON, but not an object"},
		{"POST /albums", `{"title":1}`, 422, "title must be a string, and is 1"},
		{"POST /albums", `{"userId":1.5}`, 422, "userId must be an integer, and is 1.5"},
		{"POST /todos", `{"completed":null}`, 422, "completed must be true or false, and is null"},
		{"POST /users", `{"address":[]}`, 422, "address must be an object, and is []"},
		{"PATCH /albums/1", `{"id":2}`, 422, "the id of album 1 cannot be changed to 2"},
		{"GET /albums?_page=0", "", 400, `_page must be a whole number from 1 to 1000000, and is "0"`},
		{"GET /albums?_limit=-1", "", 400, `_limit must be a whole number from 0 to 1000000, and is "-1"`},
		{"POST /edges", "{}", 405, "POST is not allowed at /edges"},
		{"GET /albums?_sort=colour", "", 400, `_sort names "colour", which albums do not have; they have userId, id, title`},
		{"GET /albums?_sort=id&_order=up", "", 400, `_order must be asc or desc, and is "up"`},
	} {
		t.Run(c.request+" "+c.body, func(t *testing.T) {
			t.Parallel()
			method, target, _ := strings.Cut(c.request, " ")
			r := httptest.NewRequest(method, "/", strings.NewReader(c.body))
			r.URL.Path, r.URL.RawQuery, _ = strings.Cut(target, "?")
			w := httptest.NewRecorder()
			a.ServeHTTP(w, r)
			var said struct{ Error string }
			require.NoError(t, json.Unmarshal(w.Body.Bytes(), &said), w.Body)
			require.Equal(t, c.why, said.Error)
			require.Equal(t, c.status, w.Code)
			require.Equal(t, c.status == 405, w.Header().Get("Allow") != "")
		})
	}
}

func TestABodyMustBeJSONOrSayNothingOfItself(t *testing.T) {
	t.Parallel()
	a := rest.New()
	for kind, status := range map[string]int{
		"":                                  201,
		"application/json":                  201,
		"Application/JSON;charset=UTF-8":    201,
		"application/merge-patch+json":      201,
		"application/x-www-form-urlencoded": 415,
		"text/plain":                        415,
		"json":                              415,
		"a/b/c":                             415,
	} {
		r := httptest.NewRequest("POST", "/albums", strings.NewReader("{}"))
		r.Header.Set("Content-Type", kind)
		w := httptest.NewRecorder()
		a.ServeHTTP(w, r)
		require.Equal(t, status, w.Code, kind)
		require.Equal(t, status == 415, w.Header().Get("Accept") == "application/json", kind)
	}
}

func TestOPTIONSNamesTheMethods(t *testing.T) {
	t.Parallel()
	for target, allow := range map[string]string{
		"/albums":          "GET, HEAD, POST, OPTIONS",
		"/albums/1":        "GET, HEAD, PUT, PATCH, DELETE, OPTIONS",
		"/albums/1/photos": "GET, HEAD, POST, OPTIONS",
		"/":                "GET, HEAD, OPTIONS",
		"*":                "OPTIONS",
	} {
		w := ask(t, rest.New(), "OPTIONS", target, "")
		require.Equal(t, http.StatusNoContent, w.Code, target)
		require.Equal(t, allow, w.Header().Get("Allow"), target)
		require.Empty(t, w.Body.String(), target)
	}
}

func TestAPageLinksToThoseAroundIt(t *testing.T) {
	t.Parallel()
	a := rest.New()
	link := func(target string) string {
		return strings.ReplaceAll(ask(t, a, "GET", target, "").Header().Get("Link"), "http://example.com", "")
	}
	require.Empty(t, link("/albums"))
	require.Empty(t, link("/albums?_limit=2"))
	require.Empty(t, link("/albums?_page=1&_limit=0"))
	require.Equal(t, `<http://example.com/albums?_page=1>; rel="first", <http://example.com/albums?_page=2>; rel="next", <http://example.com/albums?_page=10>; rel="last"`,
		ask(t, a, "GET", "/albums?_page=1", "").Header().Get("Link"))
	require.Equal(t, `</photos?albumId=1&_page=1&_limit=20>; rel="first", </photos?albumId=1&_page=1&_limit=20>; rel="prev", `+
		`</photos?albumId=1&_page=3&_limit=20>; rel="next", </photos?albumId=1&_page=3&_limit=20>; rel="last"`, link("/photos?albumId=1&_page=2&_limit=20"))
	require.Equal(t, `</users/1/albums?_page=1&_limit=3&x=%22>; rel="first", </users/1/albums?_page=3&_limit=3&x=%22>; rel="prev", </users/1/albums?_page=4&_limit=3&x=%22>; rel="last"`,
		link("/users/1/albums?_page=4&_limit=3&x=%22"))
	require.Equal(t, `</albums?_page=1>; rel="first", </albums?_page=10>; rel="prev", </albums?_page=10>; rel="last"`, link("/albums?_page=99"), "a page beyond the last leads back")
	require.Equal(t, `</albums?userId=11&_page=1>; rel="first", </albums?userId=11&_page=1>; rel="last"`, link("/albums?userId=11&_page=1"), "an empty list has one page")

	r := httptest.NewRequest("GET", "https://a/albums?_page=10", nil)
	w := httptest.NewRecorder()
	a.ServeHTTP(w, r)
	require.Contains(t, w.Header().Get("Link"), `<https://a/albums?_page=9>; rel="prev"`)
	r.Host = ""
	w = httptest.NewRecorder()
	a.ServeHTTP(w, r)
	require.Contains(t, w.Header().Get("Link"), `</albums?_page=9>; rel="prev"`, "who names no host gets a reference")
}

func TestEveryPageIsFoundByFollowingTheLinks(t *testing.T) {
	t.Parallel()
	a := rest.New()
	next := regexp.MustCompile(`<([^>]*)>; rel="next"`)
	var found []int
	for target := "/todos?userId=3&_page=1&_limit=7"; target != ""; {
		w := ask(t, a, "GET", target, "")
		require.Equal(t, "20", w.Header().Get("X-Total-Count"))
		var all []listed
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &all))
		found, target = append(found, ids(all)...), ""
		if m := next.FindStringSubmatch(w.Header().Get("Link")); m != nil {
			target = m[1]
		}
	}
	require.Equal(t, ids(list(t, a, "/users/3/todos")), found)
}

func TestTextsHoldWhatIsWorthParsing(t *testing.T) {
	t.Parallel()
	a := rest.New()
	all := get(t, a, "/comments")
	for _, written := range []string{`\"`, `\\u0041`, `\t`, `\u0001`, `\u2028`, `日本語`, `\u65e5\u672c\u8a9e`, `😀`, `\ud83d\ude00`, "e\u0301", `\u0301`, "עברית"} {
		require.Contains(t, all, written)
	}
	var comments []struct {
		ID   int
		Body string
	}
	require.NoError(t, json.Unmarshal([]byte(all), &comments))
	one, two := comments[5*10-1].Body, comments[(5+12)*10-1].Body
	require.True(t, strings.HasSuffix(one, "😀 𝄞 👩‍💻") && strings.HasSuffix(two, "😀 𝄞 👩‍💻"), "%q %q", one, two)
	require.Len(t, list(t, a, "/todos?id=50&title="+url.QueryEscape(titleOf(t, a, 50))), 1, "a filter compares texts, however they are written")
}

func titleOf(t *testing.T, a *rest.API, id int) string {
	t.Helper()
	var r struct{ Title string }
	require.NoError(t, json.Unmarshal([]byte(get(t, a, fmt.Sprintf("/todos/%d", id))), &r))
	return r.Title
}

func TestTheEdgesAreWhatTheirNamesSay(t *testing.T) {
	t.Parallel()
	var e struct {
		Integers, Fractions map[string]json.Number
		Texts               map[string]string
		Shapes              map[string]any
	}
	text := get(t, rest.New(), "/edges")
	require.NoError(t, json.Unmarshal([]byte(text), &e))
	for name, want := range map[string]string{
		"30 bits": fmt.Sprint(1<<30 - 1), "beyond 30 bits": fmt.Sprint(1 << 30), "beyond negative 30 bits": fmt.Sprint(-(1 << 30) - 1),
		"31 bits": fmt.Sprint(math.MaxInt32), "32 bits": fmt.Sprint(uint32(math.MaxUint32)), "53 bits": fmt.Sprint(1<<53 - 1), "beyond 53 bits": fmt.Sprint(1<<53 + 1),
		"62 bits": fmt.Sprint(1<<62 - 1), "63 bits": fmt.Sprint(math.MaxInt64), "64 bits": fmt.Sprint(uint64(math.MaxUint64)), "negative 63 bits": fmt.Sprint(math.MinInt64),
	} {
		require.Equal(t, want, e.Integers[name].String(), name)
	}
	for name, want := range map[string]float64{
		"largest of 32 bits": math.MaxFloat32, "smallest of 32 bits": math.SmallestNonzeroFloat32,
		"largest of 64 bits": math.MaxFloat64, "smallest of 64 bits": math.SmallestNonzeroFloat64, "many digits": 0.1, "small exponent": 0.25,
	} {
		got, err := e.Fractions[name].Float64()
		require.NoError(t, err)
		require.Equal(t, want, got, name)
	}
	require.Equal(t, "\" \\ / \b \f \n \r \t", e.Texts["escapes"])
	require.Equal(t, e.Texts["as it is"], e.Texts["escaped"])
	require.Len(t, e.Texts["long"], 256)
	require.Equal(t, []any{1.0, 2.0}, e.Shapes["space"])
}

func TestANumberOfAnySizeComesBackAsItWasSent(t *testing.T) {
	t.Parallel()
	a := rest.New()
	ask(t, a, "PATCH", "/albums/1", `{"n": 1234567890123456789012345678901234567890, "f": 1.0E+2, "z": -0}`)
	require.Equal(t, `{"userId":1,"id":1,"title":"rare pine","n":1234567890123456789012345678901234567890,"f":1.0E+2,"z":-0}`, get(t, a, "/albums/1"))
}

func BenchmarkOneAlbum(b *testing.B) {
	a := rest.New()
	for b.Loop() {
		ask(b, a, "GET", "/albums/1", "")
	}
}
