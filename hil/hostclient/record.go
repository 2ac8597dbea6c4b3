package hostclient

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"

	"github.com/espy-hil/espy/hil/agent"
	"github.com/espy-hil/espy/hil/result"
)

// errno are Linux's numbers, which results use whatever this machine has.
const (
	connectionReset   = 104
	timedOut          = 110
	connectionRefused = 111
)

// raised is an exception in the words of espy.requests.
func raised(in, kind string, errno int, message string) *result.Raises {
	r := &result.Raises{In: in, Type: kind, Message: message}
	if errno != 0 {
		r.Errno = &errno
	}
	return r
}

// fill puts the body into a Response, as far as the request wants it.
func fill(response *result.Response, r agent.Request, body []byte) *result.Raises {
	sum := sha256.Sum256(body)
	response.Body = result.Body{
		Length: int64(len(body)), SHA256: hex.EncodeToString(sum[:]),
		Base64: body[:min(len(body), r.BodyLimit)], Truncated: len(body) > r.BodyLimit,
	}
	if slices.Contains(r.Want, "text") {
		response.Text = new(string(body))
	}
	if slices.Contains(r.Want, "json") || r.Read == "json" {
		if !json.Valid(body) {
			return raised("json", "ValueError", 0, "the body is no JSON")
		}
		if slices.Contains(r.Want, "json") {
			response.JSON = body
		}
	}
	return nil
}
