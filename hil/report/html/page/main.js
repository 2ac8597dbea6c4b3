// The page comes alive.

setUpTheme();
document.querySelector(".runs").hidden = index.runs.length === 0;
setUpFilter();
setUpGrid();
setUpKeys();
document.querySelector(".tools").hidden = false;
document.querySelectorAll(".boards tbody tr").forEach((row, i) => {
  const times = index.runs.filter(r => r.b === i).map(r => r.ms ?? 0), told = "median " + milliseconds(middle(times));
  const picture = stands(times, 0, 120, 22, told);
  if (picture) fill(row.querySelector(".pace"), [picture, element("span.note", told)]);
});
filterRows();
measure();
follow();
begun = true;
addEventListener("hashchange", follow);
document.documentElement.dataset.took = Math.round(performance.now()); // since the page was asked for
document.documentElement.dataset.ready = "true";
