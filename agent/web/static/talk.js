// Both sides of the conversation: what was said before from the server, what is said now at once.

import { $, json, language, make, words } from "./net.js";

// The end of the talk stays in view when the room for it changes.
new ResizeObserver(() => { $("said").scrollTop = $("said").scrollHeight; }).observe($("said"));

export function said(who, text, bad = false) {
  const line = make("li", { className: bad ? "agent bad" : who }, make("span", { className: "hid" }, `${words[who]}: `), text);
  line.dataset.text = text;
  $("log").append(line);
  $("said").scrollTop = $("said").scrollHeight;
}

// A step of the plan, by the name of its tool.
export const stepName = (step) => words.steps[step] ?? step;

// Returns the number of the last event that it takes account of. What stands there already is not announced again.
export async function conversation(id) {
  const { seq, steps, said: lines } = await json(`/talk/${encodeURIComponent(id)}?lang=${language}`);
  const there = [...$("log").children];
  const same = there.length <= lines.length && there.every((line, i) => line.dataset.text === lines[i].text);
  if (!same) $("log").replaceChildren();
  for (const one of lines.slice(same ? there.length : 0)) said(one.who, one.text, one.bad);
  if (steps.length) $("steps").replaceChildren(...steps.map((step) => make("li", {}, stepName(step))));
  $("steps").hidden = !steps.length;
  return seq;
}
