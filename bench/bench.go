// Command bench measures espy serve: make bench-serve.
//
// It starts three servers on this machine, and asks each for GET /albums/1 with wrk,
// in turns, so that what else the machine does falls on all of them alike:
//
//   - bare: a net/http handler that writes the same bytes and does nothing else
//   - espy: bin/espy serve --quiet
//   - json-server: the one of npm, pinned in json-server/package-lock.json, over the
//     same data
//
// Then it holds 2,000 idle connections open while espy answers others, and has it
// answer ten million requests while it looks at its memory; that server has its admin
// page on, and so remembers what was on the wire, as far as it may.
//
// It prints tables in Markdown, and ends with status 1 where espy does not reach what
// it must: see goals.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"time"
)

// goals are what must be reached.
const (
	ofBare        = 0.8   // of the requests per second of the bare handler
	ofJSONServer  = 5.0   // times those of json-server
	idle          = 2_000 // connections held while it answers
	requests      = 10_000_000
	quickRequests = 500_000
	growth        = 1.15 // of the most memory in the last fifth of the requests to that in the second
)

// A plan is how long everything takes.
type plan struct {
	rounds   int
	round    time.Duration
	requests int
}

func main() {
	if len(os.Args) > 1 && os.Args[1] == "bare" {
		bare()
		return
	}
	quick := flag.Bool("quick", false, "a look that takes half a minute, and proves less")
	espy := flag.String("espy", "bin/espy", "the program")
	flag.Parse()
	p := plan{rounds: 15, round: 2 * time.Second, requests: requests}
	if *quick {
		p = plan{rounds: 3, round: time.Second, requests: quickRequests}
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := bench(ctx, *espy, p); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func bench(ctx context.Context, espy string, p plan) error {
	if err := describeMachine(ctx); err != nil {
		return err
	}
	return errors.Join(throughput(ctx, espy, p), crowd(ctx, espy, p), memory(ctx, espy, p))
}

// throughput compares the three servers.
func throughput(ctx context.Context, espy string, p plan) error {
	servers, stop, err := startAll(ctx, espy)
	defer stop()
	if err != nil {
		return err
	}
	results := make([][]result, len(servers))
	for range p.rounds {
		for i, s := range servers {
			r, err := wrk(ctx, s.url+"/albums/1", p.round)
			if err != nil {
				return fmt.Errorf("asking %s: %w", s.name, err)
			}
			results[i] = append(results[i], r)
		}
	}
	fmt.Printf("\n## GET /albums/1, 32 connections, medians of %d rounds of %v\n\n", p.rounds, p.round)
	fmt.Println("| server | requests/s | to bare, round by round | p50 | p99 |\n| --- | ---: | ---: | ---: | ---: |")
	for i, s := range servers {
		m := median(results[i])
		fmt.Printf("| %s | %.0f | %.2f | %v | %v |\n", s.name, m.perSecond, ratio(results[i], results[0]), m.p50, m.p99)
	}
	return errors.Join(
		atLeast("espy to the bare handler", ratio(results[1], results[0]), ofBare),
		atLeast("espy to json-server", ratio(results[1], results[2]), ofJSONServer),
	)
}

// crowd has espy answer while others hold connections to it, and an espy beside it
// to which nobody does, in turns.
func crowd(ctx context.Context, espy string, p plan) error {
	var servers [2]*server
	for i := range servers {
		s, err := startEspy(ctx, espy, "--quiet")
		if err != nil {
			return err
		}
		defer s.stop()
		servers[i] = s
	}
	crowded := servers[1]
	held, err := hold(crowded.url, idle)
	if err != nil {
		return err
	}
	defer held.close()
	var results [2][]result
	for range p.rounds {
		for i, s := range servers {
			r, err := wrk(ctx, s.url+"/albums/1", p.round)
			if err != nil {
				return err
			}
			results[i] = append(results[i], r)
		}
	}
	fmt.Printf("\n## %d idle connections held, medians of %d rounds of %v\n\n", idle, p.rounds, p.round)
	fmt.Println("| | requests/s | to none, round by round | p99 | memory |\n| --- | ---: | ---: | ---: | ---: |")
	for i, name := range []string{"none held", fmt.Sprintf("%d held", idle)} {
		rss, err := servers[i].memory()
		if err != nil {
			return err
		}
		m := median(results[i])
		fmt.Printf("| %s | %.0f | %.2f | %v | %s |\n", name, m.perSecond, ratio(results[i], results[0]), m.p99, mib(rss))
	}
	if err := held.askAgain(); err != nil {
		return fmt.Errorf("the connections that were held: %w", err)
	}
	fmt.Printf("\nEach of the %d was answered once more on its connection afterwards.\n", idle)
	return nil
}

// memory has espy answer many requests, and looks at what it holds.
func memory(ctx context.Context, espy string, p plan) error {
	s, err := startEspy(ctx, espy, "--quiet", "--admin", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer s.stop()
	fmt.Printf("\n## memory over %d requests, with the admin page on\n\n", p.requests)
	fmt.Println("| requests | memory | requests/s |\n| ---: | ---: | ---: |")
	var most [5]int // in each fifth: what the collector leaves lying differs from second to second
	for done, shown := 0, 0; done < p.requests; {
		r, err := wrk(ctx, s.url+"/albums/1", time.Second)
		if err != nil {
			return err
		}
		held, err := s.memory()
		if err != nil {
			return err
		}
		fifth := min(done*5/p.requests, 4)
		most[fifth] = max(most[fifth], held)
		done += r.requests
		if tenth := done * 10 / p.requests; tenth > shown {
			shown = tenth
			fmt.Printf("| %d | %s | %.0f |\n", done, mib(held), r.perSecond)
		}
	}
	grown := float64(most[4]) / float64(most[1])
	fmt.Printf("\nmost memory in the last fifth: %s, %.2f of that in the second, %.2f allowed\n", mib(most[4]), grown, growth)
	if grown > growth {
		return fmt.Errorf("memory grew by %.2f: more than %.2f is not flat", grown, growth)
	}
	return nil
}

func atLeast(what string, got, want float64) error {
	verdict := "reached"
	if got < want {
		verdict = "MISSED"
	}
	fmt.Printf("\n%s: %.2f, at least %.1f wanted: %s\n", what, got, want, verdict)
	if got < want {
		return fmt.Errorf("%s is %.2f, which is less than %.1f", what, got, want)
	}
	return nil
}

func mib(bytes int) string { return fmt.Sprintf("%.1f MiB", float64(bytes)/(1<<20)) }
