package personality

// caddy is net/http beneath, and refuses in its words.
var _ = register(Personality{
	Name:   "caddy",
	Server: "Caddy 2.6, a page of its configuration",
	Source: Measured,

	HTTP10:      serves("1.0", ClosesUnsaid),
	KeepAlive10: serves("1.0", KeepsAloud),
	HTTP11:      serves("1.1", Keeps),
	NoHost:      refusesBlindly(goNoHost),
	HTTP12:      serves("1.1", Keeps),
	HTTP2:       refusesBlindly(goVersion),
	HTTP3:       refusesBlindly(goVersion),
	HTTP09:      refusesBlindly(goVersion),
	Simple:      refusesBlindly(goMalformed),
})
