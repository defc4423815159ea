// A line of copy edited in its place: tried by the server's checks as it is typed, kept only where no rule blocks it.

import { $, call, failed, inWords, json, language, later, make, words } from "./net.js";

let open = null;

// `kept`: her words from before the plan changed under her.
export function openEditor(line, state, kept = null) {
  if (open?.line === line) return;
  close();
  const { copy: copyId, part, text } = line.dataset;
  const first = kept?.typed ?? text;
  const area = make("textarea", { value: first, rows: Math.min(10, Math.max(2, Math.ceil(first.length / 40) + first.split("\n").length - 1)), maxLength: 5000 });
  area.setAttribute("aria-label", line.querySelector(".pen").getAttribute("aria-label"));
  const slots = make("div", { className: "slots" });
  const reads = make("p", { className: "reads" });
  const found = make("ul", { className: "found", id: "found" });
  found.setAttribute("aria-live", "polite");
  area.setAttribute("aria-describedby", "found");
  const keep = make("button", { type: "submit", disabled: true }, words.save);
  const leave = make("button", { type: "button", className: "quiet-button", onclick: () => { close(); line.querySelector(".pen").focus(); } }, words.cancel);
  const voids = state.campaign.status === "approved" ? [make("p", { className: "note" }, words.voids)] : [];
  const changed = kept ? [make("p", { className: "notice", role: "status" }, words.kept.replace("{version}", state.campaign.version), ...(kept.was === text ? [] : [make("span", { className: "now-reads" }, `${words.now_reads} ${line.querySelector("p").textContent}`)]))] : [];
  const form = make("form", { className: "editor", lang: document.documentElement.lang }, ...changed, area, found, reads, slots, ...voids, make("div", { className: "row" }, keep, leave));
  const wrong = (text) => found.replaceChildren(make("li", { className: "bad" }, text));
  const show = (findings) => {
    const lines = findings.map((one) => make("li", { className: one.blocks ? "bad" : "warn" },
      make("strong", {}, `${one.rule} · ${one.blocks ? words.blocks : words.warns}: `), one.text));
    found.replaceChildren(...(lines.length ? lines : [make("li", { className: "fine" }, words.fine)]));
    const blocked = findings.some((one) => one.blocks);
    area.setAttribute("aria-invalid", String(blocked));
    keep.disabled = blocked || area.value === text;
  };
  const attempt = async () => {
    if (open?.form !== form) return;
    if (state.busy) return soon();  // the plan is being changed: it is tried on what comes of it
    const typed = area.value;
    try {
      const tried = await json(`/copy/${state.id}/try?lang=${language}`, { method: "POST", body: { copy_id: copyId, part, text: typed } });
      if (typed !== area.value || open?.form !== form) return;
      reads.replaceChildren(make("span", { className: "note" }, `${words.reads} `), tried.rendered);
      if (!slots.children.length) slots.append(make("span", { className: "note" }, words.slots), ...chips(tried.slots, area));
      show(tried.findings);
    } catch (error) { if (error.status === 409) soon(); else wrong(await inWords(error.message)); }
  };
  const soon = later(300, attempt);
  area.addEventListener("input", () => { keep.disabled = true; found.replaceChildren(make("li", {}, words.checking)); soon(); });
  area.addEventListener("keydown", (pressed) => { if (pressed.key === "Escape") leave.click(); });
  form.addEventListener("submit", async (submitted) => {
    submitted.preventDefault();
    keep.disabled = true;
    try {
      await call(`/copy/${state.id}`, { method: "POST", body: { copy_id: copyId, part, text: area.value, plan_sha: state.sha } });
      close();
    } catch (error) {
      wrong(await inWords(error.message));
      if (error.status === 409) failed(error);
      keep.disabled = false;
    }
  });
  line.classList.add("editing");
  line.append(form);
  open = { line, form, area, was: kept?.was ?? text };
  area.focus();
  attempt();
}

function chips(slots, area) {
  return Object.entries(slots).map(([name, value]) => make("button", {
    type: "button", className: "chip", title: `{${name}}`,
    onclick: () => { area.setRangeText(`{${name}}`, area.selectionStart, area.selectionEnd, "end"); area.focus(); area.dispatchEvent(new Event("input")); },
  }, `{${name}} ${value.length > 24 ? `${value.slice(0, 23)}…` : value}`));
}

function close() {
  open?.form.remove();
  open?.line.classList.remove("editing");
  open = null;
}

// Words that are typed and not saved, before the panel is written anew; null where there are none.
export function keptWords() {
  if (!open || !open.area.isConnected || open.area.value === open.was) return null;
  const { copy, part } = open.line.dataset;
  const kept = { copy, part, typed: open.area.value, was: open.was, name: open.area.getAttribute("aria-label").replace(/^[^:]*: /, "") };
  close();
  return kept;
}

// Where the message still stands, its editor is opened again with her words; else they are shown, to be taken elsewhere.
export function putBackWords(kept, state) {
  if (!kept) return;
  const line = $("panel").querySelector(`.line.open[data-copy="${CSS.escape(kept.copy)}"][data-part="${CSS.escape(kept.part)}"]`);
  if (line) {
    line.closest("details").open = true;
    openEditor(line, state, kept);
    return;
  }
  const drop = make("button", { type: "button", className: "quiet-button", onclick: () => $("kept").replaceChildren() }, words.close);
  $("kept").replaceChildren(make("div", { className: "notice" }, make("p", {}, words.kept_alone.replace("{name}", kept.name)), make("blockquote", {}, kept.typed), drop));
  $("kept").scrollIntoView({ block: "center" });
}

export function listenToCopy() {
  addEventListener("beforeunload", (leaving) => { if (open && open.form.querySelector("textarea").value !== open.line.dataset.text) leaving.preventDefault(); });
}
