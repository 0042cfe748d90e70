/**
 * A card further up has just been changed: says so and leads there. Bots keep one live card and edit it in place, while
 * what the person sends pushes it out of sight.
 */

import { t } from "../device/texts.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { glide } from "./motion.js";

/** A change told longer ago is no news any more. */
const SHOWN_MS = 20_000;
/** This much of the card in view counts as seen. */
const SEEN_PX = 60;

export class EditNotice {
  /** @type {HTMLElement | null} */
  #card = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {HTMLElement} scroller */
  constructor(scroller) {
    this.scroller = scroller;
    const given = { type: "button", class: "edit-notice", hidden: true, onclick: () => this.#lead() };
    this.element = el("button", given, icon("up", 18), t("thread.card_changed"));
  }

  /** Tells of a changed card if it is out of sight above. @param {HTMLElement} card */
  changed(card) {
    this.#card = card;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#end(), SHOWN_MS);
    this.check();
    this.element.hidden = this.#card === null;
  }

  /** Ends the notice once the card can be seen; to be called when the conversation has moved. */
  check() {
    if (!this.#card) return;
    const { bottom } = this.#card.getBoundingClientRect();
    if (!this.#card.isConnected || bottom - this.scroller.getBoundingClientRect().top > SEEN_PX) this.#end();
  }

  #lead() {
    const card = this.#card;
    if (!card) return;
    card.scrollIntoView({ block: "center", behavior: glide() });
    card.classList.add("pointed");
    card.addEventListener("animationend", () => card.classList.remove("pointed"), { once: true });
    this.#end();
  }

  #end() {
    this.#card = null;
    this.element.hidden = true;
    clearTimeout(this.#timer);
  }
}
