// The fields of the Response side by side, one column a run.

// columnsOf are a run and those that it is compared with: the other boards and repeats
// of its row, and the first run of the scenario's other versions.
const MOST_COLUMNS = 8;

function comparedWith(run) {
  const first = index.rows.find(r => r.s === run.row.s && r.v === run.row.v && r.c === run.row.c).runs[0];
  const all = [...new Set([first, ...run.row.runs])];
  const near = all.slice(0, MOST_COLUMNS);
  if (!near.includes(run)) near[near.length - 1] = run;
  return near;
}

function labelOf(run, beside) {
  let label = run.board;
  if (beside.some(r => r.row !== run.row)) label += " " + (run.row.h || "default");
  if (beside.some(r => r !== run && r.b === run.b && r.row === run.row)) label += " #" + (run.n ?? 1);
  return label;
}

async function columnsOf(run) {
  const runs = comparedWith(run);
  return Promise.all(runs.map(async r => ({run: r, label: labelOf(r, runs), whole: await whole(r)})));
}

// withoutAddresses has the servers' names in place of their addresses, which are others
// in every run.
function withoutAddresses(text, run) {
  for (const [name, address] of Object.entries(run.servers ?? {})) text = text.replaceAll(address, "$(" + name + ")");
  return text;
}

// fieldsOf lists the fields of an observation by name.
function fieldsOf(o, run) {
  const fields = new Map();
  const put = (name, value) => { if (value !== undefined && value !== null && value !== "") fields.set(name, withoutAddresses(String(value), run)); };
  const r = o.response, e = o.raises;
  if (e) {
    put("raises.type", e.type);
    put("raises.in", e.in);
    put("raises.errno", e.errno);
    put("raises.message", e.message);
  }
  if (r) {
    put("status_code", r.status_code);
    put("reason", r.reason);
    put("version", r.version);
    put("request_version", r.request_version);
    put("url", r.url);
    put("history", (r.history ?? []).map(h => h.join(" ")).join("\n"));
    for (const [name, value] of r.headers ?? []) {
      const key = "headers." + name.toLowerCase();
      fields.set(key, fields.has(key) ? fields.get(key) + "\n" + withoutAddresses(value, run) : withoutAddresses(value, run) || "(empty)");
    }
    put("content_length", r.body?.length);
    put("content_sha256", r.body?.sha256);
    put("text", r.text);
    if (r.json !== undefined) put("json", JSON.stringify(r.json));
    for (const [name, type] of Object.entries(r.types ?? {})) put("types." + name, type);
  }
  (o.wire ?? []).forEach((x, i) => put(`wire[${i}]`, x.request_line));
  if (o.open_connections) put("open_connections", o.open_connections);
  (o.unexpected ?? []).forEach((u, i) => put(`unexpected[${i}]`, u));
  return fields;
}

// counts tells whether a difference of a run is in a field.
function counts(run, field, step) {
  return (run.diffs ?? []).some(d => {
    const name = d.field.replace(/^steps?\[(\d+)\]\./, "");
    const other = d.field.match(/^steps?\[(\d+)\]\./);
    if (other && Number(other[1]) !== step) return false;
    return name === field || name.startsWith(field + ".") || name.startsWith(field + "[") || field.startsWith(name + ".") || (field === "content_sha256" && /^(content|text|json)/.test(name));
  });
}

// inOrder has what was raised first, and what was asked last.
function inOrder(names) {
  const rank = name => name.startsWith("raises.") ? 0 : name.startsWith("wire[") ? 2 : 1;
  return [...names].sort((a, b) => rank(a) - rank(b));
}

// comparable tells whether it says anything that a field is another: dates always are,
// and where there is no Response, none of its fields is.
function comparable(name, first, here) {
  if (name === "headers.date") return false;
  return name.startsWith("raises.") || name.startsWith("wire[") || name.startsWith("unexpected[") || name === "open_connections" || first && here;
}

// beside is the table for one step of a scenario; null where there is nothing to show.
function beside(columns, step) {
  const told = columns.map(c => {
    const o = c.whole.run.steps?.length ? c.whole.run.steps[step] : step === 0 ? c.whole.run : undefined;
    return o ? fieldsOf(o, c.whole.run) : new Map();
  });
  const names = inOrder(new Set(told.flatMap(t => [...t.keys()])));
  if (!names.length) return null;
  const answered = told.map(t => t.has("status_code"));
  let marks = 0;
  const rows = names.map(name => element("tr", element("th", {scope: "row"}, shown(name)), columns.map((c, i) => {
    const value = told[i].get(name), other = i > 0 && value !== told[0].get(name) && comparable(name, answered[0], answered[i]);
    const counted = counts(c.whole.run, name, step);
    if (other || counted) marks++;
    const cell = element("td" + (counted ? ".counted" : other ? ".other" : "") + (value === undefined ? ".nothing" : ""));
    const mark = other || counted ? element("span.differs", {title: counted ? "not as it should be" : "other than in the first column"}, counted ? "✗ " : "≠ ") : null;
    const text = value === undefined ? "–" : name === "content_sha256" ? value.slice(0, 16) + "…" : cut(value, 4000);
    return fill(cell, [element("div", {title: name === "content_sha256" ? value : null}, mark, shown(text, true))]);
  })));
  return {
    table: element("div.wide", {tabindex: "0", role: "group", "aria-label": "fields"}, element("table.beside",
      element("thead", element("tr", element("td"), columns.map(c => element("th", {scope: "col", "aria-current": String(c.chosen)}, shown(c.label))))),
      element("tbody", rows))),
    marks,
  };
}

function fieldsSection(columns) {
  const steps = Math.max(1, ...columns.map(c => c.whole.run.steps?.length ?? 0));
  const parts = [];
  let marks = 0;
  for (let step = 0; step < steps; step++) {
    const one = beside(columns, step);
    if (!one) continue;
    marks += one.marks;
    if (steps > 1) parts.push(element("p.legend", `step ${step + 1}`));
    parts.push(one.table);
  }
  if (!parts.length) return null;
  const legend = element("p.legend", marks ? [element("b", "✗"), " is not as it should be; ", element("b", "≠"), " is other than in the first column, and not held against it; dates are not compared. "] : null,
    "Addresses of servers stand as $(name).");
  return element("section", element("h3", columns.length > 1 ? "Response, side by side" : "Response"), parts, legend);
}
