/** The first screen: an invite code turns into a signed-in phone. */

import { Api, Refused, Unreachable } from "../device/api.js";
import { newClientId } from "../device/ids.js";
import { slot } from "../device/slot.js";
import { hasText, language, t } from "../device/texts.js";
import { el, fill } from "./dom.js";
import { avatar, icon } from "./icons.js";
import { openLanguages } from "./menu.js";

/** @typedef {import("../device/identity.js").Identity} Identity */

const ATTEMPT_KEY = `whistle.attempt.${slot}`;

/**
 * The same for one code until it succeeds: a sign-in whose answer got lost is not done twice.
 * @param {string} code
 */
function attemptId(code) {
  const [lastCode, lastId] = (sessionStorage.getItem(ATTEMPT_KEY) ?? "\n").split("\n");
  const id = lastCode === code ? lastId : newClientId();
  sessionStorage.setItem(ATTEMPT_KEY, `${code}\n${id}`);
  return id;
}

/** @param {string} words */
function clean(words) {
  return words
    .trim()
    .replace(/^\/start\s+/i, "")
    .replace(/\s+/g, "");
}

class SignIn {
  /** @param {(identity: Identity) => void} onSignedIn @param {string} name */
  constructor(onSignedIn, name) {
    this.onSignedIn = onSignedIn;
    this.name = name;
    this.code = el("input", {
      class: "code",
      name: "code",
      autocomplete: "one-time-code",
      autocapitalize: "characters",
      spellcheck: "false",
      maxlength: "64",
      placeholder: t("sign_in.placeholder"),
      "aria-label": t("sign_in.code"),
      "aria-describedby": "sign-in-problem",
    });
    this.problem = el("p", { class: "problem", id: "sign-in-problem", role: "alert" });
    this.button = el("button", { type: "submit", class: "strong" }, t("sign_in.enter"));
    const paste = el(
      "button",
      { type: "button", class: "round", "aria-label": t("sign_in.paste"), onclick: () => void this.#paste() },
      icon("paste"),
    );
    paste.hidden = typeof navigator.clipboard?.readText !== "function";
    const form = el(
      "form",
      {
        class: "sign-in-form",
        novalidate: true,
        onsubmit: (/** @type {Event} */ event) => this.#onSubmit(event),
      },
      el("div", { class: "code-frame" }, this.code, paste),
      this.problem,
      this.button,
    );
    const languages = el(
      "button",
      { type: "button", class: "plain language-button", onclick: openLanguages },
      icon("globe", 20),
      t("menu.language"),
    );
    this.element = el(
      "main",
      { class: "sign-in" },
      avatar(96),
      el("h1", {}, t("sign_in.title")),
      el("p", { class: "lead" }, t("sign_in.lead")),
      form,
      el("p", { class: "hint" }, t("sign_in.hint")),
      languages,
    );
  }

  async #paste() {
    try {
      this.code.value = clean(await navigator.clipboard.readText());
      this.code.focus();
    } catch {
      // Reading the clipboard was not allowed; the field's own paste still works.
      this.#complain("sign_in.paste_denied");
    }
  }

  /** @param {Event} event */
  #onSubmit(event) {
    event.preventDefault();
    void this.enter(clean(this.code.value));
  }

  /** @param {string} key */
  #complain(key) {
    fill(this.problem, t(key));
    this.code.setAttribute("aria-invalid", "true");
  }

  /** @param {string} code */
  async enter(code) {
    this.code.value = code;
    if (code === "") return this.#complain("sign_in.empty");
    this.button.disabled = true;
    this.code.removeAttribute("aria-invalid");
    fill(this.problem);
    try {
      const body = { code, name: this.name || null, language: language(), client_id: attemptId(code) };
      const identity = await new Api(null).post("sign-in", body);
      sessionStorage.removeItem(ATTEMPT_KEY);
      this.onSignedIn({ ...identity, code });
    } catch (error) {
      if (error instanceof Unreachable)
        this.#complain(navigator.onLine ? "sign_in.unreachable" : "sign_in.offline");
      else if (error instanceof Refused) this.#complain(refusedKey(error));
      else throw error;
    } finally {
      this.button.disabled = false;
    }
  }
}

/** @param {Refused} error */
function refusedKey(error) {
  if (hasText(`sign_in.${error.code}`)) return `sign_in.${error.code}`;
  return error.status >= 500 ? "sign_in.unreachable" : "sign_in.refused";
}

/**
 * Shows the sign-in screen; with a code from the address it signs in at once.
 * @param {Element} page @param {{code: string, name: string, notice: string, onSignedIn: (identity: Identity) => void}} given
 */
export function showSignIn(page, { code, name, notice, onSignedIn }) {
  const screen = new SignIn(onSignedIn, name);
  fill(page, screen.element);
  fill(screen.problem, notice);
  if (code) void screen.enter(code);
  else screen.code.focus();
}
