/** Who is signed in on this slot? Keeps the device token; knows nothing of the network. */

import { slot } from "./slot.js";

const KEY = `whistle.identity.${slot}`;

/**
 * @typedef {object} Identity
 * @property {string} token
 * @property {{id: number, first_name: string}} user
 * @property {string} [code] the invite code it came from
 * @property {{username: string, name: string}} bot
 */

/** @returns {Identity | null} */
export function readIdentity() {
  const kept = localStorage.getItem(KEY);
  return kept === null ? null : JSON.parse(kept);
}

/** @param {Identity} identity */
export function keepIdentity(identity) {
  localStorage.setItem(KEY, JSON.stringify(identity));
}

export function forgetIdentity() {
  localStorage.removeItem(KEY);
}
