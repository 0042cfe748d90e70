/** The bar on top: who one speaks with, whether the line is up, and the menu. */

import { t } from "../device/texts.js";
import { el, fill } from "./dom.js";
import { avatar, icon } from "./icons.js";

export class Header {
  /** @param {import("../talk/session.js").Session} session @param {() => void} onMenu */
  constructor(session, onMenu) {
    this.session = session;
    this.status = el("span", { class: "status", "aria-live": "polite" });
    const words = el(
      "div",
      { class: "header-words" },
      el("h1", {}, session.identity.bot.name || session.identity.bot.username),
      this.status,
    );
    const menu = el(
      "button",
      { type: "button", class: "round", "aria-label": t("menu.title"), onclick: onMenu },
      icon("more"),
    );
    this.element = el("header", { class: "header" }, avatar(42), words, menu);
    session.stateChanged.on(() => this.draw());
    session.outbox.changed.on(() => this.draw());
    this.draw();
  }

  draw() {
    const { connected, typing, outbox } = this.session;
    const waiting = outbox.items.filter((item) => item.state === "waiting").length;
    let words = t("status.online");
    if (!navigator.onLine || !connected) words = t(navigator.onLine ? "status.connecting" : "status.offline");
    if (!connected && waiting > 0) words = t("status.waiting", { state: words, count: waiting });
    if (connected && typing) words = t("status.typing");
    if (this.status.textContent !== words) fill(this.status, words);
    this.element.classList.toggle("is-typing", connected && typing);
    this.element.classList.toggle("is-offline", !connected);
  }
}
