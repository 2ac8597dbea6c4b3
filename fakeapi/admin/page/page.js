// The page of espy serve --admin. It knows the server only through /api; see
// docs/serve.md.

const $ = (id) => document.getElementById(id);
const shown = 16 * 1024; // bytes of a side that are written out
const kept = 1000; // exchanges; the server remembers no more

const state = { plan: null, faults: [], list: [], last: 0, chosen: 0, full: null };

/** A new element with these properties, around these children. */
function make(tag, properties = {}, ...children) {
  const e = document.createElement(tag);
  Object.assign(e, properties);
  e.append(...children);
  return e;
}

/** What the API answers; an error with the server's sentence where it refuses. */
async function ask(path, options) {
  const r = await fetch(path, { cache: "no-store", ...options });
  const answer = await r.json();
  if (!r.ok) throw new Error(answer.error);
  return answer;
}

// Exchanges

/** Waits for news of exchanges, for ever. */
async function listen() {
  for (;;) {
    try {
      const news = await ask(`api/exchanges?after=${state.last}&wait=20`);
      reach(true);
      if (news.length) take(news);
    } catch {
      reach(false);
      await new Promise((again) => setTimeout(again, 1000));
      await refresh().catch(() => {});
    }
  }
}

/** Shows whether the server answers. */
function reach(up) {
  $("link").className = up ? "link up" : "link down";
  $("link").textContent = up ? "live" : "the server does not answer";
}

function take(news) {
  if (news[0].id <= state.last) forget(); // another server, where this one was
  state.last = news.at(-1).id;
  state.list.push(...news);
  const rows = news.map(row);
  $("list").prepend(...rows.reverse());
  for (const old of state.list.splice(0, Math.max(0, state.list.length - kept))) rowOf(old.id)?.remove();
  tell();
  if ($("follow").checked && !document.hidden) choose(state.last);
}

function forget() {
  state.list = [];
  $("list").replaceChildren();
  $("detail").hidden = true;
  state.chosen = 0;
}

const rowOf = (id) => $("list").querySelector(`tr[data-id="${id}"]`);

/** The row of one exchange. */
function row(x) {
  const cell = (text, className = "") => make("td", { textContent: text, className });
  const r = make("tr", { tabIndex: 0, hidden: !matches(x), title: x.error ?? "" },
    cell(x.id, "number"),
    cell(x.error ? `no request: ${x.error}` : escaped(x.line), "line"),
    cell(x.asked || "–"),
    cell(x.answered || "–", x.answered && x.answered !== x.asked ? "differs" : ""),
    cell(x.status || "none", `status s${Math.floor(x.status / 100)}`),
    cell(x.error ? "" : time(x.took_ms), "number wide"),
    cell(x.received, "number wide"),
    cell(x.sent, "number wide"),
    cell(clock(new Date(x.time)), "number wide"));
  r.dataset.id = x.id;
  r.addEventListener("click", () => pick(x.id));
  r.addEventListener("keydown", (e) => {
    const beside = { ArrowDown: r.nextElementSibling, ArrowUp: r.previousElementSibling }[e.key];
    if (beside) {
      e.preventDefault();
      beside.focus();
      pick(Number(beside.dataset.id));
    } else if (e.key === "Enter") pick(x.id);
  });
  return r;
}

const clock = (t) => [t.getHours(), t.getMinutes(), t.getSeconds()].map((n) => String(n).padStart(2, "0")).join(":") + "." + String(t.getMilliseconds()).padStart(3, "0");
const time = (ms) => (ms < 10 ? `${ms.toFixed(2)} ms` : ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(2)} s`);

function matches(x) {
  const words = $("filter").value.toLowerCase().split(/\s+/).filter(Boolean);
  const text = `${x.line} ${x.status || "none"} ${x.asked} ${x.answered} ${x.error ?? ""}`.toLowerCase();
  return words.every((w) => text.includes(w));
}

function tell() {
  const seen = state.list.filter(matches).length;
  $("count").textContent = state.list.length === 0 ? "" : seen === state.list.length ? `${seen}` : `${seen} of ${state.list.length}`;
  $("none").hidden = state.list.length > 0;
}

/** Shows an exchange that a person wants to look at: no later one is to push it away. */
function pick(id) {
  $("follow").checked = false;
  choose(id);
}

async function choose(id) {
  for (const r of $("list").querySelectorAll('[aria-selected="true"]')) r.removeAttribute("aria-selected");
  rowOf(id)?.setAttribute("aria-selected", "true");
  state.chosen = id;
  try {
    const full = await ask(`api/exchanges/${id}`);
    if (state.chosen !== id) return; // another one since
    state.full = full;
    showDetail();
  } catch (e) {
    if (state.chosen === id) $("detail").hidden = true;
  }
}

function showDetail() {
  const x = state.full;
  $("detail").hidden = false;
  $("detail-title").textContent = x.error ? "no request" : escaped(x.line);
  $("detail-facts").textContent = [`#${x.id}`, `connection ${x.connection}`, x.error ?? time(x.took_ms)].join(" · ");
  const view = document.querySelector('input[name="view"]:checked').value;
  $("sides").className = `sides ${view}`;
  for (const side of ["request", "reply"]) {
    const bytes = Uint8Array.from(atob(x[`${side}_base64`] ?? ""), (c) => c.charCodeAt(0));
    $(`${side}-size`).textContent = bytes.length === 1 ? "1 byte" : `${bytes.length.toLocaleString()} bytes`;
    $(side).className = view;
    $(side).replaceChildren(...(view === "hex" ? hex(bytes.subarray(0, shown)) : text(bytes.subarray(0, shown))));
    if (bytes.length > shown) $(side).append(make("i", { textContent: `\n… ${(bytes.length - shown).toLocaleString()} bytes more: the capture has them all` }));
  }
}

