// Package terminal shows runs to a person: a line a run as it finishes, what is
// under way while nothing finishes, and at the end what differed, field by field.
//
//	Planned ──> Started ──> progress line, on a terminal only; erased before anything else is written
//	            Finished ─> verdict, scenario, board, version, milliseconds
//	Summary ──────────────> each failure with its diffs, then one line of totals
//
// Everything that comes from a board or a server is shown with its control
// characters escaped: a reply cannot move the cursor.
package terminal
