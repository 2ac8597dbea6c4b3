package rest

import (
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strings"
)

// send answers with a JSON body.
func send(w http.ResponseWriter, status int, body []byte) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	w.Write(body)
}

// fail answers with a sentence.
func fail(w http.ResponseWriter, status int, why string) {
	send(w, status, append(append([]byte(`{"error":`), quote(why)...), '}'))
}

// allow says whether r's method is one of methods; if not, it has been answered:
// OPTIONS with what there is, others with 405.
func allow(w http.ResponseWriter, r *http.Request, methods ...string) bool {
	if slices.Contains(methods, r.Method) {
		return true
	}
	w.Header().Set("Allow", strings.Join(append(methods, http.MethodOptions), ", "))
	if r.Method == http.MethodOptions {
		w.WriteHeader(http.StatusNoContent)
		return false
	}
	fail(w, http.StatusMethodNotAllowed, fmt.Sprintf("%s is not allowed at %s", r.Method, r.URL.Path))
	return false
}

// isJSON says whether a body of that Content-Type is read. One without a type is:
// the small clients of small boards leave it out, and what it is shows soon enough.
func isJSON(contentType string) bool {
	if contentType == "" {
		return true
	}
	kind, _, err := mime.ParseMediaType(contentType)
	return err == nil && (kind == "application/json" || strings.HasSuffix(kind, "+json"))
}
