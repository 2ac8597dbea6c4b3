package personality

// waitress answers 1.1 in 1.1 and all else in 1.0. It wants no Host, and keeps a connection
// in 1.0 where it knows the length of the body.
var _ = register(Personality{
	Name:   "waitress",
	Server: "waitress 2.1, an application that writes a page",
	Source: Measured,

	HTTP10:      serves("1.0", Closes),
	KeepAlive10: serves("1.0", KeepsAloud),
	HTTP11:      serves("1.1", Keeps),
	HTTP12:      serves("1.0", Closes),
	HTTP2:       serves("1.0", Closes),
	HTTP3:       serves("1.0", Closes),
	HTTP09:      serves("1.0", Closes),
	Simple:      serves("1.0", Closes),
})
