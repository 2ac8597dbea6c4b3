// The run that was chosen, in the pane beside the grid.

const pane = byID("run");
let chosen = null; // the run that is shown
let begun = false; // the page has been there for the reader to look at

function fact(name, value) { return value === null || value === undefined || value === "" ? null : element("div", element("dt", name), element("dd", value)); }

function headOf(run) {
  const others = run.row.runs.map(other => element("a", {href: "#run-" + other.id, "aria-current": String(other === run), title: plain(other.w ?? "")},
    symbol(other.verdict), " ", shown(labelOf(other, run.row.runs)), element("span.unseen", " " + other.verdict)));
  others.forEach((a, i) => a.classList.add(run.row.runs[i].verdict));
  return element("header.run-head",
    element("div.run-bar." + run.verdict,
      element("span.verdict", symbol(run.verdict), " ", run.verdict, newOrSince(run)),
      run.pcap ? element("a.button", {href: encodeURI(run.pcap).replaceAll("#", "%23").replaceAll("?", "%3f"), title: "every byte on the wire, for Wireshark"}, "capture") : null,
      element("a.button", {href: "#run-" + run.id, title: "a link to this run"}, "#" + (run.place + 1), element("span.unseen", " a link to this run")),
      element("button", {type: "button", click: () => move(-1, 0), "aria-label": "the row above (k)", title: "the row above (k)"}, "‹"),
      element("button", {type: "button", click: () => move(1, 0), "aria-label": "the row below (j)", title: "the row below (j)"}, "›"),
      element("button", {type: "button", click: close, "aria-label": "close (Esc)", title: "close (Esc)"}, "✕")),
    element("h2", {id: "run-title"}, shown(run.row.scenario.name), run.row.v ? element("span.variant", shown(run.row.v)) : null),
    run.row.runs.length > 1 ? element("nav.boards-of-run", {"aria-label": "the same on other boards"}, others) : null);
}

function newOrSince(run) {
  if (run.mended) return element("span.new", "mended");
  if (!run.since) return null;
  return run.since === index.started ? element("span.new", "new") : element("span.note", " since " + plain(day(run.since)));
}

function factsOf(run, w) {
  const file = run.row.scenario.file, source = (w.run.diffs ?? []).map(d => d.source).find(s => s.startsWith(file + ":"));
  return element("dl.facts",
    fact("board", [shown(run.board), " · ", shown(run.row.client), run.row.h ? [" · HTTP ", shown(run.row.h)] : "", w.run.repeat > 1 ? ` · repeat ${w.run.repeat}` : "", w.run.attempt > 1 ? ` · attempt ${w.run.attempt}` : ""]),
    fact("file", element("code", shown(source ?? file))),
    fact("about", run.row.scenario.about ? shown(run.row.scenario.about, true) : null),
    fact("tags", run.row.scenario.tags.length ? run.row.scenario.tags.map(t => element("span.tag", shown(index.tags[t]))) : null),
    fact("cut short", cutShort(w)),
    fact("again", element("code", `espy show ${run.place + 1} RESULTS.json`)));
}

// cutShort says what of a run is longer than the page has it.
function cutShort(w) {
  const all = Object.entries(w.long ?? {});
  if (!all.length) return null;
  const few = all.slice(0, 5).map(([path, n], i) => [i ? ", " : "", element("code", shown(cut(path, 80))), ` (${number(n)})`]);
  return [few, all.length > 5 ? ` and ${number(all.length - 5)} more` : "", "; --json has all of it"];
}

// show draws a run: what is known at once, and the rest when it is unpacked.
async function show(run) {
  chosen = run;
  const fresh = pane.hidden;
  pane.hidden = false;
  document.body.classList.add("open");
  pane.setAttribute("aria-labelledby", "run-title");
  const body = element("div.run-body", element("p.note", "…"));
  pane.replaceChildren(headOf(run), body);
  pane.scrollTop = 0;
  if (fresh) pane.focus({preventScroll: true});
  pane.querySelector(".boards-of-run [aria-current=true]")?.scrollIntoView({block: "nearest", inline: "nearest"});
  try {
    const columns = await columnsOf(run);
    if (chosen !== run) return; // another one was chosen meanwhile
    const own = columns.find(c => c.run === run);
    own.chosen = true;
    body.replaceChildren(...[factsOf(run, own.whole), differencesSection(own.whole.run), fieldsSection(columns), exchangeSection(own.whole), logSection(own.whole), plotsOf(run, columns)].filter(Boolean));
  } catch (trouble) {
    body.replaceChildren(element("p.note", "This run cannot be shown: ", shown(String(trouble)), ". Browsers since 2024 can; --json has it as well."));
  }
  pane.dataset.shown = run.id;
}

function close() {
  if (pane.hidden) return;
  pane.hidden = true;
  pane.replaceChildren();
  delete pane.dataset.shown;
  document.body.classList.remove("open");
  chosen = null;
  if (location.hash.startsWith("#run-")) history.replaceState(null, "", location.pathname + location.search);
  drawGrid(true);
}

// follow shows the run that the address names, if it names one.
function follow() {
  const run = location.hash.startsWith("#run-") ? runByID.get(location.hash.slice(5)) : null;
  if (!run) {
    if (!pane.hidden && !location.hash.startsWith("#run-")) close();
    return;
  }
  const seen = inView(run) || !begun;
  select(run);
  show(run);
  if (seen) requestAnimationFrame(() => reveal(run)); // the pane has made the grid narrower
}

function open(run) {
  if (location.hash === "#run-" + run.id) follow();
  else location.hash = "run-" + run.id;
}
