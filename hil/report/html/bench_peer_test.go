//go:build peers

package html_test

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/report/reporttest"
)

// When a reader of 5,000 runs sees something, when the page is all there, how long the
// longest of 200 steps of scrolling takes, and how long a run takes to be shown.
func BenchmarkPeerFirstPaintOf5000Runs(b *testing.B) {
	r := reporttest.Many(2500, 50, "sim", "unix:esp8266")
	at := page(b, r)
	ms := map[string]float64{}
	rounds := 0
	for b.Loop() {
		rounds++
		browser := browse(b, at, "")
		browser.Until(`performance.getEntriesByName("first-contentful-paint").length > 0`)
		browser.Content(`(() => {
			window.steps = [];
			let n = 0, before = performance.now();
			const step = () => {
				const now = performance.now();
				window.steps.push(now - before);
				before = now;
				if (++n > 200) return;
				scrollBy(0, 400);
				requestAnimationFrame(step);
			};
			requestAnimationFrame(step);
			return "";
		})()`)
		browser.Until(`window.steps.length > 200`)
		browser.Content(`(() => { window.asked = performance.now(); location.hash = "` + fragment(&r.Runs[4999]) + `"; const look = () => document.getElementById("run").dataset.shown ? window.took = performance.now() - window.asked : requestAnimationFrame(look); look(); return ""; })()`)
		browser.Until(`window.took !== undefined`)
		for name, expression := range map[string]string{
			"ms-to-paint": `performance.getEntriesByName("first-contentful-paint")[0].startTime`, "ms-to-ready": `Number(document.documentElement.dataset.took)`,
			"ms-longest-step": `Math.max(...window.steps)`, "ms-to-run": `window.took`,
		} {
			value, err := strconv.ParseFloat(browser.Content(`String(`+expression+`)`), 64)
			require.NoError(b, err, name)
			ms[name] += value
		}
	}
	for name, sum := range ms {
		b.ReportMetric(sum/float64(rounds), name)
	}
}
