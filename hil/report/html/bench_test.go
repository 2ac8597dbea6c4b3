package html_test

import (
	"bytes"
	"testing"

	"github.com/espy-hil/espy/hil/report/html"
	"github.com/espy-hil/espy/hil/report/reporttest"
)

// What a night of 5,000 runs costs: the time of writing the page, and its size.
func BenchmarkPageOf5000Runs(b *testing.B) {
	r := reporttest.Many(2500, 50, "sim", "unix:esp8266")
	var page bytes.Buffer
	for b.Loop() {
		page.Reset()
		if err := html.In(".")(&page, r); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(page.Len())/1e6, "MB")
}
