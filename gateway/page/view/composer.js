/**
 * Where a person writes: the text field with its buttons, the tray of photos about to be sent, and the draft
 * that survives a reload. Sends nothing itself: it hands finished drafts out.
 */

import { slot } from "../device/slot.js";
import { t } from "../device/texts.js";
import { fitTogether, preparePhoto, UnreadablePhoto } from "../device/photos.js";
import { PhoneFull } from "../talk/outbox.js";
import { blobAddress } from "./album.js";
import { el, fill } from "./dom.js";
import { icon } from "./icons.js";
import { toast } from "./toast.js";

/** @typedef {import("../device/photos.js").Photo} Photo */
/** @typedef {import("../talk/types.js").Draft} Draft */
/** @typedef {import("../talk/types.js").Message} Message */

const DRAFT_KEY = `whistle.draft.${slot}`;
/** The Bot API's limits. */
const ALBUM_MOST = 10;
const TEXT_MOST = 4096;
const CAPTION_MOST = 1024;

/**
 * @typedef {object} Wishes what the composer asks of the page
 * @property {(draft: Draft) => Promise<void>} send
 * @property {(message: Message, words: string) => Promise<boolean>} edit true when the message was changed
 * @property {() => void} attach
 * @property {() => void} commands
 * @property {() => void} toggleKeys
 */

export class Composer {
  /** @type {Photo[]} */
  #photos = [];
  #hint = "";
  /** The message whose words stand in the field to be changed, and what stood there before. */
  /** @type {{message: Message, words: string} | null} */
  #changing = null;

  /** @param {Wishes} wishes */
  constructor(wishes) {
    this.wishes = wishes;
    this.field = el("textarea", {
      class: "field",
      rows: "1",
      maxlength: String(TEXT_MOST),
      placeholder: t("composer.placeholder"),
      "aria-label": t("composer.placeholder"),
      enterkeyhint: "send",
      autocomplete: "off",
      oninput: () => this.#onInput(),
      onkeydown: (/** @type {KeyboardEvent} */ event) => this.#onKey(event),
      onpaste: (/** @type {ClipboardEvent} */ event) => this.#onPaste(event),
    });
    this.commandsButton = this.#button("slash", "composer.commands", () => wishes.commands());
    this.keysButton = this.#button("keyboard", "composer.keys", () => wishes.toggleKeys());
    this.attachButton = this.#button("attach", "composer.attach", () => wishes.attach());
    this.sendButton = this.#button("send", "composer.send", () => void this.submit());
    this.sendButton.classList.add("send");
    // Keeps the focus in the field: a phone's keyboard must not fold away at every message.
    this.sendButton.addEventListener("pointerdown", (event) => event.preventDefault());
    this.tray = el("div", { class: "tray", role: "list", "aria-label": t("tray.label"), hidden: true });
    this.changingBar = el(
      "div",
      { class: "changing", role: "status", hidden: true },
      icon("pencil", 18),
      el("span", {}, t("message.changing")),
      this.#button("close", "action.cancel", () => this.#endChange()),
    );
    this.element = el(
      "footer",
      { class: "composer" },
      this.changingBar,
      this.tray,
      el(
        "div",
        { class: "composer-line" },
        this.commandsButton,
        el("div", { class: "field-frame" }, this.field, this.keysButton, this.attachButton),
        this.sendButton,
      ),
    );
    this.keysButton.hidden = true;
    this.field.value = localStorage.getItem(DRAFT_KEY) ?? "";
    this.#refresh();
  }

