// Package process tells whether a process is there that a file names, of a lease or of
// a lock.
package process
