/** What the reader wants to see. It lives in the address, so that a view can be sent. */

const DEFAULTS = { period: "today", level: "street", area: "", kind: "", urgency: "", figure: "now.open", sort: "-now.overdue", wall: "" };
const NAMES = /** @type {(keyof typeof DEFAULTS)[]} */ (Object.keys(DEFAULTS));

/** @typedef {typeof DEFAULTS & { from: string, to: string }} Wishes */

/** Reads the address. @returns {Wishes} */
export function wishes() {
  const query = new URLSearchParams(location.search);
  const found = /** @type {Wishes} */ ({ from: query.get("from") ?? "", to: query.get("to") ?? "" });
  for (const name of NAMES) found[name] = query.get(name) || DEFAULTS[name];
  if (found.from || found.to) found.period = "";
  // Communities are counted inside an area only.
  if (found.level === "community" && !found.area) found.level = "street";
  return found;
}

/** Changes the address. @param {Partial<Wishes>} change @returns {string} the address with the change */
export function addressWith(change) {
  const wanted = { ...wishes(), ...change };
  if (change.period) Object.assign(wanted, { from: "", to: "" });
  const query = new URLSearchParams();
  for (const name of /** @type {(keyof Wishes)[]} */ ([...NAMES, "from", "to"])) {
    const usual = name in DEFAULTS ? DEFAULTS[/** @type {keyof typeof DEFAULTS} */ (name)] : "";
    if (wanted[name] && wanted[name] !== usual) query.set(name, wanted[name]);
  }
  const text = query.toString();
  return text ? `?${text}` : location.pathname;
}

/** Gives the question for the API. @param {Partial<Wishes>} [change] */
export function question(change = {}) {
  const wanted = { ...wishes(), ...change };
  const query = new URLSearchParams({ level: wanted.level, lang: document.documentElement.lang });
  for (const name of /** @type {(keyof Wishes)[]} */ (["area", "kind", "urgency"])) if (wanted[name]) query.set(name, wanted[name]);
  if (wanted.period) query.set("period", wanted.period);
  else for (const name of /** @type {const} */ (["from", "to"])) if (wanted[name]) query.set(name, wanted[name]);
  return `/api/v1/stats?${query}`;
}

/** How many filters are set. */
export function countFilters() {
  const wanted = wishes();
  return [wanted.area, wanted.kind, wanted.urgency].filter(Boolean).length;
}
