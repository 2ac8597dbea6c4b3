package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// untilSignal is a context that the first Ctrl-C (or SIGTERM) ends, so that what
// is known is written and boards and sockets are closed. The second one finds the
// usual handling again, which ends the program at once.
//
// A closed pipe is an error of the write to it, and not the end of the program:
// the other outputs are still to be written.
func untilSignal(parent context.Context) (context.Context, context.CancelFunc) {
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	ctx, stop := signal.NotifyContext(parent, os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	return ctx, stop
}
