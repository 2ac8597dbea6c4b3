// Texts from outside: what shows itself stays, everything else becomes an escape.
"use strict";

// Control, format (bidi among them), private, unassigned and surrogate characters, line
// and paragraph separators, spaces other than the usual one, and what is drawn as nothing.
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u115f\u1160\u3164\uffa0\u2800\ufe00-\ufe0f\u{e0100}-\u{e01ef}\u034f\u17b4\u17b5]/u;
const UNSEEN_ALL = new RegExp(UNSEEN.source, "gu");
const NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t"};

function escapeOf(character) {
  const code = character.codePointAt(0);
  if (NAMED[character]) return NAMED[character];
  if (code < 0x80) return "\\x" + code.toString(16).padStart(2, "0");
  return code < 0x10000 ? "\\u" + code.toString(16).padStart(4, "0") : "\\u{" + code.toString(16) + "}";
}

// plain is a text as one that can be put anywhere.
function plain(text) {
  return String(text ?? "").replace(UNSEEN_ALL, escapeOf);
}

// shown is a text as nodes, in which escapes are told from what looks like one. lines
// keeps the ends of lines.
function shown(text, lines) {
  text = String(text ?? "");
  const nodes = [];
  let from = 0;
  for (const found of text.matchAll(UNSEEN_ALL)) {
    if (lines && found[0] === "\n") continue;
    if (found.index > from) nodes.push(text.slice(from, found.index));
    from = found.index + found[0].length;
    const last = nodes.at(-1);
    if (last instanceof Node) last.textContent += escapeOf(found[0]);
    else nodes.push(element("span.escape", escapeOf(found[0])));
  }
  if (from < text.length) nodes.push(text.slice(from));
  return nodes;
}

function number(n) { return n.toLocaleString("en-GB"); }
function counted(n, noun) { return number(n) + " " + noun + (n === 1 ? "" : "s"); }
function milliseconds(ms) { return ms >= 10000 ? (ms / 1000).toFixed(1) + " s" : ms >= 100 ? Math.round(ms) + " ms" : ms.toFixed(ms >= 1 || ms === 0 ? 1 : 2) + " ms"; }
function size(bytes) { return bytes < 10000 ? number(bytes) + " B" : bytes < 10 << 20 ? (bytes / 1024).toFixed(1) + " KiB" : (bytes / (1 << 20)).toFixed(1) + " MiB"; }
function day(at) { const [date, time] = String(at).split("T"); return time ? date + " " + time.slice(0, 5) : String(at); }