/** Rows of sixteen bytes: where, which, and as letters. */
function hex(bytes) {
  const lines = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const sixteen = [...bytes.subarray(at, at + 16)];
    const codes = sixteen.map((b) => b.toString(16).padStart(2, "0"));
    const halves = `${codes.slice(0, 8).join(" ").padEnd(23)}  ${codes.slice(8).join(" ").padEnd(23)}`;
    const letters = sixteen.map((b) => (b > 31 && b < 127 ? String.fromCharCode(b) : "·")).join("");
    lines.push(make("i", { textContent: at.toString(16).padStart(6, "0") }), `  ${halves}  ${letters}\n`);
  }
  return lines;
}

/** The bytes as text, line by line; what cannot be seen is named, so that every byte can be told. */
function text(bytes) {
  const decoded = new TextDecoder("utf-8", { fatal: true });
  let all;
  try {
    all = decoded.decode(bytes);
  } catch {
    all = String.fromCharCode(...bytes); // Latin-1: one letter a byte
  }
  const parts = [];
  let head = true;
  for (const [n, line] of all.split(/(?<=\n)/).entries()) {
    const end = line.match(/\r?\n$/)?.[0] ?? "";
    const rest = line.slice(0, line.length - end.length);
    const colon = rest.indexOf(":");
    if (head && n === 0) parts.push(make("b", {}, ...named(rest)));
    else if (head && colon > 0) parts.push(make("i", { textContent: rest.slice(0, colon + 1) }), ...named(rest.slice(colon + 1)));
    else parts.push(...named(rest));
    if (end) parts.push(make("i", { textContent: end === "\r\n" ? "\\r\\n" : "\\n" }), "\n");
    if (rest === "") head = false;
  }
  return parts;
}

const unseen = /([\x00-\x1f\x7f-\x9f]+)/;
const escaped = (text) => text.replace(new RegExp(unseen, "g"), (all) => [...all].map(name).join(""));
const name = (c) => ({ "\t": "\\t", "\r": "\\r", "\n": "\\n" })[c] ?? `\\x${c.charCodeAt(0).toString(16).padStart(2, "0")}`;

/** A line with its control characters named: \x00, \t. */
function named(line) {
  return line.split(unseen).filter(Boolean).map((part) => (unseen.test(part) ? make("i", { textContent: escaped(part) }) : part));
}

// The plan

/** Reads what there is, and shows it. */
async function refresh() {
  const now = await ask("api/state");
  $("url").textContent = now.url;
  $("try").textContent = `curl ${now.tls ? "-k " : ""}${now.url}/albums/1`;
  document.title = `espy serve · ${now.url.replace(/^https?:\/\//, "")}`;
  $("tls").hidden = $("ca").hidden = !now.tls;
  if (now.tls) $("tls").textContent = `TLS, certificate ${now.tls.cert}`;
  if (!state.plan) build(now);
  if (!state.plan || !changed()) {
    state.plan = now.plan;
    fill();
  }
}

const examples = [["duration", "50ms"], ["size", "4KiB"], ["number", "3"]]; // by what is expected

