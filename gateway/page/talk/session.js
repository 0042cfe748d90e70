/**
 * One signed-in person's conversation: joins history, events, queue and presses, and says what the views may
 * show. The only module that knows the order in which these are started.
 */

import * as database from "../device/database.js";
import { Api, Refused, Unreachable } from "../device/api.js";
import { rememberPicture } from "../device/pictures.js";
import { Events } from "./events.js";
import { Messages } from "./messages.js";
import { Outbox } from "./outbox.js";
import { Presses } from "./presses.js";
import { Signal } from "./signal.js";

/** @typedef {import("./types.js").Message} Message */

/** Further behind than this, the newest page is cheaper than every event in between. */
const CATCH_UP_EVENTS = 500;
const TYPING_MS = 6_000;
const RETRY_MS = 3_000;

export class Session {
  /** @type {Events | null} */
  #events = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #typingTimer;
  #readUpTo = 0;
  /** Messages up to here are in the server's own count of what is unread. */
  #countedSeq = 0;

  /** @param {import("../device/identity.js").Identity} identity */
  constructor(identity) {
    this.identity = identity;
    this.api = new Api(identity.token);
    this.messages = new Messages(this.api);
    this.outbox = new Outbox(this.api, identity.user.id);
    this.presses = new Presses();
    this.connected = false;
    /** Everything that came while the page was closed has been taken in. */
    this.caughtUp = false;
    this.typing = false;
    this.blocked = false;
    this.unread = 0;
    /**
     * The last message read before the page was opened: below it the "new messages" line is drawn.
     * @type {number | null}
     */
    this.readAtStart = null;
    /** @type {import("./types.js").Command[]} */
    this.commands = [];
    /** Connection, typing, unread, blocked or commands changed. @type {Signal<void>} */
    this.stateChanged = new Signal();
    /** The bot answered a press. @type {Signal<{text: string, show_alert: boolean}>} */
    this.answered = new Signal();
    /** No bot took a press in time. @type {Signal<void>} */
    this.unanswered = new Signal();
    /** The bot changed a message. @type {Signal<Message>} */
    this.edited = new Signal();
    this.api.onSignedOut = () => this.signedOut.tell();
    /** @type {Signal<void>} */
    this.signedOut = new Signal();
    this.#connectParts();
  }

  #connectParts() {
    const { outbox, presses, messages } = this;
    outbox.accept = async (item, sent) => {
      rememberSent(this.api, item, sent);
      await messages.merge(sent);
    };
    outbox.pressed.on(({ item, pressId }) =>
      presses.accepted(Number(item.message_id), String(item.data), pressId),
    );
    outbox.pressLost.on(({ item }) => presses.lost(Number(item.message_id), String(item.data)));
    outbox.unreachable.on((unreachable) => unreachable && this.#setConnected(false));
  }

  /** Shows what the phone keeps, then connects and stays connected. Returns when the kept part is shown. */
  async open() {
    this.commands = (await database.fact("commands")) ?? [];
    await this.messages.loadKept();
    await this.outbox.reload();
    for (const item of this.outbox.items) {
      if (item.kind === "press") this.presses.started(Number(item.message_id), String(item.data));
    }
    void this.#connect();
  }

  async #connect() {
    for (;;) {
      try {
        const place = await this.#catchUp();
        this.#setConnected(true);
        this.outbox.wake();
        if ((await this.#listen(place)) === "ended") return;
        await database.keepFact("seq", undefined);
      } catch (error) {
        if (error instanceof Refused && error.status === 401) return;
        if (!(error instanceof Unreachable || error instanceof Refused)) throw error;
        this.#setConnected(false);
        await networkOr(RETRY_MS);
      }
    }
  }

  /** Brings state and history up to date and returns the place in the event stream to go on from. */
  async #catchUp() {
    const me = await this.api.get("me");
    this.unread = me.unread;
    this.#countedSeq = me.last_seq;
    this.blocked = me.blocked;
    await this.#setCommands(me.commands ?? []);
    const kept = await database.fact("seq");
    this.#readUpTo = Math.max(this.#readUpTo, me.read_message_id ?? 0);
    // On a phone that has just signed in everything is new: no line is needed to say so.
    this.readAtStart ??= kept === undefined || me.unread === 0 ? Infinity : this.#readUpTo;
    const stale = kept === undefined || kept > me.last_seq || me.last_seq - kept > CATCH_UP_EVENTS;
    if (stale) {
      await database.clear("messages");
      this.messages.forget();
    }
    if (stale || this.messages.list.length === 0) await this.messages.loadNewest();
    if (stale) await database.keepFact("seq", me.last_seq);
    this.stateChanged.tell();
    return stale ? me.last_seq : kept;
  }

