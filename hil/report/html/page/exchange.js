// The exchange as a sequence: what went over the wire, when, with its bytes.

function firstLine(bytes) {
  const end = bytes.findIndex(b => b === 10 || b === 13);
  return new TextDecoder("utf-8", {ignoreBOM: true}).decode(bytes.subarray(0, Math.min(end < 0 ? bytes.length : end, 300)));
}

const moment = ms => (ms >= 0 ? "+" : "") + (ms >= 1000 ? (ms / 1000).toFixed(2) + " s" : ms.toFixed(1) + " ms");

function event(kind, ms, arrow, says, first, meta, rest) {
  return element("li" + kind, element("div.moment", element("time", ms === null ? "" : moment(ms)), element("span.arrow", {title: says}, arrow, element("span.unseen", says)),
    element("div", element("span.first", first), " ", element("span.meta", meta))), rest);
}

function exchangeEvents(x, path, long, open) {
  const request = fromBase64(x.request_base64), reply = fromBase64(x.reply_base64);
  const all = name => long?.[path + "." + name] ?? 0;
  const many = (bytes, name) => Math.max(bytes.length, all(name));
  const events = [event(".forth", x.at_ms ?? null, "→", "the board asks", shown(x.request_line || firstLine(request) || "(nothing)"),
    [shown(x.server), ` · connection ${x.connection} · ${size(many(request, "request_base64"))}`],
    request.length ? bytesOf("bytes of the request", request, all("request_base64"), open) : null)];
  const end = x.at_ms === undefined ? null : x.at_ms + (x.took_ms ?? 0);
  events.push(reply.length
    ? event(".back", end, "←", "the server answers", shown(firstLine(reply)), [`${size(many(reply, "reply_base64"))} · ${milliseconds(x.took_ms ?? 0)}`], bytesOf("bytes of the answer", reply, all("reply_base64"), open))
    : event(".back", end, "×", "no answer", "no answer", []));
  return events;
}

// outcome is what the client made of it.
function outcome(o, path, long, open) {
  const parts = [];
  if (o.response) {
    const b = o.response.body ?? {}, body = fromBase64(b.base64);
    parts.push(event(".end", null, "=", "the client", shown(`${o.response.status_code} ${o.response.reason}`), [`HTTP/`, shown(o.response.version), ` · body of ${size(b.length ?? 0)}`],
      body.length ? bytesOf("bytes of the body, as the firmware read them", body, b.length > body.length ? b.length : long?.[path + "response.body.base64"], open && !(o.wire ?? []).length) : null));
  }
  if (o.raises) {
    parts.push(event(".end", null, "!", "the client raises", [shown(o.raises.type), ": ", shown(o.raises.message)], [`in `, shown(o.raises.in), o.raises.errno === null || o.raises.errno === undefined ? "" : ` · errno ${o.raises.errno}`]));
  }
  return parts;
}

const MOST_EXCHANGES = 200;

function exchangeSection(w) {
  const run = w.run, open = WRONG.has(run.verdict), steps = run.steps?.length ? run.steps : [run];
  const list = element("ol.sequence." + run.verdict);
  let drawnSoFar = 0;
  steps.forEach((o, n) => {
    if (steps.length > 1) list.append(element("li.step", `step ${n + 1}`));
    const path = run.steps?.length ? `steps.${n}.` : "";
    (o.wire ?? []).forEach((x, i) => {
      if (drawnSoFar++ < MOST_EXCHANGES) list.append(...exchangeEvents(x, `${path}wire.${i}`, w.long, open && (o.wire.length === 1 || n === steps.length - 1 && i >= o.wire.length - 2)));
    });
    list.append(...outcome(o, path, w.long, open));
  });
  if (!list.children.length) return null;
  const rest = drawnSoFar - MOST_EXCHANGES;
  return element("section", element("h3", "The exchange"), list, rest > 0 ? element("p.legend", `and ${number(rest)} requests more, which --json has`) : null);
}

function logSection(w) {
  if (!w.run.log) return null;
  const all = w.long?.log;
  return element("section", element("h3", "What the board printed"), all ? element("p.legend", `the end of ${size(all)}`) : null, element("pre.log", shown(w.run.log, true)));
}
