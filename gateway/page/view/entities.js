/** How does marked-up text look? Turns text and entities (UTF-16 offsets) into nodes, never into markup. */

import { el } from "./dom.js";

/** @typedef {import("../talk/types.js").Entity} Entity */

const SAFE_LINK = /^(https?:|tel:|mailto:)/i;

/** @type {Record<string, keyof HTMLElementTagNameMap>} */
const TAGS = { bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code", pre: "pre" };

/** @param {string} address @param {Node[]} inside */
function link(address, inside) {
  if (!SAFE_LINK.test(address)) return el("span", {}, ...inside);
  const elsewhere = /^https?:/i.test(address);
  return el("a", { href: address, target: elsewhere && "_blank", rel: "noopener noreferrer" }, ...inside);
}

/** @param {string} text */
function withScheme(text) {
  return /^[a-z][a-z+.-]*:/i.test(text) ? text : `https://${text}`;
}

/**
 * @param {Entity} entity @param {string} words the entity's own text @param {Node[]} inside
 * @param {(command: string) => void} onCommand
 */
function wrap(entity, words, inside, onCommand) {
  const tag = TAGS[entity.type];
  if (tag) return el(tag, {}, ...inside);
  switch (entity.type) {
    case "text_link":
      return link(entity.url ?? "", inside);
    case "url":
      return link(withScheme(words), inside);
    case "phone_number":
      return link(`tel:${words.replace(/[^\d+]/g, "")}`, inside);
    case "email":
      return link(`mailto:${words}`, inside);
    case "bot_command":
      return el("button", { type: "button", class: "link", onclick: () => onCommand(words) }, ...inside);
    case "blockquote":
    case "expandable_blockquote":
      return el("blockquote", {}, ...inside);
    case "spoiler":
      return el("span", { class: "spoiler", tabindex: "0" }, ...inside);
    default:
      return el("span", {}, ...inside);
  }
}

/**
 * Returns the nodes of `text` between two offsets. Entities nest like brackets; one that overlaps its
 * neighbour is cut at the neighbour's end.
 * @param {string} text @param {Entity[]} entities sorted, outer first @param {number} from @param {number} to
 * @param {(command: string) => void} onCommand @returns {Node[]}
 */
function between(text, entities, from, to, onCommand) {
  /** @type {Node[]} */
  const nodes = [];
  let at = from;
  let index = 0;
  while (index < entities.length) {
    const entity = entities[index];
    const start = Math.max(entity.offset, at);
    const end = Math.min(entity.offset + entity.length, to);
    index += 1;
    if (start >= end) continue;
    if (start > at) nodes.push(document.createTextNode(text.slice(at, start)));
    const firstOutside = entities.findIndex((other, place) => place >= index && other.offset >= end);
    const inner = entities.slice(index, firstOutside === -1 ? undefined : firstOutside);
    nodes.push(wrap(entity, text.slice(start, end), between(text, inner, start, end, onCommand), onCommand));
    index += inner.length;
    at = end;
  }
  if (at < to) nodes.push(document.createTextNode(text.slice(at, to)));
  return nodes;
}

/**
 * Returns the nodes for a text and its entities.
 * @param {string} text @param {Entity[]} entities @param {(command: string) => void} onCommand what a tapped /command does
 */
export function renderText(text, entities, onCommand) {
  const sorted = [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length);
  return between(text, sorted, 0, text.length, onCommand);
}
