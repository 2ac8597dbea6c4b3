// Package compare judges observed values: what a run yielded against what its
// scenario says, and against what another run of the same scenario yielded.
//
// The words: an observation is what one request yielded; a field is a named part
// of it, named as in a scenario file (status_code, headers.content-type,
// wire[0].request_line); a diff is a field that is not as wanted, with the source
// of the wish. A field is fixed when the scenario speaks of it, and open when not.
// A field is volatile when it differs from run to run for a reason that says
// nothing on the client: the rules are in volatile.go.
//
//	observation, scenario ----Expected----> diffs, source FILE:LINE       fail
//	run, reference run -------Between-----> diffs, source "board NAME"    diverged, flaky
//	                             |
//	                             +-- view: volatile parts masked; go-cmp; fixed fields left to Expected
//
// A diff is also explained: where two long texts part (part.go), two requests side by
// side (beside.go), and its origin: in the request, the reply, the reading of it, or
// the timing, as far as the bytes on the wire show that (origin.go).
//
// Whether a board is virtual cannot be seen from here.
package compare
