// Which rows the grid shows, in which order.

const wanted = {words: "", verdicts: new Set(), board: -1, tag: -1, client: -1, order: ""};
let rows = index.rows; // those that are shown

// told is what the words are looked for in, made when it is first needed.
function told(row) {
  row.told ??= [row.scenario.name, row.v, row.client, row.h, row.scenario.file, row.scenario.about, ...row.scenario.tags.map(t => index.tags[t]),
    ...row.runs.flatMap(r => [r.board, r.verdict, r.w, r.id])].join("\n").toLowerCase();
  return row.told;
}

// runsWanted are a row's runs on the boards that are wanted.
function runsWanted(row) { return wanted.board < 0 ? row.runs : row.runs.filter(r => r.b === wanted.board); }

const most = (row, key) => Math.max(0, ...runsWanted(row).map(r => r[key] ?? 0));
const orders = {
  wrong: (a, b) => SEVERITY.indexOf(worst(runsWanted(a)).verdict) - SEVERITY.indexOf(worst(runsWanted(b)).verdict),
  slow: (a, b) => most(b, "ms") - most(a, "ms"),
  hungry: (a, b) => most(b, "a") - most(a, "a"),
};

function filterRows() {
  const words = wanted.words.toLowerCase().split(/\s+/).filter(Boolean);
  rows = index.rows.filter(row => {
    const runs = runsWanted(row);
    return runs.length > 0 && (wanted.client < 0 || row.c === wanted.client) && (wanted.tag < 0 || row.scenario.tags.includes(wanted.tag)) &&
      (wanted.verdicts.size === 0 || runs.some(r => wanted.verdicts.has(r.verdict))) && words.every(w => told(row).includes(w));
  });
  if (orders[wanted.order]) rows = [...rows].sort((a, b) => orders[wanted.order](a, b) || a.place - b.place);
  const runs = rows.reduce((n, row) => n + runsWanted(row).length, 0);
  byID("shown").textContent = runs === index.runs.length ? counted(runs, "run") : `${number(runs)} of ${counted(index.runs.length, "run")}`;
  byID("none").hidden = rows.length > 0;
  drawGrid(true);
}

// choice fills a list with what there is to choose from; it is not shown where there is
// one thing only.
function choice(id, all, name, key) {
  const list = byID(id);
  list.hidden = all.length < 2;
  list.append(element("option", {value: -1}, name), ...all.map((one, i) => element("option", {value: i}, cut(plain(one), 60))));
  list.addEventListener("change", () => { wanted[key] = Number(list.value); filterRows(); });
}

function setUpFilter() {
  choice("by-board", index.boards, "all boards", "board");
  choice("by-tag", index.tags, "all tags", "tag");
  choice("by-client", index.clients, "all clients", "client");
  const count = {};
  for (const run of index.runs) count[run.verdict] = (count[run.verdict] ?? 0) + 1;
  byID("filter").querySelector(".verdicts").append(...index.verdicts.filter(v => count[v]).map(v => element("button." + v, {
    type: "button", "aria-pressed": "false", "data-verdict": v, click: e => {
      const button = e.currentTarget, on = !wanted.verdicts.delete(v);
      if (on) wanted.verdicts.add(v);
      button.setAttribute("aria-pressed", String(on));
      filterRows();
    },
  }, symbol(v), " " + v + " ", element("span", number(count[v])))));
  byID("words").addEventListener("input", e => { wanted.words = e.target.value; filterRows(); });
  byID("order").addEventListener("change", e => { wanted.order = e.target.value; filterRows(); });
  byID("filter").addEventListener("submit", e => e.preventDefault());
  byID("all").addEventListener("click", () => showAll());
  byID("filter").hidden = false;
}

function showAll() {
  Object.assign(wanted, {words: "", board: -1, tag: -1, client: -1});
  wanted.verdicts.clear();
  byID("words").value = "";
  for (const id of ["by-board", "by-tag", "by-client"]) byID(id).value = "-1";
  for (const button of byID("filter").querySelectorAll("[data-verdict]")) button.setAttribute("aria-pressed", "false");
  filterRows();
}
