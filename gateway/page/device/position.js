/** Where is this phone, says the phone? WGS-84, with its own accuracy; never guesses. */

/** Why there is no position; `reason` is a key of the message file. */
export class NoPosition extends Error {
  /** @param {"denied" | "unavailable" | "insecure"} reason */
  constructor(reason) {
    super(reason);
    this.reason = reason;
  }
}

/** @typedef {{latitude: number, longitude: number, accuracy_m: number}} Position */

/** Asks the browser for a fresh and exact fix. @returns {Promise<Position>} */
export function currentPosition() {
  return new Promise((resolve, reject) => {
    // Browsers hide geolocation on plain http.
    if (!window.isSecureContext || !("geolocation" in navigator)) return reject(new NoPosition("insecure"));
    navigator.geolocation.getCurrentPosition(
      ({ coords }) =>
        resolve({ latitude: coords.latitude, longitude: coords.longitude, accuracy_m: coords.accuracy }),
      (error) => reject(new NoPosition(error.code === error.PERMISSION_DENIED ? "denied" : "unavailable")),
      { enableHighAccuracy: true, timeout: 15_000, maximumAge: 10_000 },
    );
  });
}
