// Small drawings: what a run took, and where it stands among the others of its board.

const PHASES = ["import", "request", "body"];

// bars draws the parts of a measure for each run, one below the other. whole is drawn
// around them, where it is more.
function bars(title, columns, of, wholeOf, unit) {
  const rows = columns.map(c => ({name: c.label, parts: PHASES.map(p => of(c)?.[p] ?? 0), whole: wholeOf(c)}));
  const most = Math.max(...rows.map(r => Math.max(r.whole ?? 0, r.parts.reduce((a, b) => a + b, 0))), 0);
  if (!(most > 0)) return null;
  const width = 360, left = 0, bar = 10, step = 34, scale = n => Math.max(0, n / most * (width - left - 2));
  const picture = drawn("svg", {viewBox: `0 0 ${width} ${rows.length * step}`, role: "img", "aria-label": title + ": " + rows.map(r => plain(r.name) + " " + PHASES.map((p, i) => p + " " + unit(r.parts[i])).join(", ")).join("; ")});
  rows.forEach((row, i) => {
    const y = i * step, told = PHASES.map((p, n) => row.parts[n] > 0 ? p + " " + unit(row.parts[n]) : "").filter(Boolean).join(" · ");
    let x = left;
    picture.append(drawn("text", {x: left, y: y + 11}, cut(plain(row.name), 24)), drawn("text.soft", {x: width, y: y + 11, "text-anchor": "end"}, told));
    if (row.whole > 0) picture.append(drawn("rect.host", {x: left + .5, y: y + 16.5, width: scale(row.whole), height: bar - 1, rx: 2}));
    row.parts.forEach((n, p) => {
      if (n <= 0) return;
      picture.append(drawn("rect." + PHASES[p], {x, y: y + 16, width: Math.max(1, scale(n)), height: bar, rx: 1}));
      x += scale(n);
    });
  });
  return element("figure", element("figcaption", title), picture);
}

function cut(text, most) { return text.length > most ? text.slice(0, most - 1) + "…" : text; }

// spread counts values into bins of a logarithmic scale.
function spread(values, bins) {
  const low = Math.log(Math.min(...values)), high = Math.log(Math.max(...values));
  const place = v => high > low ? Math.min(bins - 1, Math.floor((Math.log(v) - low) / (high - low) * bins)) : Math.floor(bins / 2);
  const counts = new Array(bins).fill(0);
  for (const v of values) counts[place(v)]++;
  return {counts, place, low: Math.exp(low), high: Math.exp(high)};
}

// stands draws how often runs took how much; here is where one of them stands.
function stands(values, here, width, height, label) {
  values = values.filter(v => v > 0);
  if (values.length < 3) return null;
  const bins = Math.floor(width / 5), {counts, place} = spread(values, bins), most = Math.max(...counts);
  const picture = drawn("svg", {viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": label});
  counts.forEach((n, i) => {
    if (!n) return;
    const tall = Math.max(1.5, Math.sqrt(n / most) * (height - 4));
    picture.append(drawn("rect.all", {x: i * 5, y: height - tall, width: 4, height: tall}));
  });
  if (here > 0) {
    const x = place(here) * 5 + 2;
    picture.append(drawn("line.here", {x1: x, y1: 0, x2: x, y2: height}));
  }
  return picture;
}

const middle = values => { const sorted = values.filter(v => v > 0).sort((a, b) => a - b); return sorted[Math.floor(sorted.length / 2)] ?? 0; };

// among is a drawing of where a run stands among the others of its board.
function among(run, title, of, unit) {
  const values = index.runs.filter(r => r.b === run.b && r.row.c === run.row.c).map(of), here = of(run);
  const told = `${title}: ${unit(here)}; the median on this board is ${unit(middle(values))}`;
  const picture = here > 0 ? stands(values, here, 360, 44, told) : null;
  return picture && element("figure", element("figcaption", told), picture);
}

function plotsOf(run, columns) {
  const own = columns.filter(c => c.whole.run.timing_ms || c.whole.run.memory);
  const last = columns.some(c => c.whole.run.steps?.length > 1) ? ", last step" : "";
  const figures = [
    bars("Time on the board" + last + "; outlined: all of the run", own, c => c.whole.run.timing_ms, c => c.whole.run.timing_ms?.run, milliseconds),
    bars("Memory allocated on the board" + last, own, c => c.whole.run.memory, () => null, size),
    among(run, "Time", r => r.ms ?? 0, milliseconds),
    among(run, "Memory", r => r.a ?? 0, size),
  ].filter(Boolean);
  if (!figures.length) return null;
  const key = element("p.key", PHASES.map(p => element("span", drawn("svg", {viewBox: "0 0 10 10", "aria-hidden": "true"}, drawn("rect." + p, {width: 10, height: 10})), p)));
  const free = own.filter(c => c.whole.run.memory?.free).map(c => plain(c.label) + " " + size(c.whole.run.memory.free));
  return element("section", element("h3", "Time and memory"), key, element("div.plots", figures), free.length ? element("p.legend", "Free when it was over: " + free.join(", ")) : null);
}