  /** @param {string} name @param {string} label @param {() => void} onclick */
  #button(name, label, onclick) {
    return el(
      "button",
      { type: "button", class: "round", "aria-label": t(label), title: t(label), onclick },
      icon(name),
    );
  }

  /** Grows the field with its text; has to be called once the composer is in the page. */
  fit() {
    this.field.style.height = "auto";
    this.field.style.height = `${Math.min(this.field.scrollHeight, 140)}px`;
  }

  /** Takes a bot's own hint for the field, or its end. @param {string | undefined} words */
  placeholder(words) {
    this.#hint = words ?? "";
    this.#drawPlaceholder();
  }

  #drawPlaceholder() {
    const usual = this.#hint || t("composer.placeholder");
    this.field.placeholder = this.#photos.length > 0 ? t("composer.caption") : usual;
  }

  /** @param {boolean} available @param {boolean} open */
  showKeysButton(available, open) {
    this.keysButton.hidden = !available;
    this.keysButton.setAttribute("aria-expanded", String(open));
  }

  /** @param {boolean} any */
  showCommandsButton(any) {
    this.commandsButton.hidden = !any;
  }

  /** Puts the words of a sent message into the field to be changed. @param {Message} message */
  change(message) {
    this.#changing = { message, words: this.#changing?.words ?? this.field.value };
    this.changingBar.hidden = false;
    this.field.value = message.text ?? message.caption ?? "";
    this.field.maxLength = message.text ? TEXT_MOST : CAPTION_MOST;
    this.#refresh();
    this.field.focus();
  }

  /** Gives the field back to what was being written before. */
  #endChange() {
    this.field.value = this.#changing?.words ?? "";
    this.field.maxLength = TEXT_MOST;
    this.#changing = null;
    this.changingBar.hidden = true;
    this.#onInput();
  }

  async #submitChange() {
    const words = this.field.value.trim();
    const { message } = /** @type {{message: Message}} */ (this.#changing);
    const same = words === (message.text ?? message.caption);
    if (words !== "" && (same || (await this.wishes.edit(message, words)))) this.#endChange();
  }

  #onInput() {
    // What is being changed is kept by the server; only what was never sent must survive a reload.
    if (!this.#changing) localStorage.setItem(DRAFT_KEY, this.field.value);
    this.#refresh();
  }

  #refresh() {
    this.fit();
    const nothing = this.field.value.trim() === "" && this.#photos.length === 0;
    this.sendButton.disabled = nothing;
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    // While a Chinese word is being composed, Enter belongs to the input method.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    void this.submit();
  }

  /** @param {ClipboardEvent} event */
  #onPaste(event) {
    const images = [...(event.clipboardData?.files ?? [])].filter((file) => file.type.startsWith("image/"));
    if (images.length === 0) return;
    event.preventDefault();
    void this.addPhotos(images);
  }

  /** Puts chosen photos into the tray. @param {File[]} files */
  async addPhotos(files) {
    for (const file of files) {
      try {
        this.#photos.push(await preparePhoto(file));
      } catch (error) {
        if (!(error instanceof UnreadablePhoto)) throw error;
        toast(t("photo.unreadable", { name: file.name }));
      }
      this.#drawTray();
    }
  }

  #drawTray() {
    this.tray.hidden = this.#photos.length === 0;
    const tiles = this.#photos.map((photo, index) =>
      el(
        "div",
        { class: "tray-tile", role: "listitem" },
        el("img", { src: blobAddress(photo.blob), alt: photo.name }),
        el(
          "button",
          {
            type: "button",
            class: "tray-remove",
            "aria-label": t("tray.remove"),
            onclick: () => this.#removePhoto(index),
          },
          icon("close", 16),
        ),
      ),
    );
    const add = el("button", {
      type: "button",
      class: "tray-add",
      "aria-label": t("tray.add"),
      onclick: () => this.wishes.attach(),
    });
    add.append(icon("plus"));
    fill(this.tray, ...tiles, add);
    this.#drawPlaceholder();
    this.#refresh();
  }

  /** @param {number} index */
  #removePhoto(index) {
    this.#photos.splice(index, 1);
    this.#drawTray();
  }

  /** Hands out what stands in field and tray, and empties both. */
  async submit() {
    if (this.#changing) return this.#submitChange();
    const words = this.field.value.trim();
    const photos = this.#photos;
    if (words === "" && photos.length === 0) return;
    this.#take("", []);
    const waiting = drafts(words, photos);
    try {
      while (waiting.length > 0) {
        const [draft] = waiting;
        await this.wishes.send(draft.photos ? { ...draft, photos: await fitTogether(draft.photos) } : draft);
        waiting.shift();
      }
    } catch (error) {
      if (!(error instanceof PhoneFull)) throw error;
      toast(t("queue.full"));
      this.#take(
        words,
        waiting.flatMap((draft) => draft.photos ?? []),
      );
    }
  }

  /** Replaces what stands in field and tray. @param {string} words @param {Photo[]} photos */
  #take(words, photos) {
    this.field.value = words;
    this.#photos = photos;
    this.#onInput();
    this.#drawTray();
  }
}

/**
 * Returns what has to be sent: one text, one photo, or albums of at most ten with the words on the first.
 * Words too long for a caption follow as a text of their own.
 * @param {string} words @param {Photo[]} photos @returns {Draft[]}
 */
export function drafts(words, photos) {
  if (photos.length === 0) return [{ type: "text", text: words }];
  const fits = words.length <= CAPTION_MOST;
  /** @type {Draft[]} */
  const made = [];
  for (let from = 0; from < photos.length; from += ALBUM_MOST) {
    const part = photos.slice(from, from + ALBUM_MOST);
    const caption = from === 0 && fits && words !== "" ? words : undefined;
    made.push({ type: part.length === 1 ? "photo" : "album", photos: part, caption });
  }
  if (!fits) made.push({ type: "text", text: words });
  return made;
}
