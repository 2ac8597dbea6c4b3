// Package terminal shows runs to a person: a grid of scenarios and boards that fills
// in while they are made, and at the end what differed, field by field.
//
// The words: a column is a board with a client; a row is a scenario; a cell is the
// runs of a scenario on a board, in all its variants, versions and repeats, and says
// the worst verdict and how many of them have it. A row whose cells are full is
// written once and stays; those under way are the live part below it.
//
//	Planned ──> columns, rows, and how many runs each cell is to have
//	Started ──> the row is under way: drawn anew, on a terminal only
//	Finished ─> its cell; the row goes above the live part when it is full
//	            (Verbose: the run in a line of its own, and what it sent and got)
//	Summary ──> rows that were not filled, each failure with what matters of it,
//	            the slowest runs, one line of totals
//
// Everything that comes from a board or a server is shown with its control
// characters escaped: a reply cannot move the cursor.
package terminal
