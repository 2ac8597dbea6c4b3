package run

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/espy-hil/espy/hil/agent"
	"github.com/espy-hil/espy/hil/compare"
	"github.com/espy-hil/espy/hil/result"
	"github.com/espy-hil/espy/scenarios"
)

// An attempt is one try at a run, with servers of its own.
type attempt struct {
	*worker
	job     *job
	run     *result.Run
	servers *servers
}

// attempt tries to make a run, and writes what came of it into r. An error is the
// rig's, and says nothing on the firmware; the board has then been restarted.
// Where the request had started, the verdict stands although the rig failed.
func (w *worker) attempt(ctx context.Context, j *job, r *result.Run) error {
	if err := w.open(ctx); err != nil {
		return err
	}
	if reason := lacks(w.link.Hello(), j.scenario); reason != "" {
		r.Verdict, r.SkipReason = result.Skip, fmt.Sprintf("board %s %s", w.pool.Name, reason)
		return nil
	}
	sink, end := w.config.Captures.Begin(r)
	defer end() // when the servers are closed
	s, err := serve(ctx, w.board, j.variant, w.config, w.config.Redact.Sink(sink))
	if err != nil {
		return err
	}
	defer s.close()
	r.Servers = s.addresses
	a := attempt{worker: w, job: j, run: r, servers: s}
	err = a.steps(ctx)
	a.conclude(time.Since(s.began))
	if errors.Is(err, errSkipped) {
		return nil
	}
	return err
}

// lacks says what a scenario needs and a board does not offer, if anything.
func lacks(h agent.Hello, file *scenarios.Scenario) string {
	for _, need := range file.Needs {
		if !slices.Contains(h.Offers, need.Name) {
			return fmt.Sprintf("does not offer %s, which %s needs", need.Name, need.Pos)
		}
	}
	return ""
}

// steps takes the steps in order, as far as each is as expected: what follows a
// step that is not would tell of it only once more.
func (a *attempt) steps(ctx context.Context) error {
	for i := range a.job.variant.Steps {
		step, err := a.job.variant.Steps[i].Expand(a.servers.variables)
		if err != nil {
			return fmt.Errorf("filling in what earlier steps have saved: %w", err)
		}
		if err := sleep(ctx, step.Wait); err != nil {
			return err
		}
		if err := a.step(ctx, i, &step); err != nil {
			return err
		}
		if len(a.run.Diffs) > 0 {
			return nil
		}
	}
	return nil
}

// step has the board make one request, and compares what came of it.
func (a *attempt) step(ctx context.Context, i int, step *scenarios.Step) error {
	ask := request(step, a.servers, a.run.Client, a.config.BodyLimit)
	ask.Step, ask.Session, ask.Keep = i, a.job.variant.Session, i+1 < len(a.job.variant.Steps)
	if p, ok := a.link.(Particular); ok {
		if reason := p.Lacks(ask); reason != "" {
			a.run.Verdict, a.run.SkipReason = result.Skip, fmt.Sprintf("client %s %s", a.run.Client, reason)
			return errSkipped
		}
	}
	record, err := a.ask(ctx, step, ask)
	var broken *agent.Error
	if err != nil {
		defer a.restart(ctx) // when the servers have been read
		if !errors.As(err, &broken) || !broken.Started {
			return err
		}
		record = &agent.Record{Log: broken.Log}
	}
	a.run.Log += record.Log
	o := a.observe(ctx, record)
	a.run.Steps = append(a.run.Steps, o)
	trouble := a.servers.trouble()
	switch {
	case trouble != nil:
		spoil(a.run, trouble)
	case broken == nil:
		a.add(i, compare.Expected(step, a.run.Client, &o))
		a.save(i, step, &o)
	case broken.Rig:
		spoil(a.run, err)
	default:
		a.add(i, []result.Diff{{
			Field: "run", Want: "a Response or an exception, " + a.limit(step).String(), Got: err.Error(), Source: step.Request.Pos.String(),
		}})
	}
	return nil
}