/** Makes the parts of the form that depend on what the server knows. */
function build(now) {
  for (const p of now.personalities) $("personality").append(make("option", { value: p.name, textContent: p.name, title: p.server }));
  state.personalities = new Map(now.personalities.map((p) => [p.name, `${p.server}; ${p.source}`]));
  state.faults = now.faults;
  for (const f of now.faults) {
    const input = f.flag
      ? make("input", { type: "checkbox", id: `fault-${f.name}` })
      : make("input", { type: "text", id: `fault-${f.name}`, placeholder: `off, or ${examples.find(([kind]) => f.expects.includes(kind))[1]}`, title: `expected ${f.expects}`, autocomplete: "off", spellcheck: false });
    $("faults").append(make("div", { className: "fault" },
      make("label", { htmlFor: input.id, textContent: f.name }), input,
      make("small", { textContent: f.says })));
  }
  for (const p of now.paths) {
    const path = make("code", { textContent: p.path });
    const plain = !/[…]/.test(p.path) && !now.tls;
    $("paths").append(make("li", {},
      plain ? make("a", { href: now.url + p.path.replaceAll("/N", "/1"), target: "_blank", rel: "noopener noreferrer" }, path) : path,
      make("span", { textContent: p.methods || "any" })));
  }
}

/** Puts the plan in force into the form. */
function fill() {
  const p = state.plan;
  $("personality").value = p.personality;
  for (const box of document.getElementsByName("accept")) box.checked = p.accept.length === 0 || p.accept.includes(box.value);
  const refuse = p.refuse || "505"; // which it is where nothing is said
  if (![...$("refuse").options].some((o) => o.value === refuse)) $("refuse").append(make("option", { value: refuse, textContent: refuse }));
  $("refuse").value = refuse;
  for (const radio of document.getElementsByName("answer")) radio.checked = radio.value === (p.answer === "1.1" ? "" : p.answer);
  for (const f of state.faults) {
    const amount = p.faults[f.name] ?? "";
    if (f.flag) $(`fault-${f.name}`).checked = amount === "true";
    else $(`fault-${f.name}`).value = amount;
  }
  look();
}

/** What the form says, as a plan. */
function written() {
  const personality = $("personality").value;
  const accept = [...document.getElementsByName("accept")].filter((b) => b.checked).map((b) => b.value);
  const faults = {};
  for (const f of state.faults) {
    const input = $(`fault-${f.name}`);
    const amount = f.flag ? (input.checked ? "true" : "") : input.value.trim();
    if (amount) faults[f.name] = amount;
  }
  if (personality) return { personality, accept: [], refuse: "", answer: "", faults };
  const both = accept.length !== 1;
  const answer = document.querySelector('input[name="answer"]:checked')?.value ?? "";
  return { personality, accept: both ? [] : accept, refuse: both ? "" : $("refuse").value, answer, faults };
}

/** One text for each plan, however its keys are ordered. */
const spelt = (p) => JSON.stringify([p.personality, p.accept, p.accept.length === 1 && (p.refuse || "505"), p.answer === "1.1" ? "" : p.answer, Object.entries(p.faults).filter(([, v]) => v !== "false").sort()]);

const changed = () => spelt(written()) !== spelt(state.plan);

/** Shows what the form's parts depend on. */
function look() {
  const p = written();
  $("policy").className = p.personality ? "off" : "";
  for (const e of $("policy").querySelectorAll("input, select")) e.disabled = p.personality !== "";
  if (!p.personality) $("refuse").disabled = p.accept.length !== 1;
  $("personality-says").hidden = !p.personality;
  $("personality-says").textContent = state.personalities?.get(p.personality) ?? "";
  for (const f of state.faults) $(`fault-${f.name}`).parentElement.classList.toggle("on", f.name in p.faults);
  $("apply").disabled = $("revert").disabled = !changed();
  $("change").hidden = !changed() && !$("said").textContent;
}

function say(text, wrong = false) {
  $("said").textContent = text;
  $("said").className = wrong ? "wrong" : "";
  look();
}

async function apply(event) {
  event.preventDefault();
  try {
    state.plan = await ask("api/plan", { method: "PUT", headers: { "Content-Type": "application/json" }, body: JSON.stringify(written()) });
    fill();
    say("in force from the next request on");
  } catch (e) {
    say(e.message, true);
  }
}

$("plan").addEventListener("submit", apply);
$("plan").addEventListener("input", (e) => {
  if (e.target.name === "accept" && ![...document.getElementsByName("accept")].some((b) => b.checked)) e.target.checked = true; // one at least
  say("");
});
$("revert").addEventListener("click", () => { fill(); say(""); });
$("filter").addEventListener("input", () => {
  for (const x of state.list) rowOf(x.id).hidden = !matches(x);
  tell();
});
$("close").addEventListener("click", () => {
  $("detail").hidden = true;
  rowOf(state.chosen)?.removeAttribute("aria-selected");
  state.chosen = 0;
  $("follow").checked = false;
});
for (const radio of document.getElementsByName("view")) radio.addEventListener("change", () => state.full && showDetail());

refresh().then(() => reach(true), () => reach(false));
setInterval(() => refresh().catch(() => {}), 5000);
listen();
