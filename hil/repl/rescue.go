package repl

import (
	"context"
	"math/rand/v2"
	"os"
	"strings"
	"time"
)

// Hammer sends Ctrl-C again and again, for d, alone and in bursts, at moments that are
// not even: a program that catches KeyboardInterrupt may be hit while it does, and a
// board that boots over and over between. It ends early when the board shows a prompt,
// and has no error then nor at its end.
func (r *REPL) Hammer(ctx context.Context, d time.Duration) error {
	until := time.Now().Add(d)
	return r.phase("interrupt again and again", func() error {
		for time.Now().Before(until) {
			gap := 50 * time.Microsecond << rand.IntN(8) // to 6.4 ms
			burst := strings.Repeat(ctrlC, 1<<rand.IntN(6))
			err := r.wire.during(ctx, time.Now().Add(gap), func() error {
				if err := r.wire.write([]byte(burst)); err != nil {
					return err
				}
				_, err := r.wire.readPast("\n"+friendlyPrompt, rawBanner)
				return err
			})
			if err == nil || !isTimeout(err) {
				return err
			}
			if err := over(ctx); err != nil {
				return err
			}
		}
		return nil
	})
}

// Reboot sends what starts the interpreter anew from any mode of the REPL, and waits
// until the board says that it does.
func (r *REPL) Reboot(ctx context.Context) error {
	return r.bounded(ctx, "soft reset", func() error {
		if err := r.wire.write([]byte(ctrlC + ctrlC + ctrlB + ctrlD)); err != nil {
			return err
		}
		_, err := r.wire.readPast(softReboot)
		return err
	})
}

// Say sends text to what may be no board at all and returns what it answers, up to one
// of marks; os.ErrDeadlineExceeded where none comes.
func (r *REPL) Say(ctx context.Context, text string, marks ...string) (string, error) {
	err := r.bounded(ctx, "ask what it is", func() error {
		if err := r.wire.write([]byte(text)); err != nil {
			return err
		}
		r.wire.heard = r.wire.heard[:0]
		_, err := r.wire.readPast(marks...)
		return err
	})
	if err != nil && isTimeout(err) {
		err = os.ErrDeadlineExceeded
	}
	return string(r.wire.heard), err
}
