// The budget: as the slider moves, the plan's budget is solved again with that amount; nothing is changed until she says so.

import { $, failed, html, language, later, words } from "./net.js";

const STEPS = 1000;
const POWER = 3;  // most of what a budget changes happens near its low end
let plan = { currency: "USD", most: 1, now: 0, id: "" };
let asked = null;

const scale = () => 10 ** new Intl.NumberFormat("en", { style: "currency", currency: plan.currency }).resolvedOptions().maximumFractionDigits;
const money = (minor) => new Intl.NumberFormat("en", { style: "currency", currency: plan.currency }).format(minor / scale());
const chosen = () => ($("budget").dataset.exact ? plan.now : round(plan.most * (Number($("budget").value) / STEPS) ** POWER));
const place = (minor) => Math.round(STEPS * (minor / plan.most) ** (1 / POWER));

function round(minor) {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(minor, 1))) - 1);
  return Math.max(1, Math.round(minor / step) * step);
}

export function showMoney(campaign, open) {
  $("money").hidden = !open;
  $("supposed").hidden = $("replan").hidden = true;
  if (!open) return;
  const { amount_minor: now, currency } = campaign.brief.fields.budget;
  plan = { currency, now, most: 2 * now, id: campaign.campaign_id, spend: campaign.allocation.spend_minor, margin: campaign.allocation.objective };
  putBack();
}

function putBack() {
  asked?.abort();
  $("budget").value = String(place(plan.now));
  $("budget").dataset.exact = "yes";
  tell();
  $("here").textContent = words.here_is.replace("{spend}", money(plan.spend)).replace("{margin}", money(plan.margin));
  $("supposed").hidden = $("replan").hidden = true;
}

function tell() {
  $("amount").value = money(chosen());
  $("budget").setAttribute("aria-valuetext", money(chosen()));
}

const solve = later(180, async () => {
  asked?.abort();
  const mine = asked = new AbortController();
  try {
    const part = await html(`/budget/${plan.id}?minor=${chosen()}&lang=${language}`, { signal: mine.signal });
    if (mine.signal.aborted || $("budget").dataset.exact) return;
    $("supposed").replaceChildren(part);
    $("supposed").hidden = false;
    const { spend, margin } = $("supposed").querySelector(".what-if").dataset;
    $("here").textContent = spend ? words.here_is.replace("{spend}", spend).replace("{margin}", margin) : $("supposed").querySelector(".lead").textContent;
  } catch (error) { failed(error); }
});

export function listenToMoney(state, say) {
  $("budget").addEventListener("input", () => {
    delete $("budget").dataset.exact;
    tell();
    $("here").textContent = words.asking;
    $("replan").hidden = false;
    solve();
  });
  $("put-back").addEventListener("click", () => { putBack(); $("budget").focus(); });
  $("take").addEventListener("click", () => {
    if (state.busy) return;
    const digits = Math.round(Math.log10(scale()));
    const amount = (chosen() / scale()).toFixed(digits);
    $("replan").hidden = $("supposed").hidden = true;
    say(language === "zh" ? `预算改为 ${amount} ${plan.currency}` : `set the budget to ${amount} ${plan.currency}`);
  });
}
