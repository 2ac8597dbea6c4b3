// What the page holds: the index at once, the runs block by block, when one is looked at.

const index = JSON.parse(byID("index").textContent);
const WRONG = new Set(["fail", "diverged", "flaky", "rig"]);

index.runs.forEach((run, place) => {
  run.place = place;
  run.verdict = index.verdicts[run.v];
  run.board = index.boards[run.b];
  run.wrong = WRONG.has(run.verdict);
});
const SEVERITY = ["fail", "diverged", "flaky", "rig", "known", "pass", "skip"];
index.rows.forEach((row, place) => {
  row.place = place;
  row.scenario = index.scenarios[row.s];
  row.client = index.clients[row.c];
  row.runs = row.r.map(i => index.runs[i]);
  for (const run of row.runs) run.row = row;
});
const runByID = new Map(index.runs.map(run => [run.id, run]));

// worst is the run whose verdict is the worst.
function worst(runs) {
  return runs.reduce((a, b) => SEVERITY.indexOf(b.verdict) < SEVERITY.indexOf(a.verdict) ? b : a);
}

function fromBase64(text) { return text ? Uint8Array.from(atob(text), c => c.charCodeAt(0)) : new Uint8Array(); }

const blocks = new Map();

// block unpacks the runs of a block.
function block(n) {
  if (!blocks.has(n)) {
    const packed = new Blob([fromBase64(byID("runs-" + n).textContent)]).stream().pipeThrough(new DecompressionStream("gzip"));
    blocks.set(n, new Response(packed).json());
    if (blocks.size > 16) blocks.delete(blocks.keys().next().value); // the oldest
  }
  return blocks.get(n);
}

// whole is all there is to a run: {run, long}.
async function whole(run) {
  const runs = await block(Math.floor(run.place / index.block));
  return runs[run.place % index.block];
}
