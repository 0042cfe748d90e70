/** The list of cases: the newest first, by area, kind and urgency as the board's address says. */

import { el, part } from "../view/dom.js";
import { ask, Refused } from "./ask.js";
import { load, t, when } from "./words.js";

const FILTERS = ["area", "kind", "urgency", "state", "open", "overdue", "from", "to", "q"];
const wanted = new URLSearchParams([...new URLSearchParams(location.search)].filter(([name, value]) => FILTERS.includes(name) && value));

/** @param {string | null} cursor */
async function more(cursor) {
  const query = new URLSearchParams(wanted);
  if (cursor) query.set("cursor", cursor);
  const button = /** @type {HTMLButtonElement} */ (part("more"));
  try {
    const page = await ask(`/api/v1/cases?${query}`);
    part("list").append(...page.items.map(line));
    part("note").textContent = part("list").children.length ? "" : t("case_page.none");
    button.hidden = !page.next;
    button.onclick = () => more(page.next);
  } catch (fault) {
    if (!(fault instanceof Refused)) throw fault;
    part("note").textContent = fault.message;
  }
}

/** @param {any} item */
function line(item) {
  const place = item.community?.name ?? item.street?.name ?? item.district?.name ?? t("board.none");
  return el(
    "li",
    { class: item.overdue ? "case-line case-late" : "case-line" },
    el("a", { href: `/board/case/${encodeURIComponent(item.case_no)}` }, item.case_no),
    el("span", {}, `${item.kind.name} · ${place}`),
    el("span", { class: "case-line-state" }, t(`export.state.${item.state}`), item.overdue && ` · ${t("case_page.overdue")}`),
    el("time", { datetime: item.registered_at }, when(item.registered_at)),
  );
}

await load();
for (const link of /** @type {NodeListOf<HTMLAnchorElement>} */ (document.querySelectorAll(".case-choices a"))) {
  const query = new URLSearchParams(wanted);
  query.delete("open");
  query.delete("overdue");
  for (const name of /** @type {const} */ (["open", "overdue"])) if (link.dataset[name]) query.set(name, link.dataset[name] ?? "");
  link.href = `?${query}`;
  if (String(query) === String(wanted)) link.setAttribute("aria-current", "true");
}
await more(null);
