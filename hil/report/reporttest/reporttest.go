// Package reporttest makes reports to test renderers with: one of every verdict, one
// with a text from outside in every field, one of any size.
package reporttest

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"github.com/espy-hil/espy/hil/result"
)

// Hostile is what a server or a board may say to do harm: to XML, HTML, Markdown, a
// script, a terminal, a reader's eye, a decoder.
const Hostile = "</script><script>window.hurt=1</script><img src=x onerror=window.hurt=1>]]>" +
	"<!--|`*_[a](javascript:window.hurt=1)@everyone#1 &lt;" +
	"\x00\x01\x1b[31m\x07\r\n\t\x7f\u0085\u202eRTL\u2066\u200b\ufeff\u2028\u2029\ufffe\U000e0041\U0001f4a5\xff\xc3('\"\\"

// Filled is a report with two runs, of a scenario with two steps, in which every text is
// text, every number n, and every list has an item. Verdicts are as given.
func Filled(text string, n int, verdicts ...result.Verdict) *result.Report {
	r := &result.Report{}
	fill(reflect.ValueOf(r).Elem(), text, n, 0)
	runs := make([]result.Run, 0, len(verdicts))
	for i, v := range verdicts {
		run := result.Run{}
		fill(reflect.ValueOf(&run).Elem(), text, n, 0)
		run.Verdict = v
		run.Variant = fmt.Sprint(text, i)
		run.Servers = map[string]string{"main": "127.0.0.1:1"}
		runs = append(runs, run)
	}
	r.Runs, r.Totals, r.Interrupted = runs, result.Count(runs), false
	r.Started = "2026-11-25T02:00:00Z"
	return r
}

// deepest is how deep a value is filled.
const deepest = 8

func fill(v reflect.Value, text string, n, depth int) {
	if depth > deepest {
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(n))
	case reflect.Float64:
		v.SetFloat(float64(n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), text, n, depth+1)
	case reflect.Array:
		for i := range v.Len() {
			fill(v.Index(i), text, n, depth+1)
		}
	case reflect.Slice:
		fillSlice(v, text, n, depth)
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		value := reflect.New(v.Type().Elem()).Elem()
		fill(value, text, n, depth+1)
		v.SetMapIndex(reflect.ValueOf(text), value)
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), text, n, depth+1)
		}
	}
}

func fillSlice(v reflect.Value, text string, n, depth int) {
	switch v.Interface().(type) {
	case json.RawMessage:
		quoted, err := json.Marshal(text)
		if err != nil {
			panic(err) // a string
		}
		v.SetBytes(quoted)
	case []byte:
		v.SetBytes([]byte(text))
	default:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), text, n, depth+1)
	}
}

// Odd is a report as no espy writes it and as it can be read all the same: runs that lack
// whatever can be left out, and differences that point at what is not there.
func Odd() *result.Report {
	r := &result.Report{}
	for _, v := range result.Verdicts {
		r.Runs = append(r.Runs, result.Run{Verdict: v}, result.Run{
			Verdict: v, Steps: []result.Observation{{}}, Client: "c", Board: "b",
			Diffs: []result.Diff{
				{Field: "steps[9].status_code"},
				{Field: "steps[0].json", Requests: &result.Requests{Rows: [][2]string{{"a", "b"}}, Differ: []int{9}}},
				{Field: "wire[99].body", At: &result.Place{Offset: -5, Line: -1, Shown: -7}, Requests: &result.Requests{}},
				{Field: "content", At: &result.Place{Offset: 1 << 40, Shown: 1 << 40}},
			},
			Observation: result.Observation{
				Response: &result.Response{Body: result.Body{Base64: []byte("x"), Length: -1}}, Raises: &result.Raises{}, Wire: []result.Exchange{{AtMS: -1e300, TookMS: 1e300}},
				TimingMS: map[string]float64{"run": -1e300}, Memory: map[string]int64{"allocated": -1 << 63},
			},
		})
	}
	return r
}

