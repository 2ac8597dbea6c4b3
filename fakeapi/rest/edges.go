package rest

import (
	_ "embed"
	"net/http"
)

//go:embed edges.json
var edges []byte

// serveEdges answers with JSON that is hard to parse, written as it is in its file.
func serveEdges(w http.ResponseWriter, r *http.Request) {
	if allow(w, r, "GET", "HEAD") {
		send(w, http.StatusOK, edges)
	}
}
