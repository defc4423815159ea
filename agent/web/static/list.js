// The campaigns, by name: goal, people, days.

import { $, json, language, make, words } from "./net.js";

export async function history(id) {
  const campaigns = await json(`/history?lang=${language}`);
  $("count").textContent = campaigns.length ? `(${campaigns.length})` : "";
  const items = campaigns.map((one) => {
    const link = make("a", { href: `/c/${encodeURIComponent(one.campaign_id)}?lang=${language}` },
      make("span", { className: "what" }, make("strong", {}, one.name), make("small", {}, one.about)),
      make("span", { className: `pill ${one.status}` }, words.status[one.status] ?? one.status));
    if (one.campaign_id === id) link.setAttribute("aria-current", "page");
    return make("li", {}, link);
  });
  $("history").replaceChildren(...(items.length ? items : [make("li", { className: "empty" }, words.none_yet)]));
  if (!id && $("past").dataset.seen === undefined) $("past").open = items.length > 0;
  $("past").dataset.seen = "";
  return campaigns;
}
