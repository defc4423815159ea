// Requests to the server this page came from, with the key where there is one; and the campaign's events, resumed.

export const words = JSON.parse(document.body.dataset.words);
export const language = document.body.dataset.language;
export const $ = (id) => document.getElementById(id);
const RETRY_MS = 1000;

export class Problem extends Error {
  constructor(status, body) { super(body?.detail ?? body?.title ?? `HTTP ${status}`); this.status = status; }
}

function headers(more) {
  const token = sessionStorage.getItem("key");
  return token ? { ...more, Authorization: `Bearer ${token}` } : more;
}

export async function call(path, { method = "GET", body, file, accept = "application/json", once = false, signal } = {}) {
  const sent = { Accept: accept };
  if (body !== undefined) sent["Content-Type"] = "application/json";
  if (file) sent["Content-Type"] = file.name.endsWith(".parquet") ? "application/vnd.apache.parquet" : "text/csv";
  if (once) sent["Idempotency-Key"] = once === true ? crypto.randomUUID() : once;
  const answer = await fetch(path, { method, signal, headers: headers(sent), body: file ?? (body === undefined ? undefined : JSON.stringify(body)) });
  if (answer.status === 401 && await askKey()) return call(path, { method, body, file, accept, once, signal });
  if (!answer.ok) throw new Problem(answer.status, await answer.json().catch(() => null));
  return answer;
}

export const json = async (path, options) => (await call(path, options)).json();

// The server's own HTML, in which every value is escaped; scripts in it would not run (policy), and there are none.
export async function html(path, options) {
  const part = document.createElement("template");
  part.innerHTML = await (await call(path, { ...options, accept: "text/html" })).text();
  return part.content;
}

let asking = null;
function askKey() {
  asking ??= new Promise((done) => {
    const dialog = $("ask");
    dialog.showModal();
    dialog.onclose = () => {
      const key = $("key").value.trim();
      $("key").value = "";
      if (key) sessionStorage.setItem("key", key);
      asking = null;
      done(Boolean(key));
    };
  });
  return asking;
}

// fetch, not EventSource: a key goes in a header. Goes on after the last event that was seen, for as long as the page is open.
export async function follow(id, seq, { event, lost, back }) {
  for (let away = false; ;) {
    try {
      const answer = await fetch(`/v1/campaigns/${id}/events`, { headers: headers({ Accept: "text/event-stream", "Last-Event-ID": String(seq) }) });
      if (!answer.ok) throw new Problem(answer.status, null);
      if (away) { away = false; back(); }
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      for (let rest = ""; ;) {
        const { value, done } = await reader.read();
        if (done) break;
        const blocks = (rest + value).split(/\r?\n\r?\n/);
        rest = blocks.pop();
        for (const block of blocks) {
          const field = (name) => block.match(new RegExp(`^${name}: ?(.*)$`, "m"))?.[1];
          const number = Number(field("id"));
          if (!number || number <= seq) continue;
          seq = number;
          event(field("event"), JSON.parse(field("data") ?? "{}"));
        }
      }
    } catch {
      if (!away) { away = true; lost(); }
    }
    await new Promise((next) => setTimeout(next, RETRY_MS));
  }
}

export function make(tag, properties = {}, ...children) {
  const { dataset, ...own } = properties;
  const made = Object.assign(document.createElement(tag), own);
  if (dataset) Object.assign(made.dataset, dataset);
  made.append(...children);
  return made;
}

export function notice(text) {
  const close = make("button", { type: "button", className: "quiet-button", onclick: () => notice("") }, words.close);
  $("notice").replaceChildren(...(text ? [make("p", { className: "notice bad" }, text), close] : []));
}

// The API says what is wrong in English to everyone.
export async function inWords(text) {
  if (language === "en" || !text) return text;
  try { return (await json(`/in-words?lang=${language}`, { method: "POST", body: { text: text.slice(0, 4000) } })).text; } catch { return text; }
}

export async function failed(error) {
  if (error.name !== "AbortError") notice(`${words.failed}: ${error instanceof Problem ? await inWords(error.message) : error.message}`);
}

export function later(ms, act) {
  let timer;
  return (...given) => { clearTimeout(timer); timer = setTimeout(() => act(...given), ms); };
}
