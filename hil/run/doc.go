// Package run takes scenarios through boards and reaches a verdict on each run.
//
// The words: a run is one scenario, one variant, one HTTP version, one board, one
// client, once; a job is a run that is still to be made; a pool is the boards of
// one name; a worker has one board of a pool and makes the pool's jobs on it, one
// after the other; a group is the runs that are compared with each other, which
// are those of one variant; an attempt is one try at a run, of which there are
// more where the rig fails before the request has started.
//
//	scenarios ──> jobs, in the order of the report
//	                │ each pool's own queue
//	                ▼
//	worker ── attempt ──> fresh listeners, fresh servers
//	                      variant filled in with their addresses
//	                      each step: wait, ask the agent, settle, observe, compare with the file
//	                │
//	                ▼
//	collector ── compared with the first repeat, and with the reference, once they are there
//	                │
//	                ▼
//	observer (as verdicts stand) and report (in order)
//
// A board that misbehaves costs its own runs and no others: after any error it is
// reset and opened anew, and one that cannot be opened makes its runs "rig".
package run
