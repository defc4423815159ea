// The page: what is shown now, and the buttons of the plan. The rest stands in the modules beside it.

import { $, Problem, call, failed, follow, html, json, language, make, notice, words } from "./net.js";
import { history } from "./list.js";
import { keptWords, listenToCopy, openEditor, putBackWords } from "./copy.js";
import { comparePlans, lookAtSegment } from "./looks.js";
import { showMoney, listenToMoney } from "./money.js";
import { conversation, said, stepName } from "./talk.js";

const AGAIN_MS = 1500;
const state = { id: location.pathname.match(/^\/c\/([^/]+)/)?.[1] ?? null, campaign: null, sha: null, busy: false, shown: "" };
const at = (path) => `${path}/${encodeURIComponent(state.id)}`;

function busy(on) {
  state.busy = on;
  $("side").setAttribute("aria-busy", String(on));
  for (const one of document.querySelectorAll("#say button, #undo, #approve button, #export button, #budget, #take, .pen")) one.disabled = on;
  if (!on) $("steps").replaceChildren();
  else if (!$("steps").children.length) $("steps").append(make("li", {}, words.planning));
  $("steps").hidden = !on;
}

async function show() {
  const answer = await call(at("/v1/campaigns"));
  state.campaign = await answer.json();
  state.sha = answer.headers.get("Plan-Sha");
  notice("");
  if (state.campaign.status === "planning") {
    busy(true);
    if (!state.shown) $("panel").replaceChildren(await html(`${at("/panel")}?lang=${language}`));  // as far as it is
    return;
  }
  busy(false);
  const now = `${state.sha} ${state.campaign.status} ${Boolean(state.campaign.readout)}`;
  if (now !== state.shown) {  // what stands is left alone: a line may be being edited in it
    const panel = await html(`${at("/panel")}?lang=${language}`);
    const kept = keptWords();
    $("panel").replaceChildren(panel);
    state.shown = now;
    putBackWords(kept, state);
  }
  actions();
}

function actions() {
  const { status, version, brief, allocation } = state.campaign;
  const open = ["draft", "approved"].includes(status);
  $("bar").hidden = false;
  $("name").textContent = $("panel").querySelector("h1")?.textContent ?? "";
  $("parts").replaceChildren(...[...$("panel").querySelectorAll("section[id]")].map((one) => make("a", { href: `#${one.id}` }, one.dataset.short ?? one.querySelector("h2").textContent)));
  document.title = `${$("name").textContent} · ${words.title}`;
  $("status").textContent = words.status[status];
  $("status").className = `pill ${status}`;
  $("version").textContent = `${words.version} ${version}`;
  $("sha").textContent = (state.sha ?? "").slice(0, 12);
  $("approve").title = state.sha ?? "";
  $("approve").hidden = status !== "draft";
  $("undo").hidden = !open || version < 2;
  $("export").hidden = !["approved", "exported", "measured"].includes(status);
  $("with-codes").hidden = !state.campaign.copy.some((one) => Object.values(one.parts).some((text) => text.includes("{code}")));
  $("outcome").hidden = !["exported", "measured"].includes(status);
  $("open-readout").hidden = !state.campaign.readout;
  showMoney(state.campaign, open && allocation && brief.fields.budget);
  $("ask-for").textContent = status === "needs_input" ? words.say_answer : words.say_more;
  $("text").placeholder = "";
}

async function say(text) {
  said("you", text);
  busy(true);
  try {
    if (state.id) {
      await call(`${at("/v1/campaigns")}/revise`, { method: "POST", body: { text, plan_sha: state.sha }, once: true });
      return;
    }
    const made = await json("/v1/campaigns", { method: "POST", body: { brief: text }, once: true });
    location.assign(`/c/${encodeURIComponent(made.campaign_id)}?lang=${language}`);
  } catch (error) {
    busy(false);
    failed(error);
    $("text").value = text;
  }
}

// One after the other, and again until it has come through: an event is told once.
let refreshing = Promise.resolve();
function refresh() {
  refreshing = refreshing.then(async () => {
    for (;;) {
      try {
        await conversation(state.id);
        await show();
        await history(state.id);
        return;
      } catch (error) {
        if (error instanceof Problem) return failed(error);
        notice(words.lost);
        await new Promise((next) => setTimeout(next, AGAIN_MS));
      }
    }
  });
  return refreshing;
}

