package rest

// The words of which the data are made. Hosts end in names that are reserved for
// examples (RFC 2606); some people's names are not ASCII, so that a client that
// counts characters where it should count bytes is found out.

var nouns = []string{
	"anchor", "antenna", "ash", "badger", "barn", "beacon", "bell", "birch", "boat", "bridge", "brook", "cable",
	"candle", "canyon", "cedar", "chimney", "cliff", "clock", "clover", "coast", "comet", "copper", "coral", "crane",
	"delta", "dune", "ember", "falcon", "feather", "fern", "ferry", "flint", "fog", "forest", "fox", "garden",
	"glacier", "granite", "gull", "harbour", "hazel", "heron", "hill", "island", "ivy", "kettle", "kite", "ladder",
	"lagoon", "lamp", "lantern", "lichen", "lighthouse", "loom", "magnet", "maple", "marsh", "meadow", "mill", "mirror",
	"moss", "moth", "needle", "oak", "orchard", "otter", "owl", "paddle", "pebble", "pier", "pine", "pond",
	"quarry", "rain", "raven", "reed", "relay", "ridge", "river", "rope", "sail", "sensor", "shore", "signal",
	"slate", "snow", "sparrow", "spring", "stone", "storm", "swift", "thistle", "tide", "tower", "valley", "willow",
}

var adjectives = []string{
	"amber", "ancient", "bold", "brief", "bright", "broad", "calm", "clear", "cold", "crooked", "dim", "distant",
	"dry", "early", "even", "faint", "fair", "far", "first", "gentle", "golden", "green", "grey", "heavy",
	"hidden", "high", "hollow", "idle", "keen", "last", "late", "light", "little", "lone", "long", "loud",
	"low", "mild", "narrow", "new", "northern", "old", "open", "pale", "patient", "plain", "quick", "quiet",
	"rare", "red", "rough", "round", "salt", "sharp", "silent", "silver", "slow", "small", "soft", "southern",
	"steady", "still", "sudden", "tall", "thin", "tidy", "warm", "western", "white", "wide", "wild", "young",
}

var verbs = []string{
	"answers", "bends", "carries", "counts", "crosses", "draws", "drifts", "echoes", "fades", "finds", "follows", "gathers",
	"guards", "hears", "holds", "keeps", "leans", "lifts", "listens", "mends", "meets", "moves", "names", "passes",
	"reaches", "rests", "returns", "rises", "runs", "sees", "sends", "shines", "sings", "sleeps", "sorts", "stays",
	"stirs", "trades", "turns", "waits", "wakes", "walks", "watches", "weighs", "winds", "works", "writes", "yields",
}

var links = []string{
	"above", "across", "after", "against", "along", "among", "around", "before", "behind", "below", "beside", "between",
	"beyond", "by", "from", "inside", "into", "near", "over", "past", "through", "toward", "under", "with",
}

var streets = []string{"Avenue", "Close", "Court", "Lane", "Mews", "Quay", "Road", "Row", "Street", "Walk"}

var suites = []string{"Apt.", "Floor", "Room", "Suite", "Unit"}

var towns = []string{"bridge", "bury", "dale", "field", "ford", "haven", "mouth", "stead", "ton", "wick"}

var hosts = []string{"mail.example", "post.example", "example.com", "example.net", "example.org"}

var people = [userCount]struct{ name, username string }{
	{"Ada Merrow", "merrow"},
	{"Tomas Birkeland", "tbirk"},
	{"Zoë Ångström", "zoe.a"},
	{"Imani Okoro", "imani"},
	{"Jun Takeda 武田", "takeda"},
	{"Lucía Peña", "luciap"},
	{"Pieter van Loon", "pvl"},
	{"Nadia Haddad", "nhaddad"},
	{"Owen Fairweather", "fairweather"},
	{"Šárka Dvořák", "sarka"},
}
