// Bytes, as text and in hexadecimal.

const utf8 = new TextDecoder("utf-8", {fatal: true, ignoreBOM: true});

// characters takes bytes apart: what is UTF-8 is text, every other byte stands for itself.
function characters(bytes) {
  const parts = [];
  let text = "";
  for (let at = 0; at < bytes.length;) {
    const lead = bytes[at];
    const length = lead < 0x80 ? 1 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 0;
    let character = null;
    if (length === 1) character = String.fromCharCode(lead);
    else if (length > 1 && at + length <= bytes.length) {
      try { character = utf8.decode(bytes.subarray(at, at + length)); } catch { character = null; }
    }
    if (character === null) {
      if (text) parts.push(text);
      text = "";
      parts.push([lead]);
      at++;
    } else {
      text += character;
      at += length;
    }
  }
  if (text) parts.push(text);
  return parts;
}

const hex = (n, digits) => n.toString(16).padStart(digits, "0");

// asText shows bytes as text; the ends of lines are shown, and kept.
function asText(bytes) {
  const nodes = [];
  for (const part of characters(bytes)) {
    if (typeof part !== "string") {
      nodes.push(element("span.escape", part.map(b => "\\x" + hex(b, 2)).join("")));
      continue;
    }
    for (const line of part.match(/[^\n]*\n|[^\n]+$/g) ?? []) {
      const end = line.endsWith("\r\n") ? "\\r\\n" : line.endsWith("\n") ? "\\n" : "";
      nodes.push(...shown(line.slice(0, line.length - end.length / 2)));
      if (end) nodes.push(element("span.end-of-line", end), "\n");
    }
  }
  return element("pre.text", nodes);
}

// asHex shows bytes as hexdump -C does.
function asHex(bytes) {
  const lines = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const row = Array.from(bytes.subarray(at, at + 16));
    const cells = row.map(b => hex(b, 2));
    const left = cells.slice(0, 8).join(" ").padEnd(23), right = cells.slice(8).join(" ").padEnd(23);
    lines.push(hex(at, 6) + "  " + left + "  " + right + "  " + row.map(b => b > 0x1f && b < 0x7f ? String.fromCharCode(b) : "·").join(""));
  }
  return element("pre.hex", lines.join("\n"));
}

let way = asText; // the last one that was chosen

// bytesOf lets bytes be looked at. all is how many there are, where not all are here.
function bytesOf(title, bytes, all, open) {
  const box = element("details.bytes", {open}, element("summary", title));
  const draw = () => {
    box.redraw = draw;
    const buttons = [[asText, "text"], [asHex, "hex"]].map(([how, name]) => element("button", {
      type: "button", "aria-pressed": String(how === way), click: () => {
        way = how;
        for (const other of document.querySelectorAll("details.bytes")) other.redraw?.(); // those that are not open yet follow
        box.querySelectorAll(".ways button")[how === asText ? 0 : 1].focus();
      },
    }, name));
    while (box.children.length > 1) box.lastChild.remove();
    const rest = all && all > bytes.length ? element("p.legend", `The first ${size(bytes.length)} of ${size(all)} (${number(all)} bytes); --json has all of it.`) : null;
    fill(box, [element("div.ways", {role: "group", "aria-label": "show as"}, buttons), way(bytes), rest]);
  };
  if (open) draw();
  else box.addEventListener("toggle", draw, {once: true});
  return box;
}