const heard = {
  accepted: () => busy(true),
  step: (data) => {
    $("steps").append(make("li", {}, stepName(data.step)));
    if (!state.shown && data.known?.length) refreshing = refreshing.then(() => state.shown || show()).catch(failed);
  },
  finished: refresh,
  failed: refresh,
  approved: refresh,
  exported: refresh,
  measured: refresh,
};

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
$("duplicate").addEventListener("click", () => {
  sessionStorage.setItem("duplicate", state.campaign.brief.text);
  location.assign(`/?lang=${language}`);
});
$("compare").addEventListener("click", () => comparePlans(state.campaign).catch(failed));
$("panel").addEventListener("click", (clicked) => {
  const segment = clicked.target.closest("[data-segment]");
  if (segment) lookAtSegment(state.id, segment.dataset.segment).catch(failed);
  const line = clicked.target.closest(".line.open");
  if (line && !state.busy && !clicked.target.closest("form")) openEditor(line, state);
  const example = clicked.target.closest(".example");
  if (example) { $("text").value = example.textContent; $("text").focus(); }
});
$("approve").addEventListener("submit", (submitted) => act(submitted, async () => {
  await call(`${at("/v1/campaigns")}/approve`, { method: "POST", body: { plan_sha: state.sha, approver: $("approver").value.trim() }, once: true });
}));
$("export").addEventListener("submit", (submitted) => act(submitted, async () => {
  const done = await json(`${at("/v1/campaigns")}/export`, { method: "POST", body: { format: `${$("format").value}${!$("with-codes").hidden && $("codes").checked ? "+codes" : ""}` }, once: true });
  $("files").replaceChildren(...done.files.map((file) => make("li", {}, make("button", { type: "button", className: "quiet-button", onclick: () => save(file).catch(failed) }, file.name))));
}));
$("readout").addEventListener("submit", (submitted) => act(submitted, async () => {
  $("readout-why").textContent = words.reading;
  try {
    await call(`${at("/v1/campaigns")}/readout`, { method: "POST", file: $("results").files[0], once: true });
  } finally { $("readout-why").textContent = words.readout_why; }
  await openReadout();
}));
$("open-readout").addEventListener("click", () => openReadout().catch(failed));

async function act(submitted, what) {
  submitted.preventDefault();
  const button = submitted.target.querySelector("button");
  button.disabled = true;
  try {
    await what();
    await refresh();
  } catch (error) {
    if (error.status === 409) await refresh();  // it is not as it was shown: show it as it is, and say so
    await failed(error);
  } finally { button.disabled = false; }
}

async function save(file) {
  const link = make("a", { href: URL.createObjectURL(await (await call(file.url, { accept: "*/*" })).blob()), download: file.name });
  link.click();
  URL.revokeObjectURL(link.href);
}

// The readout is a page of its own without scripts; only what is between its <main> tags is taken.
async function openReadout() {
  const page = await html(`${at("/outcome")}?lang=${language}`);
  $("look-body").replaceChildren(...page.querySelectorAll("main > *"));
  $("look").showModal();
}

async function start() {
  $("tongue").search = `?lang=${language === "zh" ? "en" : "zh"}`;
  $("tongue").pathname = location.pathname;
  listenToMoney(state, say);
  listenToCopy();
  await history(state.id);
  const copied = sessionStorage.getItem("duplicate");
  if (copied && !state.id) {
    sessionStorage.removeItem("duplicate");
    $("text").value = copied;
    notice("");
    said("agent", words.duplicated);
    $("text").focus();
  }
  if (!state.id) return;
  $("format").replaceChildren(...(await json("/formats")).map((name) => new Option(words.formats[name] ?? name, name)));
  const seq = await conversation(state.id);
  follow(state.id, seq, { event: (kind, data) => heard[kind]?.(data), lost: () => notice(words.lost), back: refresh });
  await show();
}

start().catch((error) => {
  if (state.id && !state.shown) $("panel").replaceChildren();
  failed(error.status === 404 ? new Error(words.gone) : error);
  busy(false);
});
