package plan

// no_answer reads every request and says nothing, for as long as the server lives.
var _ = register(FaultKind{
	Name: "no_answer", Says: "requests read, and never answered", Takes: Flag,
	Drop:     func(int64, int) (Close, bool) { return CloseHang, true },
	Excludes: func(other FaultKind) bool { return other.Deliver != nil },
})
