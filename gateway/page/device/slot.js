/**
 * Which of the identities living in this browser is this page? The name comes from `?slot=`; every
 * stored thing (identity, history, queue, pictures) is kept apart by it.
 */

const parameters = new URLSearchParams(location.search);

/** The slot's name, safe inside storage names. */
export const slot = (parameters.get("slot") ?? "").replace(/[^\w-]/g, "").slice(0, 40) || "default";

/** An invite code given in the address, or "". */
export const codeFromAddress = (parameters.get("code") ?? "").trim();

/** A name to sign in with, given in the address (the demonstration page does), or "". */
export const nameFromAddress = (parameters.get("name") ?? "").trim().slice(0, 60);

/** A language forced by the address, or "". */
export const languageFromAddress = (parameters.get("lang") ?? "").trim();

/** @param {string} name */
function forgetInAddress(name) {
  const address = new URL(location.href);
  if (!address.searchParams.has(name)) return;
  address.searchParams.delete(name);
  history.replaceState(null, "", address);
}

/**
 * Takes the one-time code out of the address, so that a bookmark or a shared link does not carry it. Inside the
 * demonstration page it stays: there a phone signs in anew when the server was emptied.
 */
export function forgetCodeInAddress() {
  if (window.parent === window) forgetInAddress("code");
}

/** A language chosen by hand outweighs the one the address asks for. */
export function forgetLanguageInAddress() {
  forgetInAddress("lang");
}
