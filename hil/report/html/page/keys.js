// The keyboard.

function move(rowsDown, right) {
  if (!rows.length) return;
  let n = at ? rows.indexOf(at.row) : -1;
  if (n < 0) n = rowsDown >= 0 ? -1 : rows.length;
  const row = right ? rows[Math.max(n, 0)] : rows[Math.min(rows.length - 1, Math.max(0, n + rowsDown))];
  const runs = runsWanted(row);
  let run = runs.find(r => at && r.b === at.b && r.n === at.n) ?? worst(runs);
  if (right && at) run = runs[Math.min(runs.length - 1, Math.max(0, runs.indexOf(at) + right))] ?? run;
  go(run);
}

// go chooses a run, and shows it where one is shown already.
function go(run) {
  select(run);
  reveal(run);
  if (!pane.hidden) open(run);
}

// seek goes to the next run that is not as it should be, or the one before.
function seek(direction) {
  const wrong = rows.flatMap(row => runsWanted(row).filter(r => r.wrong));
  if (!wrong.length) return;
  const now = at ? wrong.indexOf(at) : -1;
  if (now >= 0) return go(wrong[(now + direction + wrong.length) % wrong.length]);
  const n = at ? rows.indexOf(at.row) : -1, after = wrong.findIndex(r => rows.indexOf(r.row) >= n);
  go(direction > 0 ? wrong[Math.max(after, 0)] : wrong[(after - 1 + wrong.length) % wrong.length]);
}

const keys = {
  j: () => move(1, 0), ArrowDown: () => move(1, 0), k: () => move(-1, 0), ArrowUp: () => move(-1, 0),
  l: () => move(0, 1), ArrowRight: () => move(0, 1), h: () => move(0, -1), ArrowLeft: () => move(0, -1),
  n: () => seek(1), p: () => seek(-1),
  Enter: () => { if (at) open(at); },
  Escape: close,
  "/": () => { byID("words").focus(); byID("words").select(); },
  t: switchTheme,
  "?": () => byID("keys").showModal(),
};

function setUpKeys() {
  addEventListener("keydown", e => {
    if (e.ctrlKey || e.metaKey || e.altKey || byID("keys").open) return;
    const field = e.target.closest("input, select, textarea");
    if (field) {
      if (e.key === "Escape" || e.key === "Enter") {
        field.blur();
        e.preventDefault();
        if (e.key === "Enter" && rows.length) go(worst(runsWanted(rows[0])));
      }
      return;
    }
    // What a page does with them: a button is pressed, a pane scrolled.
    if (e.key === "Enter" && e.target.closest("a, button, summary")) return;
    if (e.key.startsWith("Arrow") && (e.target.closest("#run") || e.shiftKey)) return;
    const act = keys[e.key];
    if (!act) return;
    e.preventDefault();
    act();
  });
  byID("help").addEventListener("click", keys["?"]);
}

// switchTheme goes from light to dark and back, and remembers it where that is possible.
function switchTheme() {
  const dark = themeNow() === "dark";
  document.documentElement.dataset.theme = dark ? "light" : "dark";
  try { localStorage.setItem("espy-theme", document.documentElement.dataset.theme); } catch { /* a file may have no memory */ }
}

function themeNow() { return document.documentElement.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"); }

function setUpTheme() {
  let kept = null;
  try { kept = localStorage.getItem("espy-theme"); } catch { /* likewise */ }
  if (kept === "light" || kept === "dark") document.documentElement.dataset.theme = kept;
  byID("theme").addEventListener("click", switchTheme);
}
