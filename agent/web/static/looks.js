// Dialogs: a segment from near, two plans side by side.

import { $, failed, html, json, language, make, words } from "./net.js";
import { history } from "./list.js";

export async function lookAtSegment(id, segment) {
  $("look-body").replaceChildren(await html(`/segment/${encodeURIComponent(id)}/${encodeURIComponent(segment)}?lang=${language}`));
  $("look").showModal();
}

export async function comparePlans(campaign) {
  const [versions, campaigns] = await Promise.all([json(`/versions/${campaign.campaign_id}?lang=${language}`), history(campaign.campaign_id)]);
  const own = versions.map((one) => [`${campaign.campaign_id}:${one.number}`, `${words.version} ${one.number}: ${one.about}`]);
  const others = campaigns.filter((one) => one.campaign_id !== campaign.campaign_id && one.status !== "planning")
    .map((one) => [`${one.campaign_id}:`, `${one.name}, ${one.about}`]);
  for (const side of ["pair-old", "pair-new"]) {
    $(side).replaceChildren(...[...own, ...others].map(([value, text]) => new Option(text, value)));
  }
  $("pair-new").value = own[0][0];
  $("pair-old").value = own[1]?.[0] ?? others[0]?.[0] ?? own[0][0];
  await pair();
  $("pair").showModal();
}

async function pair() {
  const [old, before] = $("pair-old").value.split(":");
  const [now, after] = $("pair-new").value.split(":");
  if ($("pair-old").value === $("pair-new").value) return $("pair-body").replaceChildren(make("p", { className: "empty" }, words.pick_two));
  const query = new URLSearchParams({ old, new: now, lang: language });
  if (before) query.set("old_version", before);
  if (after) query.set("new_version", after);
  $("pair-body").replaceChildren(await html(`/compare?${query}`));
}

for (const side of ["pair-old", "pair-new"]) $(side).addEventListener("change", () => pair().catch(failed));
for (const dialog of document.querySelectorAll("dialog.wide")) {
  dialog.addEventListener("click", (clicked) => { if (clicked.target === dialog) dialog.close(); });
}
