// Package scenarios reads scenario files: one exchange each, as YAML, with what
// the server does, what the client asks, and what it should get.
//
// The words: a scenario is one file; a variant is the scenario with one
// combination of its for: variables filled in; a problem is one thing that is
// wrong with a file, at a place; a template is a text that still holds run-time
// variables such as $(server).
//
// The way of one file:
//
//	bytes --parse--> tree of nodes        encoding, YAML, anchors, tags, depth
//	      --variables--> a tree a run     for: and $(name), typed, places kept
//	      --tables--> Scenario, Variants  keys, types, combinations
//	      --Expand--> a Variant to run    $(server), saved values
//
// Every key of the format stands in one table (table_*.go): its name, what it
// says, how its value is read, and where the value goes; the JSON Schema for editors
// ([Schema]) is made of the same tables. The tables never see a
// for: variable, since those are filled in before; a run-time variable stays in
// the text until the servers' addresses are known.
//
// Nothing is read leniently. What is wrong with a file is found at once and in
// full, and each problem names its line and column, shows them, and says what was
// expected: see [FileError]. What can never be met is wrong too; what is sound and
// surely not what was meant is a warning.
package scenarios
