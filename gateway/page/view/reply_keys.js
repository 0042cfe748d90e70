/** The bot's own keyboard above the text field: which message's keyboard holds, and what its keys do. */

import * as database from "../device/database.js";
import { t } from "../device/texts.js";
import { el, fill } from "./dom.js";
import { icon } from "./icons.js";

/** @typedef {import("../talk/types.js").Message} Message */
/** @typedef {import("../talk/types.js").ReplyButton} ReplyButton */
/** @typedef {import("../talk/types.js").ReplyKeyboard} ReplyKeyboard */

export class ReplyKeys {
  /** @type {{message_id: number, keyboard: ReplyKeyboard} | null} */
  #held = null;
  /** A one-time keyboard was used; it folds away but can be opened again. */
  #folded = false;

  /** @param {{send: (text: string) => void, location: () => void, changed: () => void}} wishes */
  constructor(wishes) {
    this.wishes = wishes;
    this.element = el("div", {
      class: "reply-keys",
      role: "group",
      "aria-label": t("keys.reply_label"),
      hidden: true,
    });
  }

  /** Takes up the keyboard that held when the page was last open. */
  async restore() {
    const kept = await database.fact("reply_keyboard");
    if (kept && !this.#held) this.#hold(kept);
  }

  get available() {
    return (this.#held?.keyboard.keyboard?.length ?? 0) > 0;
  }

  get open() {
    return this.available && !this.#folded;
  }

  get placeholder() {
    return this.open ? this.#held?.keyboard.placeholder : undefined;
  }

  /**
   * Lets the newest message with a keyboard, or with its removal, decide.
   * @param {Message[]} messages ascending
   */
  async follow(messages) {
    const newest = messages.findLast((message) => message.from_bot && message.reply_keyboard);
    if (!newest?.reply_keyboard || newest.message_id <= (this.#held?.message_id ?? 0)) return;
    const held = { message_id: newest.message_id, keyboard: newest.reply_keyboard };
    this.#hold(held);
    await database.keepFact("reply_keyboard", held);
  }

  /** @param {{message_id: number, keyboard: ReplyKeyboard}} held */
  #hold(held) {
    this.#held = held;
    this.#folded = false;
    this.#draw();
  }

  /** Folds or unfolds the keyboard. */
  toggle() {
    this.#folded = !this.#folded;
    this.#draw();
  }

  #draw() {
    const lines = (this.#held?.keyboard.keyboard ?? []).map((buttons) =>
      el("div", { class: "key-line" }, ...buttons.map((button) => this.#key(button))),
    );
    fill(this.element, ...lines);
    this.element.hidden = !this.open;
    this.wishes.changed();
  }

  /** @param {ReplyButton} button */
  #key(button) {
    // Many bots draw a pin of their own.
    const bare = button.request_location && !/\p{Extended_Pictographic}/u.test(button.text);
    const label = el("span", { class: "key-label" }, button.text);
    const given = { type: "button", class: "key", onclick: () => this.#onKey(button) };
    return el("button", given, bare ? icon("pin", 18) : null, label);
  }

  /** @param {ReplyButton} button */
  #onKey(button) {
    if (button.request_location) this.wishes.location();
    else this.wishes.send(button.text);
    if (this.#held?.keyboard.one_time) {
      this.#folded = true;
      this.#draw();
    }
  }
}