// ask sends the request to the board and waits for its record, not for ever.
func (a *attempt) ask(ctx context.Context, step *scenarios.Step, r agent.Request) (*agent.Record, error) {
	ctx, cancel := context.WithTimeout(ctx, a.limit(step).all())
	defer cancel()
	return a.link.Do(ctx, r)
}

// errSkipped ends the steps of a run that is to be skipped.
var errSkipped = errors.New("the client lacks what the scenario needs")

// limit is how long a request may take until its board counts as hung.
type limit struct {
	granted time.Duration // by the scenario
	why     string        // what of it
	spare   time.Duration // by the rig
}

// limit is what a step's own words grant. Timeouts are for each operation of the
// client; a request that obeys them all can still need several, for a redirect or a
// second version, and a server that sends a byte now and then can make one last as
// long as it likes: the scenario says so with within.
func (a *attempt) limit(step *scenarios.Step) limit {
	timeout := clientTimeout
	if step.Request.Timeout != nil {
		timeout = *step.Request.Timeout
	}
	l := limit{2 * timeout, "twice the timeout", a.config.Limits.Request}
	if step.Request.Deadline != nil {
		l.granted, l.why = *step.Request.Deadline, "the deadline"
	}
	if step.Expect.Within != nil && step.Expect.Within.Value > l.granted {
		l.granted, l.why = step.Expect.Within.Value, "within"
	}
	return l
}

func (l limit) all() time.Duration { return l.granted + l.spare }

func (l limit) String() string {
	return fmt.Sprintf("in %s (%s, and %s); a larger within: allows more", l.all(), l.why, l.spare)
}

// observe puts the device's half and the wire's together.
func (a *attempt) observe(ctx context.Context, r *agent.Record) result.Observation {
	settling, cancel := context.WithTimeout(ctx, a.config.Limits.Settle)
	defer cancel()
	wire, open, unexpected := a.servers.observe(settling)
	seen := 0 // by earlier steps
	for _, earlier := range a.run.Steps {
		seen += len(earlier.Wire)
		unexpected = slices.DeleteFunc(unexpected, func(u string) bool { return slices.Contains(earlier.Unexpected, u) })
	}
	return result.Observation{
		Response: r.Response, Raises: r.Raises, TimingMS: r.TimingMS, Memory: r.Memory,
		Wire: wire[seen:], OpenConnections: open, Unexpected: unexpected,
	}
}

// add takes diffs of a step into the run.
func (a *attempt) add(step int, diffs []result.Diff) {
	for _, d := range diffs {
		if len(a.job.variant.Steps) > 1 {
			d.Field = compare.StepPrefix(step) + d.Field
		}
		a.run.Diffs = append(a.run.Diffs, d)
	}
}

// save keeps what later steps are to use.
func (a *attempt) save(i int, step *scenarios.Step, o *result.Observation) {
	for _, s := range step.Save {
		value, ok := part(o.Response, s.Path)
		if !ok {
			a.add(i, []result.Diff{{Field: "save." + s.Name, Want: s.Path, Got: "absent", Source: s.Pos.String()}})
		}
		a.servers.variables[s.Name] = value
	}
}

// conclude gives the run its verdict, as far as it stands alone, and the form in
// which it is reported.
func (a *attempt) conclude(took time.Duration) {
	r := a.run
	if n := len(r.Steps); n > 0 {
		r.Observation = r.Steps[n-1]
		r.Wire = []result.Exchange{}
		for i := range r.Steps {
			r.Wire = append(r.Wire, r.Steps[i].Wire...)
		}
	}
	if len(a.job.variant.Steps) == 1 {
		r.Steps = nil
	}
	timing := map[string]float64{"run": inMS(took)}
	for name, ms := range r.TimingMS {
		timing[name] = ms
	}
	r.TimingMS = timing
	switch {
	case r.Verdict != "":
	case len(r.Diffs) > 0:
		r.Verdict = result.Fail
	default:
		r.Verdict = result.Pass
	}
}

func inMS(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// sleep waits, unless ctx ends first.
func sleep(ctx context.Context, d time.Duration) error {
	if d == 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
