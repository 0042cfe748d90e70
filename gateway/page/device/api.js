/**
 * How does the page speak to the gateway? Turns every outcome into a value, a Refused (the server said no)
 * or an Unreachable (nobody answered); decides nothing about retrying.
 */

const ROOT = "/phone/api/";

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
   * @param {string} path @param {RequestInit} init @param {number} timeoutMs
   * @returns {Promise<Response>}
   */
  async #fetch(path, init, timeoutMs) {
    // By hand: AbortSignal.any and .timeout are younger than many a phone in service.
    const stop = new AbortController();
    const deadline = setTimeout(() => stop.abort(), timeoutMs);
    init.signal?.addEventListener("abort", () => stop.abort(), { once: true });
    let answer;
    try {
      const headers = { ...this.#headers(), ...init.headers };
      answer = await fetch(ROOT + path, { ...init, signal: stop.signal, headers });
    } catch (cause) {
      throw new Unreachable(path, { cause });
    } finally {
      clearTimeout(deadline);
    }
    if (!answer.ok) throw this.#refused(answer.status, await answer.text(), answer.headers.get("Retry-After"));
    return answer;
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
  async get(path, { signal, timeoutMs = 15_000 } = {}) {
    const answer = await this.#fetch(path, { signal }, timeoutMs);
    return this.#body(answer);
  }

  /** @param {Response} answer */
  async #body(answer) {
    try {
      return await answer.json();
    } catch (cause) {
      // The connection broke in the middle of the body.
      throw new Unreachable("body", { cause });
    }
  }

  /** @param {string} path @param {object} body @returns {Promise<any>} */
  async post(path, body) {
    const answer = await this.#fetch(
      path,
      { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" } },
      20_000,
    );
    return this.#body(answer);
  }

  /** Fetches bytes. @param {string} path @returns {Promise<Blob>} */
  async blob(path) {
    const answer = await this.#fetch(path, {}, 60_000);
    return answer.blob();
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
      request.timeout = 180_000;
      request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total);
      request.onerror = request.ontimeout = request.onabort = () => reject(new Unreachable(path));
      request.onload = () => {
        if (request.status >= 200 && request.status < 300) resolve(JSON.parse(request.responseText));
        else reject(this.#refused(request.status, request.responseText, request.getResponseHeader("Retry-After")));
      };
      request.send(form);
    });
  }
}
