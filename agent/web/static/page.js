// The page: posts briefs and turns to /v1, follows the campaign's events, shows the server's own HTML of the campaign.
// Nothing that comes from the server becomes markup here except /panel, which is the report and escaped there.

const $ = (id) => document.getElementById(id);
const words = JSON.parse(document.body.dataset.words);
const language = document.body.dataset.language;
const state = { id: location.pathname.match(/^\/c\/([^/]+)/)?.[1] ?? null, campaign: null, sha: null, seq: 0, busy: false };

class Problem extends Error {
  constructor(status, body) { super(body?.detail ?? body?.title ?? `HTTP ${status}`); this.status = status; }
}

async function call(path, { method = "GET", body, accept = "application/json", key } = {}) {
  const headers = { Accept: accept };
  const token = sessionStorage.getItem("key");
  if (token) headers.Authorization = `Bearer ${token}`;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (key) headers["Idempotency-Key"] = key;
  const answer = await fetch(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  if (answer.status === 401 && await askKey()) return call(path, { method, body, accept, key });
  if (!answer.ok) throw new Problem(answer.status, await answer.json().catch(() => null));
  return answer;
}

function askKey() {
  return new Promise((done) => {
    const dialog = $("ask");
    dialog.returnValue = "";
    dialog.showModal();
    dialog.onclose = () => {
      const key = $("key").value.trim();
      $("key").value = "";
      if (key) sessionStorage.setItem("key", key);
      done(Boolean(key));
    };
  });
}

function tell(who, text, bad = false) {
  const line = document.createElement("li");
  line.className = bad ? "agent bad" : who;
  const name = document.createElement("span");
  name.className = "quiet";
  name.textContent = `${words[who]}: `;
  line.append(name, text);
  $("log").append(line);
  line.scrollIntoView({ block: "nearest" });
}

const failed = (error) => tell("agent", `${words.failed}: ${error.message}`, true);

function busy(on) {
  state.busy = on;
  document.querySelector(".side").setAttribute("aria-busy", String(on));
  for (const control of document.querySelectorAll("#say button, #undo, #approve button, #budget")) control.disabled = on;
  $("steps").hidden = !on;
  if (on) $("steps").replaceChildren(step(words.planning));
}

function step(text) {
  const line = document.createElement("li");
  line.textContent = text;
  return line;
}

const money = (minor) => new Intl.NumberFormat(language, { style: "currency", currency: currency() }).format(minor / scale());
const currency = () => state.campaign?.brief.fields.budget?.currency ?? state.campaign?.data?.currency ?? "USD";
const scale = () => 10 ** new Intl.NumberFormat("en", { style: "currency", currency: currency() }).resolvedOptions().maximumFractionDigits;

async function history() {
  const { campaigns } = await (await call("/v1/campaigns?limit=20")).json();
  const list = campaigns.map((one) => {
    const link = document.createElement("a");
    link.href = `/c/${encodeURIComponent(one.campaign_id)}?lang=${language}`;
    if (one.campaign_id === state.id) link.setAttribute("aria-current", "page");
    const status = document.createElement("span");
    status.textContent = one.status.replaceAll("_", " ");
    link.append(one.campaign_id, status);
    const item = document.createElement("li");
    item.append(link);
    return item;
  });
  if (!list.length) list.push(step(words.none_yet));
  $("history").replaceChildren(...list);
}

async function show() {
  const answer = await call(`/v1/campaigns/${state.id}`);
  state.campaign = await answer.json();
  state.sha = answer.headers.get("Plan-Sha");
  if (!$("log").children.length) {
    for (const said of [state.campaign.brief.text, ...state.campaign.turns]) tell("you", said);
  }
  if (state.campaign.status === "planning") return busy(true);
  busy(false);
  const html = await (await call(`/panel/${state.id}`, { accept: "text/html" })).text();
  const part = document.createElement("template");
  part.innerHTML = html;
  $("panel").replaceChildren(part.content);
  actions();
}

function actions() {
  const { status, version, allocation, brief } = state.campaign;
  $("bar").hidden = false;
  $("status").textContent = status.replaceAll("_", " ");
  $("status").className = `pill ${status}`;
  $("version").textContent = `${words.version} ${version}`;
  $("sha").textContent = (state.sha ?? "").slice(0, 16);
  $("approve").hidden = status !== "draft";
  $("undo").hidden = !["draft", "approved"].includes(status) || version < 2;
  $("export").hidden = !["approved", "exported"].includes(status);
  $("money").hidden = !(allocation && ["draft", "approved"].includes(status) && brief.fields.budget);
  if (allocation && brief.fields.budget) {
    const most = Math.max(2 * brief.fields.budget.amount_minor, ...allocation.budget_curve.map((p) => p.budget_minor));
    Object.assign($("budget"), { max: String(most), step: String(Math.max(1, Math.round(most / 200))), value: String(brief.fields.budget.amount_minor) });
    slide();
  }
  $("text").labels[0].textContent = words.say_more;
  $("text").placeholder = "";
}

// The curve's points are plans that were solved; between two of them the line is a lower bound of what can be had.
function along(minor) {
  const points = [{ budget_minor: 0, incremental_margin_minor: 0 }, ...state.campaign.allocation.budget_curve];
  const after = points.findIndex((p) => p.budget_minor >= minor);
  if (after <= 0) return after === 0 ? points[0].incremental_margin_minor : points.at(-1).incremental_margin_minor;
  const [a, b] = [points[after - 1], points[after]];
  const share = (minor - a.budget_minor) / (b.budget_minor - a.budget_minor || 1);
  return a.incremental_margin_minor + share * (b.incremental_margin_minor - a.incremental_margin_minor);
}

function slide() {
  const minor = Number($("budget").value);
  $("amount").value = money(minor);
  $("here").textContent = words.here.replace("{margin}", money(along(minor))).replace("{spend}", money(minor));
}

async function say(text) {
  tell("you", text);
  busy(true);
  try {
    if (state.id) {
      await call(`/v1/campaigns/${state.id}/revise`, { method: "POST", body: { text, plan_sha: state.sha }, key: crypto.randomUUID() });
    } else {
      const made = await (await call("/v1/campaigns", { method: "POST", body: { brief: text }, key: crypto.randomUUID() })).json();
      state.id = made.campaign_id;
      window.history.pushState(null, "", `/c/${encodeURIComponent(state.id)}?lang=${language}`);
      if (made.status !== "planning") return await show();
      follow();
    }
  } catch (error) {
    busy(false);
    failed(error);
  }
}

const heard = {
  step: (data) => $("steps").append(step(data.step)),
  replied: (data) => tell("agent", data.lines?.join("\n") || words.private),
  finished: () => show().then(history).catch(failed),
  failed: (data) => { busy(false); failed(new Error(data.problem?.detail ?? "")); history(); },
  approved: () => !state.busy && show().catch(failed),
  exported: () => !state.busy && show().catch(failed),
};

// fetch, not EventSource: a key goes in a header. Resumes after the last event that was seen.
async function follow() {
  for (let lost = false; ; lost = true) {
    try {
      const headers = { Accept: "text/event-stream", "Last-Event-ID": String(state.seq) };
      const token = sessionStorage.getItem("key");
      if (token) headers.Authorization = `Bearer ${token}`;
      const answer = await fetch(`/v1/campaigns/${state.id}/events`, { headers });
      if (!answer.ok) throw new Problem(answer.status, null);
      if (lost) await show();
      await read(answer.body.pipeThrough(new TextDecoderStream()).getReader());
    } catch {
      if (!lost) tell("agent", words.lost, true);
    }
    await new Promise((next) => setTimeout(next, 1500));
  }
}

async function read(reader) {
  for (let rest = ""; ; ) {
    const { value, done } = await reader.read();
    if (done) return;
    const blocks = (rest + value).split(/\r?\n\r?\n/);
    rest = blocks.pop();
    for (const block of blocks) event(block);
  }
}

function event(block) {
  const field = (name) => block.match(new RegExp(`^${name}: ?(.*)$`, "m"))?.[1];
  const seq = Number(field("id"));
  if (!seq || seq <= state.seq) return;
  const old = seq <= state.known;
  state.seq = seq;
  if (!old) heard[field("event")]?.(JSON.parse(field("data") ?? "{}"));
}

$("say").addEventListener("submit", (submitted) => {
  submitted.preventDefault();
  const text = $("text").value.trim();
  if (!text || state.busy) return;
  $("text").value = "";
  say(text);
});
$("text").addEventListener("keydown", (pressed) => {
  if (pressed.key === "Enter" && !pressed.shiftKey && !pressed.isComposing) { pressed.preventDefault(); $("say").requestSubmit(); }
});
$("undo").addEventListener("click", () => say(language === "zh" ? "撤销" : "undo"));
$("budget").addEventListener("input", slide);
$("budget").addEventListener("change", () => {
  const amount = (Number($("budget").value) / scale()).toFixed(2);
  say(language === "zh" ? `预算改为 ${amount} ${currency()}` : `set the budget to ${amount} ${currency()}`);
});
$("approve").addEventListener("submit", async (submitted) => {
  submitted.preventDefault();
  try {
    await call(`/v1/campaigns/${state.id}/approve`, { method: "POST", body: { plan_sha: state.sha, approver: $("approver").value.trim() }, key: crypto.randomUUID() });
    tell("agent", `${words.approved}: ${state.sha.slice(0, 16)}`);
    await show();
    await history();
  } catch (error) { failed(error); }
});
$("export").addEventListener("submit", async (submitted) => {
  submitted.preventDefault();
  try {
    const done = await (await call(`/v1/campaigns/${state.id}/export`, { method: "POST", body: { format: $("format").value }, key: crypto.randomUUID() })).json();
    $("files").replaceChildren(...done.files.map((file) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = file.name;
      button.addEventListener("click", () => save(file).catch(failed));
      const item = document.createElement("li");
      item.append(button);
      return item;
    }));
    await show();
  } catch (error) { failed(error); }
});

async function save(file) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await (await call(file.url, { accept: "*/*" })).blob());
  link.download = file.name;
  link.click();
  URL.revokeObjectURL(link.href);
}

async function start() {
  await history();
  $("format").replaceChildren(...(await (await call("/formats")).json()).map((name) => new Option(name, name)));
  $("tongue").href = `${location.pathname}?lang=${language === "zh" ? "en" : "zh"}`;
  if (!state.id) return;
  await show();
  if (!state.busy) state.known = Number.MAX_SAFE_INTEGER;
  follow();
}

window.addEventListener("popstate", () => location.reload());
start().catch(failed);
