/** One case: what it is, its pictures, where it lies, what happened, and what the reader may do now. */

import { el, part } from "../view/dom.js";
import { ask, Refused, whoAmI } from "./ask.js";
import { showForm } from "./forms.js";
import { showMap } from "./map.js";
import { load, t, when } from "./words.js";

const caseNo = decodeURIComponent(location.pathname.split("/").pop() ?? "");
const offered = (document.body.dataset.verbs ?? "").split(" ");
const asks = (document.body.dataset.asks ?? "").split(" ");
/** @type {{ units: any[], people: any[], reasons: any[], asks: string[] }} */
let known = { units: [], people: [], reasons: [], asks };

/** @param {any} found */
function show(found) {
  document.title = part("title").textContent = `${found.case_no} ${found.kind.name}`;
  const flags = ["overdue", "supervised", "escalated", "urged", "whistled"].filter((flag) => found[flag]);
  part("state").textContent = [t(`export.state.${found.state}`), ...flags.map((flag) => t(`case_page.${flag}`))].join(" · ");
  part("state").classList.toggle("case-late", found.overdue);
  part("words").textContent = found.text;
  const place = ["district", "street", "community", "grid"].map((level) => found.areas[level]?.name).filter(Boolean).join(" ");
  const facts = {
    place: [place, found.address].filter(Boolean).join(" · "),
    urgency: found.urgency,
    unit: found.unit?.name,
    holder: found.holder,
    verifier: found.verifier,
    registered: when(found.registered_at),
    due: found.due_at && when(found.due_at),
    reports: String(found.n_reports),
  };
  part("facts").replaceChildren(...Object.entries(facts).flatMap(([name, value]) => (value ? [el("dt", {}, t(`case_page.fact.${name}`)), el("dd", {}, value)] : [])));
  showPhotos(found.evidence);
  part("history").replaceChildren(...[...found.history].reverse().map(happened));
  const verbs = found.verbs.filter((/** @type {string} */ verb) => offered.includes(verb));
  const buttons = verbs.map((/** @type {string} */ verb) => el("button", { type: "button", "data-verb": verb, onclick: () => start(verb, found) }, t(`case_page.verb.${verb}`)));
  part("verbs").replaceChildren(...(buttons.length ? buttons : [t("case_page.nothing")]));
  note("");
}

/** @param {any[]} pictures */
function showPhotos(pictures) {
  const figures = pictures.map((picture) =>
    el(
      "figure",
      {},
      el("a", { href: picture.href }, el("img", { src: `${picture.href}?size=thumb`, alt: t(`case_page.photo.${picture.role}`), loading: "lazy" })),
      el("figcaption", {}, t(`case_page.photo.${picture.role}`)),
    ),
  );
  part("photos").replaceChildren(...(figures.length ? figures : [t("case_page.photos.none")]));
}

/** @param {any} line */
function happened(line) {
  const moved = line.from_state && line.from_state !== line.to_state && t("case_page.moved", { first: t(`export.state.${line.from_state}`), last: t(`export.state.${line.to_state}`) });
  const reason = line.reason && (known.reasons.find((r) => r.code === line.reason)?.name ?? line.reason);
  return el(
    "li",
    {},
    el("time", { datetime: line.at }, when(line.at)),
    el("strong", {}, t(`case_page.happened.${line.tag.replace(":", "_")}`)),
    line.actor && el("span", {}, line.actor),
    moved && el("span", {}, moved),
    (reason || line.words) && el("q", {}, [reason, line.words].filter(Boolean).join(" · ")),
  );
}

/** @param {string} verb @param {any} found */
function start(verb, found) {
  const form = /** @type {HTMLFormElement} */ (part("form"));
  showForm(form, verb, found, known, (changed) => { show(changed); note(t("case_page.done", { name: t(`case_page.verb.${verb}`) })); }, note);
}

/** @param {string} words */
function note(words) {
  part("note").textContent = words;
}

await load();
try {
  const address = `/api/v1/cases/${encodeURIComponent(caseNo)}`;
  const [session, found, catalogue] = await Promise.all([whoAmI(), ask(address), ask("/api/v1/kinds")]);
  known = { ...known, reasons: catalogue.reasons };
  show(found);
  showMap(part("map"), found);
  if (session.person) known = { ...known, ...(await ask(`/board/case/${encodeURIComponent(caseNo)}/takers`)) };
} catch (fault) {
  if (!(fault instanceof Refused)) throw fault;
  note(fault.message);
}
