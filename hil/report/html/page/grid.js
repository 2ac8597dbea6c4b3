// The grid of scenarios and boards. As many rows exist as can be seen, and some beside:
// five thousand scroll as fifty do.

const grid = byID("table"), head = grid.querySelector(".head"), place = grid.querySelector(".rows");
const SPARE = 12; // rows above and below what can be seen
let height = 32, from = -1, to = -1, at = null, narrow = false; // at is the run on which the keys are

// cellsOf are a row's runs by board: those of one board are one cell.
function cellOf(row, board) {
  const runs = row.runs.filter(r => r.b === board);
  if (!runs.length) return element("div.slot", {role: "gridcell"}, element("span.cell"));
  const run = worst(runs), name = index.boards[board];
  return element("div.slot", {role: "gridcell"}, element("a.cell." + run.verdict + (run.wrong ? ".wrong" : ""), {
    href: "#run-" + run.id, tabindex: (at ? runs.includes(at) : row === rows[0] && board === boardsShown()[0]) ? "0" : "-1", "aria-current": String(runs.includes(at)),
    title: `${plain(name)}: ${run.verdict}` + (run.w ? " · " + plain(run.w) : ""),
  }, symbol(run.verdict), element("span.unseen", `${cut(plain(name), 60)}: ${run.verdict}`),
  element("span.board", {"aria-hidden": "true"}, cut(plain(name), 18)), run.wrong ? element("span.word", {"aria-hidden": "true"}, run.verdict) : null,
  runs.length > 1 ? element("span", "×" + runs.length) : null, run.since && run.since === index.started ? element("span.new", "new") : null,
  run.ms ? element("span.ms", milliseconds(run.ms)) : null));
}

function rowOf(n) {
  const row = rows[n], above = rows[n - 1];
  const again = above && above.s === row.s;
  const title = plain(row.scenario.name) + (row.v ? " [" + plain(row.v) + "]" : "");
  const extra = [row.v, row.h ? "HTTP " + row.h : "", row.client === "espy.requests" ? "" : row.client].filter(Boolean).join(" · ");
  const e = element("div.row" + (again ? ".again" : "") + (at && at.row === row ? ".chosen" : ""), {role: "row", "aria-rowindex": n + 2},
    element("div.title", {role: "rowheader", title}, element("span.name", shown(cut(row.scenario.name, 300))), extra ? element("span.variant", shown(cut(extra, 300))) : null),
    element("div.cells", {role: "presentation"}, boardsShown().map(b => cellOf(row, b))));
  e.style.transform = `translateY(${n * height}px)`;
  e.dataset.place = row.place;
  return e;
}

function boardsShown() { return wanted.board < 0 ? index.boards.map((_, i) => i) : [wanted.board]; }

// drawGrid draws the rows that can be seen; anew: also where they are there already.
function drawGrid(anew) {
  const offset = -place.getBoundingClientRect().top;
  const first = Math.max(0, Math.floor(offset / height) - SPARE), last = Math.min(rows.length, Math.ceil((offset + innerHeight) / height) + SPARE);
  if (!anew && first === from && last === to) return;
  if (anew) {
    place.style.height = rows.length * height + "px";
    grid.setAttribute("aria-rowcount", rows.length + 1);
    drawHead();
  }
  [from, to] = [first, last];
  const drawn = [], focused = place.contains(document.activeElement);
  for (let n = first; n < last; n++) drawn.push(rowOf(n));
  place.replaceChildren(...drawn);
  if (focused) place.querySelector("[tabindex='0']")?.focus({preventScroll: true}); // one cell of the grid has the focus
}

function drawHead() {
  const boards = boardsShown(), room = grid.clientWidth;
  const widest = pane.hidden || innerWidth < 1088 ? 128 : 44; // beside the pane a symbol has to do
  const cell = Math.min(widest, Math.max(30, Math.floor(room * .6 / Math.max(boards.length, 1))));
  narrow = cell < 84;
  document.body.classList.toggle("narrow", narrow);
  grid.style.setProperty("--boards", boards.length);
  grid.style.setProperty("--cell", cell + "px");
  head.replaceChildren(element("span", {role: "columnheader"}, "scenario"), ...boards.map(b => element("span" + (cell < 56 ? ".upright" : ""), {role: "columnheader", title: plain(index.boards[b])}, shown(cut(index.boards[b], 40)))));
}

// measure takes the heights from the style.
function measure() {
  height = matchMedia("(max-width: 46rem)").matches ? 60 : 32;
  grid.style.setProperty("--row", height + "px");
  grid.style.setProperty("--filter", byID("filter").offsetHeight + "px");
  drawGrid(true);
}

// select puts the keys on a run.
function select(run) {
  if (!rows.includes(run.row)) showAll();
  at = run;
  drawGrid(true);
}

// inView tells whether the row of a run can be seen.
function inView(run) {
  const top = place.getBoundingClientRect().top + rows.indexOf(run.row) * height;
  return top > 0 && top + height < innerHeight;
}

// reveal scrolls the row of a run to where it can be seen.
function reveal(run) {
  const top = place.getBoundingClientRect().top + scrollY + rows.indexOf(run.row) * height, cover = byID("filter").offsetHeight + head.offsetHeight + 8;
  if (top < scrollY + cover) scrollTo({top: top - cover});
  else if (top + height > scrollY + innerHeight - 8) scrollTo({top: top - innerHeight / 2});
  drawGrid(false);
}

function setUpGrid() {
  grid.hidden = index.runs.length === 0;
  let asked = false;
  addEventListener("scroll", () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => { asked = false; drawGrid(false); });
  }, {passive: true});
  new ResizeObserver(measure).observe(byID("report"));
  place.addEventListener("click", e => {
    if (e.target.closest("a")) return;
    const row = e.target.closest(".row");
    if (row && String(getSelection()) === "") open(worst(runsWanted(index.rows[row.dataset.place])));
  });
}
