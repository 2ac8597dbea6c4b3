// Package thermometer is an example of a repository that tests its firmware with
// espytest.
package thermometer
