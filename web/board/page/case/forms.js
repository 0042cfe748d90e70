/** What each verb needs, as a form. Whether it is allowed, the server says. */

import { el } from "../view/dom.js";
import { act, upload } from "./ask.js";
import { t } from "./words.js";

/** @typedef {"words" | "reason" | "unit" | "person" | "photos" | "ask" | "until" | "review_on" | "measure" | "into"} Part */

/** @type {Record<string, Part[]>} */
const NEEDS = {
  dispatch: ["unit"],
  designate: ["unit", "words"],
  hand_back: ["reason", "words"],
  hand_over: ["person", "words"],
  hand_in: ["words", "photos"],
  pass_check: ["words"],
  fail_check: ["words", "photos"],
  ask: ["ask", "words", "reason", "until", "review_on", "measure"],
  decline: ["words"],
  resume: ["words"],
  merge: ["into", "words"],
  reopen: ["reason", "words"],
  urge: ["words"],
  note: ["words", "photos"],
};
/** Whose reasons a verb gives. @type {Record<string, string>} */
const PURPOSE = { hand_back: "return", reopen: "reopen", ask: "suspend" };

/**
 * Fills the form of a verb.
 * @param {HTMLFormElement} form @param {string} verb @param {any} found the case
 * @param {{ units: any[], people: any[], reasons: any[], asks: string[] }} known
 * @param {(found: any) => void} done @param {(why: string) => void} refused
 */
export function showForm(form, verb, found, known, done, refused) {
  form.hidden = false;
  form.replaceChildren(
    el("h3", {}, t(`case_page.verb.${verb}`)),
    ...(NEEDS[verb] ?? []).map((part) => field(part, verb, known)),
    el("button", { type: "submit", class: "case-send" }, t("case_page.send")),
    el("button", { type: "button", class: "case-leave", onclick: () => { form.hidden = true; } }, t("case_page.leave")),
  );
  form.onsubmit = async (event) => {
    event.preventDefault();
    const button = /** @type {HTMLButtonElement} */ (form.querySelector(".case-send"));
    button.disabled = true;
    try {
      done(await act(found.case_no, verb, await body(form)));
      form.hidden = true;
    } catch (fault) {
      refused(fault instanceof Error ? fault.message : String(fault));
    } finally {
      button.disabled = false;
    }
  };
  /** @type {HTMLElement | null} */ (form.querySelector("select, textarea, input, button"))?.focus();
}

/** @param {Part} part @param {string} verb @param {{ units: any[], people: any[], reasons: any[], asks: string[] }} known */
function field(part, verb, known) {
  const name = t(`case_page.part.${part}`);
  const label = (/** @type {HTMLElement} */ control) => el("label", {}, el("span", {}, name), control);
  const choices = (/** @type {[string, string][]} */ rows) => el("select", { name: part }, el("option", { value: "" }, t("board.none")), ...rows.map(([value, words]) => el("option", { value }, words)));
  if (part === "words" || part === "measure") return label(el("textarea", { name: part, rows: 3, maxlength: 2000 }));
  if (part === "reason") return label(choices(known.reasons.filter((r) => r.purpose === PURPOSE[verb]).map((r) => [r.code, r.name])));
  if (part === "unit") return label(choices(known.units.map((u) => [u.code, u.suggested ? t("case_page.suggested", { name: u.name }) : u.name])));
  if (part === "person") return label(choices(known.people.map((p) => [String(p.id), p.name])));
  if (part === "ask") return label(choices(known.asks.map((ask) => [ask, t(`case_page.ask.${ask}`)])));
  if (part === "photos") return label(el("input", { name: part, type: "file", accept: "image/*", multiple: true }));
  if (part === "until") return label(el("input", { name: part, type: "datetime-local" }));
  return label(el("input", { name: part, type: part === "review_on" ? "date" : "text" }));
}

/** @param {HTMLFormElement} form */
async function body(form) {
  /** @type {Record<string, unknown>} */
  const given = {};
  for (const [name, value] of new FormData(form)) {
    if (value === "" || name === "photos") continue;
    if (name === "person") given.person = Number(value);
    else if (name === "until") given.until = new Date(String(value)).toISOString();
    else given[name] = value;
  }
  const photos = /** @type {HTMLInputElement | null} */ (form.elements.namedItem("photos"));
  if (photos?.files?.length) given.media = await upload(photos.files);
  return given;
}
