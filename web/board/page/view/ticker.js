/** What happened last, line by line: what, of which kind, in which street. Never who. */

import { clock, t } from "../data/texts.js";
import { el, part } from "./dom.js";

/** @typedef {{ at: string, what: string, case_no: string, kind: string, street: string, life_danger: boolean }} Happening */

let etag = "";

/** Asks for the latest and shows it; without network what is there stays. */
export async function showLatest() {
  let answer;
  try {
    answer = await fetch(`/board/latest?lang=${encodeURIComponent(document.documentElement.lang)}`, {
      cache: "no-store",
      headers: etag ? { "If-None-Match": etag } : {},
    });
  } catch (fault) {
    console.info("no news", fault);
    return;
  }
  if (!answer.ok) return;
  etag = answer.headers.get("ETag") ?? "";
  const { items } = /** @type {{ items: Happening[] }} */ (await answer.json());
  part("ticker").replaceChildren(...items.map(line), ...(items.length ? [] : [el("li", { class: "panel-note" }, t("board.ticker.empty"))]));
}

/** @param {Happening} happening */
function line(happening) {
  return el(
    "li",
    { class: happening.life_danger ? "happening happening-danger" : "happening" },
    el("time", { datetime: happening.at }, clock(new Date(happening.at))),
    el("a", { href: `/board/case/${encodeURIComponent(happening.case_no)}` }, happening.what),
    el("span", {}, `${happening.kind} · ${happening.street}`),
  );
}
