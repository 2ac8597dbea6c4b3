// Elements are made here and nowhere else, and texts go into them as text.

// element makes one: "a.button.large", then attributes (an object) and children.
function element(what, ...rest) {
  const [tag, ...classes] = what.split(".");
  const e = document.createElement(tag);
  if (classes.length) e.className = classes.join(" ");
  return fill(e, rest);
}

// drawn makes one of a drawing.
function drawn(what, ...rest) {
  const [tag, ...classes] = what.split(".");
  const e = document.createElementNS("http://www.w3.org/2000/svg", tag);
  if (classes.length) e.setAttribute("class", classes.join(" "));
  return fill(e, rest);
}

function fill(e, rest) {
  for (const one of rest.flat(Infinity)) {
    if (one === null || one === undefined || one === false) continue;
    if (one instanceof Node || typeof one === "string") e.append(one);
    else if (typeof one === "number") e.append(String(one));
    else {
      for (const [name, value] of Object.entries(one)) {
        if (typeof value === "function") e.addEventListener(name, value);
        else if (value !== false && value !== null && value !== undefined) e.setAttribute(name, value === true ? "" : value);
      }
    }
  }
  return e;
}

const byID = id => document.getElementById(id);

// symbol is a verdict's.
function symbol(verdict) { return element("span.symbol", {"aria-hidden": "true"}, index.symbols[index.verdicts.indexOf(verdict)] ?? "?"); }
