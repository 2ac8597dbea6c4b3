package plain_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/report/plain"
	"github.com/espy-hil/espy/hil/result"
)

func raised(class string, errno int, message, reply string) *result.Run {
	return &result.Run{Verdict: result.Fail, Observation: result.Observation{
		Raises: &result.Raises{Type: class, Errno: &errno, Message: message},
		Wire:   []result.Exchange{{Reply: []byte(reply)}},
	}}
}

func got(field, value string) *result.Run {
	return &result.Run{Verdict: result.Fail, Diffs: []result.Diff{{Field: "reason"}, {Field: field, Want: "200", Got: value}}}
}

func TestAFrequentTroubleIsNamed(t *testing.T) {
	t.Parallel()
	const head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
	tests := map[string]struct {
		run  *result.Run
		want string
	}{
		"a 505":                            {got("status_code", "505"), "505"},
		"a 426 in a step":                  {got("steps[1].status_code", "426"), "426"},
		"a 404":                            {got("status_code", "404"), ""},
		"505 bytes":                        {got("content_length", "505"), ""},
		"no memory":                        {raised("MemoryError", 0, "", ""), "memory"},
		"no memory for a socket":           {raised("OSError", 12, "ENOMEM", ""), "memory"},
		"a certificate":                    {raised("OSError", -9984, "(-9984, 'MBEDTLS_ERR_X509_CERT_VERIFY_FAILED')", ""), "certificate"},
		"a reset":                          {raised("OSError", 104, "ECONNRESET", ""), "reset"},
		"a body that breaks off":           {raised("IncompleteRead", 104, "the body ended after 1 byte", head+"Content-Length: 9\r\n\r\n{"), ""},
		"nothing listens":                  {raised("OSError", 111, "ECONNREFUSED", ""), "refused"},
		"a body without an end":            {raised("Timeout", 110, "", head+"\r\n{}"), "hang"},
		"a length that is none":            {raised("Timeout", 110, "", head+"Content-Length: many\r\n\r\n{}"), "hang"},
		"a body that is late":              {raised("Timeout", 110, "", head+"Content-Length: 9\r\n\r\n{}"), ""},
		"chunks that are late":             {raised("Timeout", 110, "", head+"transfer-encoding: chunked\r\n\r\n"), ""},
		"a head that is late":              {raised("Timeout", 110, "", head), ""},
		"silence":                          {raised("Timeout", 110, "", ""), ""},
		"a bad argument":                   {raised("ValueError", 0, "no method", ""), ""},
		"a port that somebody has, by rig": {&result.Run{Verdict: result.Rig, Diffs: []result.Diff{{Got: "the board is in use: picocom (1) has /dev/ttyUSB0 open"}}}, "busy"},
		"a firewall":                       {&result.Run{Verdict: result.Rig, Diffs: []result.Diff{{Got: "board desk: nothing came: a firewall drops what the board sends: allow"}}}, "firewall"},
		"a board on no network":            {&result.Run{Verdict: result.Rig, Diffs: []result.Diff{{Got: "board desk is on no network: set ESPY_WIFI_SSID"}}}, "wifi"},
		"a 505 by rig":                     {&result.Run{Verdict: result.Rig, Diffs: []result.Diff{{Field: "status_code", Got: "505"}}}, ""},
		"skipped":                          {&result.Run{Verdict: result.Skip, Diffs: []result.Diff{{Field: "status_code", Got: "505"}}}, ""},
	}
	for name, test := range tests {
		require.Equal(t, test.want, plain.Topic(test.run), name)
	}
}

func TestAWordAloneIsNoTrouble(t *testing.T) {
	t.Parallel()
	require.Equal(t, "npm", plain.Trouble("the MicroPython runtimes are not in the cache, and fetching them needs npm, which is not installed"))
	require.Empty(t, plain.Trouble("reading npm/tests.yaml: no such file or directory"))
}
