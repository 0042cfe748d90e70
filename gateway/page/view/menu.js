/** The sheets behind the header's dots and the "/" button: choices, languages, commands. */

import { LANGUAGES, chooseLanguage, language, t } from "../device/texts.js";
import { forgetLanguageInAddress } from "../device/slot.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { openSheet } from "./sheet.js";

/** Each language in its own name, whatever the page's language is. */
const LANGUAGE_NAMES = Object.fromEntries(
  LANGUAGES.map((tag) => [tag, new Intl.DisplayNames(tag, { type: "language" }).of(tag) ?? tag]),
);

/** @param {string} name @param {string} words @param {() => void} run @param {boolean} [dangerous] */
function entry(name, words, run, dangerous = false) {
  const given = { type: "button", class: `menu-entry ${dangerous ? "danger-entry" : ""}`, onclick: run };
  return el("button", given, icon(name), el("span", {}, words));
}

/**
 * @typedef {object} MenuWishes
 * @property {() => void} code
 * @property {(() => void) | null} install null where the browser offers none
 * @property {() => void} block
 * @property {() => void} leave
 */

/** @param {import("../talk/session.js").Session} session @param {MenuWishes} wishes */
export function openMenu(session, wishes) {
  /** @param {() => void} then */
  const closing = (then) => () => {
    sheet.close();
    then();
  };
  const who = el("p", { class: "menu-who" }, t("menu.signed_in", { name: session.identity.user.first_name }));
  const sheet = openSheet(
    t("menu.title"),
    "menu",
    who,
    entry("ticket", t("menu.code"), closing(wishes.code)),
    entry("globe", t("menu.language"), closing(openLanguages)),
    wishes.install ? entry("install", t("menu.install"), closing(wishes.install)) : "",
    entry("mute", t(session.blocked ? "menu.unblock" : "menu.block"), closing(wishes.block)),
    entry("leave", t("menu.leave"), closing(wishes.leave), true),
  );
}

/** @param {string} tag */
function switchTo(tag) {
  chooseLanguage(tag);
  forgetLanguageInAddress();
  location.reload();
}

/** Lets a person choose the page's language; the page starts anew. */
export function openLanguages() {
  const entries = LANGUAGES.map((tag) =>
    entry(tag === language() ? "check" : "globe", LANGUAGE_NAMES[tag], () => switchTo(tag)),
  );
  openSheet(t("menu.language"), "menu", ...entries);
}

/** @param {import("../talk/types.js").Command[]} commands @param {(command: string) => void} onCommand */
export function openCommands(commands, onCommand) {
  const entries = commands.map(({ command, description }) => {
    const run = () => {
      sheet.close();
      onCommand(`/${command}`);
    };
    return el(
      "button",
      { type: "button", class: "menu-entry command-entry", onclick: run },
      el("span", { class: "command-description" }, description),
      el("span", { class: "command-name" }, `/${command}`),
    );
  });
  const sheet = openSheet(t("commands.title"), "menu", ...entries);
}