  /** @param {number} place */
  async #listen(place) {
    const keepPlace = (/** @type {number} */ seq) => database.keepFact("seq", seq);
    this.#events = new Events(this.api, place, (event) => this.#onEvent(event), keepPlace);
    this.#events.connected.on((up) => {
      if (up && !this.connected) this.outbox.wake();
      if (up && !this.caughtUp) {
        this.caughtUp = true;
        this.stateChanged.tell();
      }
      this.#setConnected(up);
    });
    return this.#events.run();
  }

  /** @param {any} event */
  async #onEvent(event) {
    if (event.type === "message") await this.#onMessage(event.message);
    else if (event.type === "edited") await this.#onEdited(event.message);
    else if (event.type === "deleted") await this.messages.drop(event.message_id);
    else if (event.type === "action") this.#setTyping(event.action === "typing");
    else if (event.type === "commands") await this.#onCommands(event);
    else if (event.type === "read") this.#onReadElsewhere(event.message_id);
    else if (event.type === "callback_answer") this.#onAnswer(event);
  }

  /** @param {Message} message */
  async #onMessage(message) {
    const known = this.messages.get(message.message_id) !== undefined;
    if (message.from_bot) this.#setTyping(false);
    // Counted before it is shown: showing it may already mark it as read.
    const counted = known || message.seq <= this.#countedSeq || message.message_id <= this.#readUpTo;
    if (message.from_bot && !counted) this.unread += 1;
    await this.messages.merge([message]);
    if (message.client_id) await this.outbox.confirm(message.client_id);
    this.stateChanged.tell();
  }

  /** @param {Message} message */
  async #onEdited(message) {
    if (message.from_bot) this.edited.tell(message);
    await this.messages.merge([message]);
  }

  /** @param {any} event */
  async #onCommands(event) {
    await this.#setCommands(event.commands ?? (await this.api.get("me")).commands);
    this.stateChanged.tell();
  }

  /** @param {import("./types.js").Command[]} commands */
  async #setCommands(commands) {
    this.commands = commands;
    await database.keepFact("commands", commands);
  }

  /** @param {any} event */
  #onAnswer(event) {
    this.presses.answered(event.press_id);
    if (event.expired) this.unanswered.tell();
    if (event.text) this.answered.tell({ text: event.text, show_alert: Boolean(event.show_alert) });
  }

  /** @param {number} messageId */
  #onReadElsewhere(messageId) {
    this.#readUpTo = Math.max(this.#readUpTo, messageId);
    this.unread = this.messages.list.filter((m) => m.from_bot && m.message_id > this.#readUpTo).length;
    this.stateChanged.tell();
  }

  /** Everything up to the newest message was seen. */
  async markRead() {
    const newest = this.messages.list.findLast((message) => message.from_bot);
    if (!newest || !this.connected || newest.message_id <= this.#readUpTo) return;
    const before = this.#readUpTo;
    this.#readUpTo = newest.message_id;
    this.unread = 0;
    this.stateChanged.tell();
    try {
      await this.api.post("read", { message_id: newest.message_id });
    } catch (error) {
      if (!(error instanceof Unreachable || error instanceof Refused)) throw error;
      // A mark that got lost is made good when the line is back.
      this.#readUpTo = before;
    }
  }

  /** @param {boolean} blocked @throws {Refused | Unreachable} */
  async block(blocked) {
    await this.api.post("block", { blocked });
    this.blocked = blocked;
    this.stateChanged.tell();
  }

  /**
   * Changes the words of a message of one's own.
   * @param {Message} message @param {string} words @throws {Refused | Unreachable}
   */
  async edit(message, words) {
    const field = message.text ? "text" : "caption";
    const { message: changed } = await this.api.post("edit", { message_id: message.message_id, [field]: words });
    await this.messages.merge([changed]);
  }

  /** @param {number} messageId @param {string} data */
  async press(messageId, data) {
    if (this.presses.busy(messageId, data)) return;
    this.presses.started(messageId, data);
    await this.outbox.press(messageId, data);
  }

  /** @param {boolean} connected */
  #setConnected(connected) {
    if (this.connected === connected) return;
    this.connected = connected;
    this.stateChanged.tell();
  }

  /** @param {boolean} typing */
  #setTyping(typing) {
    clearTimeout(this.#typingTimer);
    if (typing) this.#typingTimer = setTimeout(() => this.#setTyping(false), TYPING_MS);
    if (this.typing === typing) return;
    this.typing = typing;
    this.stateChanged.tell();
  }

  /** Ends the conversation on this page; what is queued stays on the phone. */
  close() {
    this.#events?.stop();
  }
}

/**
 * Keeps the pictures just sent for showing, in the order in which they were attached.
 * @param {Api} api @param {import("./types.js").Queued} item @param {Message[]} sent
 */
function rememberSent(api, item, sent) {
  sent.forEach((message, index) => {
    const photo = item.draft?.photos?.[index];
    if (message.photo && photo) void rememberPicture(api, message.photo.file_id, photo.blob);
  });
}

/**
 * Waits for the network's return or some time, whichever is first.
 * @param {number} atMostMs
 * @returns {Promise<void>}
 */
function networkOr(atMostMs) {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      window.removeEventListener("online", done);
      resolve();
    };
    const timer = setTimeout(done, atMostMs);
    window.addEventListener("online", done);
  });
}
