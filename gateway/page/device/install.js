/** Can the page be put on the home screen? Holds the browser's offer until the person asks for it. */

/** @type {any} */
let offer = null;

window.addEventListener("beforeinstallprompt", (event) => {
  // The browser's own banner would come at a moment of its choosing.
  event.preventDefault();
  offer = event;
});
window.addEventListener("appinstalled", () => (offer = null));

/**
 * Returns what starts the installation, or null when the browser offers none.
 * @returns {(() => void) | null}
 */
export function installOffer() {
  return offer && (() => void offer.prompt());
}