// Many is a report of scenarios × boards runs, with some of what goes wrong in it: every
// failEvery-th scenario fails on the last board (0: none does). Its bytes are as many as
// those of the bundled scenarios are in the middle.
func Many(scenarios, failEvery int, boards ...string) *result.Report {
	r := &result.Report{Espy: "v1.0.0", Format: result.Format, Started: "2026-11-25T02:00:00Z", TookMS: 9300}
	for _, b := range boards {
		r.Boards = append(r.Boards, result.Board{
			Name: b, Kind: "esp32", MicroPython: "1.29.0", Machine: "Generic ESP32 module", Firmware: result.Firmware{Hash: "0123456789abcdef", Form: "py"},
		})
	}
	for i := range scenarios {
		for place, b := range boards {
			run := one(i, b)
			if failEvery > 0 && i%failEvery == failEvery-1 && place == len(boards)-1 {
				run.Verdict = result.Fail
				run.Log = "Traceback (most recent call last):\n  File \"espy/requests.py\", line 12, in get\nMemoryError: memory allocation failed\n"
				run.Diffs = []result.Diff{{Field: "status_code", Want: "200", Got: "505", Source: run.File + ":7", Origin: result.InReply}}
			}
			r.Runs = append(r.Runs, run)
		}
	}
	r.Totals = result.Count(r.Runs)
	return r
}

var subjects = []string{
	"a chunk whose size is hexadecimal", "auto comes down to HTTP/1.0 for a server that refuses 1.1", "a body that breaks off", "a redirect to another host",
	"headers are read in any case", "a reply without a reason", "the second request on a connection", "a cookie is not sent to another path",
}

// one is a run that passes.
func one(i int, board string) result.Run {
	path := fmt.Sprintf("/albums/%d", i%100+1)
	body := fmt.Appendf(nil, `{"userId": %d, "id": %d, "title": "%s"}`, i%10+1, i%100+1, strings.Repeat("quiet harbour ", 6))
	request := "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1:40123\r\nUser-Agent: espy.requests\r\nConnection: close\r\n\r\n"
	reply := fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: %d\r\n"+
		"Date: Wed, 25 Nov 2026 02:00:00 GMT\r\nConnection: close\r\n\r\n%s", len(body), body)
	headers := [][2]string{
		{"Content-Type", "application/json; charset=utf-8"},
		{"Content-Length", fmt.Sprint(len(body))},
		{"Date", "Wed, 25 Nov 2026 02:00:00 GMT"},
		{"Connection", "close"},
	}
	return result.Run{
		Scenario: subjects[i%len(subjects)], File: fmt.Sprintf("scenarios/suite%d/file%d.yaml", i%7, i/4), About: "RFC 9112 6.1", Tags: []string{"version", fmt.Sprintf("tag%d", i%9)},
		Variant: fmt.Sprintf("n=%d", i), Board: board, Client: "espy.requests", Repeat: 1, Attempt: 1, Verdict: result.Pass,
		Observation: result.Observation{
			Response: &result.Response{
				Types: map[string]string{"response": "Response"}, StatusCode: 200, Reason: "OK", Headers: headers, Version: "1.1", RequestVersion: "1.1",
				URL:  "http://127.0.0.1:40123" + path,
				Body: result.Body{Length: int64(len(body)), SHA256: fmt.Sprintf("%064x", i), Base64: body},
			},
			Wire: []result.Exchange{{
				Server: "main", Connection: 1, RequestLine: "GET " + path + " HTTP/1.1",
				Headers: [][2]string{{"Host", "127.0.0.1:40123"}, {"User-Agent", "espy.requests"}, {"Connection", "close"}}, BodySHA256: fmt.Sprintf("%064x", i),
				Request: []byte(request), Reply: []byte(reply), AtMS: 1.4, TookMS: 0.6,
			}},
			TimingMS: map[string]float64{"import": 1.1, "request": 2.2, "body": 0.4, "total": 2.6, "run": 3 + float64(i%50)/3},
			Memory:   map[string]int64{"import": 13152, "request": 1520 + int64(i%300), "body": 176, "allocated": 1696 + int64(i%300), "free": 134391376},
		},
		Servers: map[string]string{"main": "127.0.0.1:40123"},
	}
}
