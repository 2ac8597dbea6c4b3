//go:build peers

package firmware_test

import (
	"cmp"
	"net"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/fakeapi"
	"github.com/espy-hil/espy/fakeapi/plan"
)

// programs are written for urequests, as its users write them.
var programs = map[string]string{
	"get, json, close": `
r = urequests.get(url + "/albums/1")
print(r.status_code, r.json()["id"], sorted(r.json()))
r.close()`,
	"text, content, encoding": `
r = urequests.get(url + "/albums/2")
print(type(r.text), type(r.content), r.encoding, len(r.text) > 20, r.content[:1])
print(r.content is r.content, r.text == str(r.content, "utf-8"))
r.close()
r.close()`,
	"every verb": `
print(urequests.post(url + "/albums", json={"userId": 1, "title": "x"}).json()["id"])
print(urequests.put(url + "/albums/1", json={"userId": 1, "title": "y"}).json()["title"])
print(urequests.patch(url + "/albums/1", json={"title": "z"}).json()["title"])
print(urequests.delete(url + "/albums/1").status_code)
print(urequests.request("GET", url + "/albums/1").status_code)`,
	"names that are imported": `
from USED import get, post, Response, request
print(get(url + "/albums/1").json()["id"], isinstance(get(url + "/albums/1"), Response))
print(post(url + "/albums", json={"userId": 1, "title": "x"}).status_code)`,
	"close, and no more": `
r = urequests.get(url + "/bytes/5000")
r.close()
print(r.status_code, sorted(r.headers)[:1])`,
	"by position": `
import json
print(urequests.request("POST", url + "/albums", json.dumps({"userId": 1, "title": "x"}), None, {"content-type": "application/json"}).json()["title"])
print(urequests.request("POST", url + "/albums", None, {"userId": 1, "title": "x"}, {}, None, None, 5, True).status_code)`,
	"fields and auth": `
r = urequests.get(url + "/basic-auth/ann/secret", auth=("ann", "secret"), headers={"X-Key": "k"})
print(r.status_code)
r.close()
print(urequests.get(url + "/headers", headers={"X-Key": "k"}).json()["headers"]["X-Key"])`,
	"raw": `
r = urequests.get(url + "/bytes/1000?seed=1", stream=True)
buf = bytearray(300)
n = 0
while True:
    k = r.raw.readinto(buf)
    if not k:
        break
    n += k
print(n)
r.close()
r = urequests.get(url + "/bytes/1000?seed=1")
print(len(r.raw.read(10)), len(r.raw.read()))
r.close()`,
	"a 404": `
r = urequests.get(url + "/nothing")
print(r.status_code, "error" in r.json())
r.close()`,
	"a redirect": `
r = urequests.get(url + "/redirect-to?url=" + url + "/albums/1")
print(r.status_code)
r.close()`,
	"data that is made": `
r = urequests.post(url + "/anything", data=(c for c in (b"a", b"b")), headers={"Content-Length": "2"})
print(r.json()["data"])
r.close()`,
	"an error is an OSError": `
try:
    urequests.get("http://127.0.0.1:1/")
except OSError as e:
    print("OSError", e.args[0])`,
}

func TestPeerAProgramForTheStockClientRunsUnchanged(t *testing.T) {
	t.Parallel()
	stock := debianModule(t, "/requests/requests/__init__.py")
	for name, program := range programs {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := sources(t)
			files["/lib/urequests.py"] = stock
			printed := map[string]string{}
			for _, imports := range []string{"import urequests", "from espy import requests as urequests"} {
				c := newClientWith(t, "1.29", files)
				l, host, err := c.board.Listen(t.Context(), "main")
				require.NoError(t, err)
				s := fakeapi.Start(l, "main", plan.Server{})
				t.Cleanup(func() { _ = s.Close() })
				_, port, err := net.SplitHostPort(l.Addr().String())
				require.NoError(t, err)
				used := map[string]string{"import urequests": "urequests"}[imports]
				printed[imports] = c.exec(imports + "\nurl = 'http://" + net.JoinHostPort(host, port) + "'" + strings.ReplaceAll(program, "USED", cmp.Or(used, "espy.requests")))
			}
			require.Equal(t, printed["import urequests"], printed["from espy import requests as urequests"])
			require.NotEmpty(t, strings.TrimSpace(printed["import urequests"]))
		})
	}
}
