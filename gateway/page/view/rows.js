/**
 * What stands in the conversation, line by line? A pure function from messages and queue to rows: day lines,
 * the "new messages" line, single messages, albums as one, and what is still waiting.
 */

import { dayKey } from "../device/dates.js";

/** @typedef {import("../talk/types.js").Message} Message */
/** @typedef {import("../talk/types.js").Queued} Queued */

/**
 * @typedef {object} Row
 * @property {string} key stays the same when a waiting message becomes a sent one
 * @property {"day" | "unread" | "message" | "waiting" | "typing"} kind
 * @property {number} date Unix seconds
 * @property {"in" | "out" | ""} side
 * @property {boolean} first of a run by the same side
 * @property {boolean} last of a run: carries the bubble's tail
 * @property {Message[]} messages one, or the members of an album
 * @property {Queued | null} queued
 */

/** Messages of one side closer together than this belong to one run. */
const RUN_S = 300;

/** @param {Partial<Row> & {key: string, kind: Row["kind"]}} given @returns {Row} */
function row(given) {
  return { date: 0, side: "", first: false, last: false, messages: [], queued: null, ...given };
}

/** @param {Message[]} messages @returns {Row[]} */
function messageRows(messages) {
  /** @type {Row[]} */
  const rows = [];
  for (const message of messages) {
    const open = rows.at(-1);
    const side = message.from_bot ? "in" : "out";
    const head = open?.messages[0];
    if (message.media_group_id && head?.media_group_id === message.media_group_id && open?.side === side) {
      open.messages.push(message);
      continue;
    }
    const key = message.client_id ? `c${message.client_id}` : `m${message.message_id}`;
    rows.push(row({ key, kind: "message", date: message.date, side, messages: [message] }));
  }
  return rows;
}

/**
 * @param {Queued[]} queue
 * @param {Set<string>} arrived client ids that are messages already
 * @returns {Row[]}
 */
function waitingRows(queue, arrived) {
  return queue
    .filter((item) => item.kind === "send" && !arrived.has(item.client_id))
    .map((item) =>
      row({
        key: `c${item.client_id}`,
        kind: "waiting",
        date: item.created_at_ms / 1000,
        side: "out",
        queued: item,
      }),
    );
}

/** Marks where runs begin and end. @param {Row[]} rows */
function markRuns(rows) {
  rows.forEach((current, index) => {
    const before = rows[index - 1];
    const joined =
      before && before.side === current.side && current.side !== "" && current.date - before.date < RUN_S;
    current.first = !joined;
    current.last = true;
    if (joined) before.last = false;
  });
}

/**
 * Returns the rows to show.
 * @param {Message[]} messages ascending @param {Queued[]} queue
 * @param {{firstUnreadId: number | null, typing: boolean}} state
 */
export function rowsOf(messages, queue, { firstUnreadId, typing }) {
  const arrived = new Set(messages.map((message) => message.client_id ?? ""));
  /** @type {Row[]} */
  const rows = [];
  let day = "";
  for (const current of [...messageRows(messages), ...waitingRows(queue, arrived)]) {
    const itsDay = dayKey(current.date);
    if (itsDay !== day) rows.push(row({ key: `d${itsDay}`, kind: "day", date: current.date }));
    day = itsDay;
    if (current.messages[0] && current.messages[0].message_id === firstUnreadId) {
      rows.push(row({ key: "unread", kind: "unread" }));
    }
    rows.push(current);
  }
  if (typing) rows.push(row({ key: "typing", kind: "typing", side: "in", date: Infinity }));
  markRuns(rows);
  return rows;
}
