package scenarios

import (
	"testing"

	"github.com/stretchr/testify/require"
)

var addresses = map[string]string{
	"server": "http://h:8", "main": "http://h:8", "main.host": "h", "main.port": "8",
	"other": "http://o:9", "other.host": "o", "other.port": "9",
}

func TestRunTimeVariablesAreFilledInEverywhere(t *testing.T) {
	t.Parallel()
	original := parse(t, `
name: x
servers:
  main:
    routes: [{on: GET /a, headers: {location: $(other)/b}, json: {at: "$(main.host)", $(main.port): 1}, reason: $(server)}]
  other:
    raw: [["Location: $(main)\r\n", {hex: "24 28 6d 61 69 6e 29"}, {repeat: {bytes: "$(other.port)", times: 2}}]]
request: {get: $(server)/a, headers: {x: $(other.host)}, json: {a: [$(main.port), "$$(main)"]}, auth: [$(main.host), b]}
expect:
  url: ~^$(other)/b$
  reason: $(server)
  json: {at: $(main.host), $(main.port): [~^$(main)]}
  headers: {x: $(other.port)}
  raises: {message: ~$(other.host)}
wire: [{line: ~$(main), headers: {host: "$(main.host):$(main.port)"}, server: main}]
clients: {requests: {text: $(server)}}
`).Variants[0]
	v, err := original.Expand(addresses)
	require.NoError(t, err)
	route := v.Servers[0].Plan.Routes[0]
	require.Equal(t, "http://o:9/b", route.Headers[0].Value)
	require.Equal(t, `{"at":"h","8":1}`, string(route.Body))
	require.Equal(t, "http://h:8", *route.Reason)
	parts := v.Servers[1].Plan.Raw[0].Parts
	require.Equal(t, "Location: http://h:8\r\n", string(parts[0].Bytes))
	require.Equal(t, "$(main)", string(parts[1].Bytes), "bytes in hexadecimal are no text")
	require.Equal(t, "9", string(parts[2].Repeat.Bytes))
	step := v.Steps[0]
	require.Equal(t, "http://h:8/a", step.Request.URL)
	require.Equal(t, "o", step.Request.Headers[0].Value)
	require.Equal(t, Object{{"a", []any{"8", "$(main)"}}}, step.Request.JSON)
	require.Equal(t, "h", step.Request.Auth[0])
	require.True(t, step.Expect.URL.Matches("http://o:9/b", true))
	require.Equal(t, "~^http://o:9/b$", step.Expect.URL.String())
	require.Equal(t, "http://h:8", step.Expect.Reason.Text)
	require.Equal(t, `{at: "h", 8: ["~^http://h:8"]}`, step.Expect.JSON.Text())
	require.Equal(t, "9", step.Expect.Headers[0].Value.Text)
	require.True(t, step.Expect.Raises.Message.Matches("no route to o", true))
	require.True(t, step.Wire.Items[0].Line.Matches("http://h:8", true))
	require.Equal(t, "h:8", step.Wire.Items[0].Headers[0].Value.Text)
	require.Equal(t, "http://h:8", step.Clients["requests"].Text.Text)
	require.Equal(t, "$(server)/a", original.Steps[0].Request.URL, "the original stays as it is")
	require.Equal(t, "Location: $(main)\r\n", string(original.Servers[1].Plan.Raw[0].Parts[0].Bytes))
}

func TestEveryFormOfBodyIsFilledIn(t *testing.T) {
	t.Parallel()
	v, err := parse(t, `
name: x
steps:
  - request: {post: /, data: $(main)}
  - request: {post: /, form: {a: $(main)}}
  - request: {post: /, chunks: [$(main), {hex: "24 28 61 29"}]}
  - request: {post: /, body_hex: "24 28 61 29"}
`).Variants[0].Expand(addresses)
	require.NoError(t, err)
	require.Equal(t, "http://h:8", *v.Steps[0].Request.Data)
	require.Equal(t, []HeaderField{{"a", "http://h:8"}}, v.Steps[1].Request.Form)
	require.Equal(t, [][]byte{[]byte("http://h:8"), []byte("$(a)")}, v.Steps[2].Request.Chunks)
	require.Equal(t, "$(a)", string(v.Steps[3].Request.BodyHex))
}

func TestAddressesAreQuotedInExpressions(t *testing.T) {
	t.Parallel()
	v, err := parse(t, "name: x\nrequest: {get: /}\nexpect: {url: ~^$(server)$}\n").Variants[0].
		Expand(map[string]string{"server": "http://1.2.3.4"})
	require.NoError(t, err)
	require.True(t, v.Steps[0].Expect.URL.Matches("http://1.2.3.4", true))
	require.False(t, v.Steps[0].Expect.URL.Matches("http://1x2x3x4", true))
}

func TestSavedValuesAreFilledInOnceTheyAreKnown(t *testing.T) {
	t.Parallel()
	v := parse(t, `
name: x
steps:
  - request: {post: /albums}
    save: {id: .json.id}
  - request: {get: /albums/$(id)}
    expect: {url: ~$(id)$}
`).Variants[0]
	early, err := v.Expand(addresses)
	require.NoError(t, err)
	require.Equal(t, "/albums/$(id)", early.Steps[1].Request.URL)
	_, err = v.Steps[1].Expand(addresses)
	require.ErrorContains(t, err, "$(id)")
	step, err := v.Steps[1].Expand(map[string]string{"id": "101"})
	require.NoError(t, err)
	require.Equal(t, "/albums/101", step.Request.URL)
	require.True(t, step.Expect.URL.Matches("http://h/albums/101", true))
}

func TestAnUnknownVariableIsAnErrorAtRunTimeToo(t *testing.T) {
	t.Parallel()
	_, err := parse(t, "name: x\nrequest: {get: $(server)/}\n").Variants[0].Expand(nil)
	require.ErrorContains(t, err, "nothing is known of the variable $(server)")
}
