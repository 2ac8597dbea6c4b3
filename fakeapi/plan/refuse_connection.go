package plan

// refuse_connection has nothing listen where the server should be.
var _ = register(FaultKind{
	Name: "refuse_connection", Says: "nothing listens", Takes: Flag, Unreachable: true,
	Excludes: func(FaultKind) bool { return true },
})
