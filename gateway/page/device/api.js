/**
 * How does the page speak to the gateway? Turns every outcome into a value, a Refused (the server said no)
 * or an Unreachable (nobody answered); decides nothing about retrying.
 */

const ROOT = "/phone/api/";
const STALL_MS = 60_000;

/** The server answered and refused. */
export class Refused extends Error {
  /** @param {number} status @param {string} code @param {number | null} retryAfterS */
  constructor(status, code, retryAfterS) {
    super(`${status} ${code}`);
    this.status = status;
    this.code = code;
    this.retryAfterS = retryAfterS;
  }

  /** True when the same request may well succeed later. */
  get temporary() {
    return this.status === 429 || this.status >= 500;
  }
}

/** No answer came: no network, a time-out, or the server is down. */
export class Unreachable extends Error {}

/** @param {number} status @param {string} body @param {string | null} retryAfter */
function refusal(status, body, retryAfter) {
  /** @type {{error?: string, retry_after?: number}} */
  let told = {};
  try {
    told = JSON.parse(body);
  } catch {
    // A proxy in between answers with a page of its own; the status is then all there is.
  }
  const waitS = told.retry_after ?? (Number(retryAfter) || null);
  return new Refused(status, told.error ?? `status_${status}`, waitS);
}

export class Api {
  /** @param {string | null} token device token; null only for signing in */
  constructor(token) {
    this.token = token;
    /** Called once when the server no longer knows this phone. @type {() => void} */
    this.onSignedOut = () => undefined;
  }

  /** @returns {Record<string, string>} */
  #headers() {
    return this.token === null ? {} : { Authorization: `Bearer ${this.token}` };
  }

  /**
   * @template T
   * @param {string} path @param {RequestInit} init @param {number} timeoutMs for the answer with its whole body
   * @param {(answer: Response) => Promise<T>} read
   * @returns {Promise<T>}
   */
  async #fetch(path, init, timeoutMs, read) {
    // By hand: AbortSignal.any and .timeout are younger than many a phone in service.
    const stop = new AbortController();
    const deadline = setTimeout(() => stop.abort(), timeoutMs);
    init.signal?.addEventListener("abort", () => stop.abort(), { once: true });
    try {
      const headers = { ...this.#headers(), ...init.headers };
      // Past the HTTP cache: it makes equal addresses wait for each other, so that two phones of one browser
      // with the same place in their streams would take turns at long-polling.
      const answer = await fetch(ROOT + path, { ...init, signal: stop.signal, headers, cache: "no-store" });
      if (answer.ok) return await read(answer);
      throw this.#refused(answer.status, await answer.text(), answer.headers.get("Retry-After"));
    } catch (cause) {
      if (cause instanceof Refused) throw cause;
      // No connection, no answer in time, or one that broke off in the middle.
      throw new Unreachable(path, { cause });
    } finally {
      clearTimeout(deadline);
    }
  }

  /** @param {number} status @param {string} body @param {string | null} retryAfter */
  #refused(status, body, retryAfter) {
    const refused = refusal(status, body, retryAfter);
    if (status === 401) this.onSignedOut();
    return refused;
  }

  /**
   * @param {string} path
   * @param {{signal?: AbortSignal, timeoutMs?: number}} [options]
   * @returns {Promise<any>}
   */
  get(path, { signal, timeoutMs = 15_000 } = {}) {
    return this.#fetch(path, { signal }, timeoutMs, (answer) => answer.json());
  }

  /** @param {string} path @param {object} body @returns {Promise<any>} */
  post(path, body) {
    const headers = { "Content-Type": "application/json" };
    return this.#fetch(path, { method: "POST", body: JSON.stringify(body), headers }, 20_000, (answer) =>
      answer.json(),
    );
  }

  /** Fetches bytes. @param {string} path @returns {Promise<Blob>} */
  blob(path) {
    return this.#fetch(path, {}, 120_000, (answer) => answer.blob());
  }

  /**
   * Posts a form with files. XMLHttpRequest, because fetch cannot tell how much has been sent.
   * @param {string} path @param {FormData} form @param {(share: number) => void} onProgress share sent, 0 to 1
   * @returns {Promise<any>}
   */
  upload(path, form, onProgress) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open("POST", ROOT + path);
      for (const [name, value] of Object.entries(this.#headers())) request.setRequestHeader(name, value);
      // A slow line may take its time; one on which nothing moves any more is given up.
      let stalled = setTimeout(() => request.abort(), STALL_MS);
      const moving = () => {
        clearTimeout(stalled);
        stalled = setTimeout(() => request.abort(), STALL_MS);
      };
      request.upload.onprogress = (event) => {
        moving();
        if (event.lengthComputable) onProgress(event.loaded / event.total);
      };
      request.onloadend = () => clearTimeout(stalled);
      request.onerror = request.onabort = () => reject(new Unreachable(path));
      request.onload = () => {
        if (request.status >= 200 && request.status < 300) resolve(JSON.parse(request.responseText));
        else
          reject(
            this.#refused(request.status, request.responseText, request.getResponseHeader("Retry-After")),
          );
      };
      request.send(form);
    });
  }
}
