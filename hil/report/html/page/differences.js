// What of a run is not as it should be.

// parted shows a text up to where it parts from another, and marks what follows.
function parted(text, at) {
  const characters = [...text];
  if (at < 0 || at >= characters.length) return [shown(text, true), at >= characters.length ? element("mark", {title: "it ends here"}, " ") : null];
  return [shown(characters.slice(0, at).join(""), true), element("mark", shown(characters.slice(at).join(""), true))];
}

// common is how many characters two texts have in common at their beginning.
function common(a, b) {
  const x = [...a], y = [...b];
  let n = 0;
  while (n < x.length && n < y.length && x[n] === y[n]) n++;
  return n;
}

function requestsBeside(q) {
  const differ = q.differ ?? [];
  const rows = (q.rows ?? []).map(([want, got], i) => {
    const differs = differ.includes(i), at = common(want, got);
    const cell = text => element("td" + (differs ? ".other" : "") + (text === "" ? ".nothing" : ""), differs ? element("span.differs", "≠ ") : null,
      element("div", text === "" ? "–" : differs && want && got ? parted(text, at) : shown(text)));
    return element("tr", cell(want), cell(got));
  });
  const bytes = q.want && differ.length ? element("p.parting", `They part in line ${differ[0] + 1}, after ${counted(q.byte, "byte")}: `, element("code", shown(q.want)), " | ", element("code", shown(q.got))) : null;
  return [element("div.wide", {tabindex: "0", role: "group", "aria-label": "requests"}, element("table.beside", element("thead", element("tr", element("th", "the request as wanted"), element("th", "as it was"))), element("tbody", rows))), bytes];
}

function difference(d, verdict) {
  const origin = index.origins[d.origin]?.[d.source.startsWith("board ") ? 1 : 0];
  const unit = /(^|\.)(content|body)[^.]*$/.test(d.field) ? "byte" : "character";
  const at = d.at ? element("p.parting", `They part after ${counted(d.at.offset, unit)}` + (d.at.line > 1 ? `, in line ${d.at.line}, column ${d.at.column}` : "")) : null;
  const split = d.at ? d.at.shown : -1;
  return element("div.difference." + verdict,
    element("p", element("code", shown(d.field)), element("span.source", shown(d.source)), origin ? element("span.source", origin) : null),
    element("dl.pair",
      element("dt", d.source.startsWith("board ") ? "there" : "should be"), element("dd", split >= 0 ? parted(d.want, split) : shown(d.want, true)),
      element("dt", d.source.startsWith("board ") ? "here" : "is"), element("dd", split >= 0 ? parted(d.got, split) : shown(d.got, true))),
    at, d.requests ? requestsBeside(d.requests) : null);
}

const MOST_DIFFERENCES = 50;

function differencesSection(run) {
  const diffs = run.diffs ?? [];
  if (!diffs.length && !run.skip_reason) return null;
  const titles = {known: "Accepted differences", rig: "What went wrong with the rig", skip: "Why it was skipped"};
  const rest = diffs.length - MOST_DIFFERENCES;
  return element("section", element("h3", titles[run.verdict] ?? (diffs.length === 1 ? "The difference" : counted(diffs.length, "difference"))),
    run.skip_reason ? element("p", shown(run.skip_reason, true)) : null,
    run.known?.length ? element("p", "Accepted: ", shown(run.known.join("; "), true)) : null,
    run.verdict === "rig" ? diffs.map(d => element("p.why", shown(d.got, true))) : diffs.slice(0, MOST_DIFFERENCES).map(d => difference(d, run.verdict)),
    rest > 0 && run.verdict !== "rig" ? element("p.legend", `and ${number(rest)} more, which --json has`) : null);
}
