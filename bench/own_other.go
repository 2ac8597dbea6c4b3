//go:build !unix

package main

// ownTime is not known here.
func ownTime() (seconds float64, known bool) { return 0, false }
