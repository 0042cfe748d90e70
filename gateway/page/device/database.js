/**
 * Where does the phone keep its history, its queue and its small facts? One IndexedDB a slot; every function
 * is one transaction, so a killed page leaves nothing half written.
 */

import { slot } from "./slot.js";

const NAME = `whistle-${slot}`;
const VERSION = 1;

/** @type {Promise<IDBDatabase> | null} */
let opened = null;

function open() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = () => {
      const database = request.result;
      database.createObjectStore("messages", { keyPath: "message_id" });
      database.createObjectStore("queue", { keyPath: "order", autoIncrement: true });
      database.createObjectStore("facts");
    };
    request.onsuccess = () => {
      // A newer page in another tab must be able to change the layout.
      request.result.onversionchange = () => {
        request.result.close();
        opened = null;
      };
      resolve(request.result);
    };
    request.onerror = () => reject(request.error);
  });
  return opened;
}

/**
 * Runs `work` in one transaction and returns the result of the request it gives back, once committed.
 * @template T
 * @param {string} store @param {IDBTransactionMode} mode
 * @param {(objects: IDBObjectStore) => IDBRequest<T> | undefined} work
 * @returns {Promise<T>}
 */
async function transact(store, mode, work) {
  const database = await open();
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(store, mode, { durability: "strict" });
    const request = work(transaction.objectStore(store));
    transaction.oncomplete = () => resolve(/** @type {T} */ (request?.result));
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });
}

/** @param {string} store @param {any} value @returns {Promise<IDBValidKey>} the key */
export function put(store, value) {
  return transact(store, "readwrite", (objects) => objects.put(value));
}

/** Writes many values, all or none. @param {string} store @param {any[]} values */
export async function putAll(store, values) {
  await transact(store, "readwrite", (objects) => {
    for (const value of values) objects.put(value);
    return undefined;
  });
}

/** @param {string} store @param {IDBValidKey} key */
export async function remove(store, key) {
  await transact(store, "readwrite", (objects) => objects.delete(key));
}

/** @param {string} store */
export async function clear(store) {
  await transact(store, "readwrite", (objects) => objects.clear());
}

/** Returns all values of a store in the order of their keys. @param {string} store @returns {Promise<any[]>} */
export function all(store) {
  return transact(store, "readonly", (objects) => objects.getAll());
}

/**
 * Returns up to `limit` values with the highest keys below `before`, in ascending order.
 * @param {string} store @param {number} before @param {number} limit @returns {Promise<any[]>}
 */
export async function lastBefore(store, before, limit) {
  const database = await open();
  return new Promise((resolve, reject) => {
    /** @type {any[]} */
    const found = [];
    const range = Number.isFinite(before) ? IDBKeyRange.upperBound(before, true) : null;
    const request = database.transaction(store).objectStore(store).openCursor(range, "prev");
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      const cursor = request.result;
      if (!cursor || found.length === limit) return resolve(found.reverse());
      found.push(cursor.value);
      cursor.continue();
    };
  });
}

/** @param {string} name @returns {Promise<any>} undefined when never kept */
export function fact(name) {
  return transact("facts", "readonly", (objects) => objects.get(name));
}

/** @param {string} name @param {any} value */
export async function keepFact(name, value) {
  await transact("facts", "readwrite", (objects) => objects.put(value, name));
}

/** Empties history and facts when another person signs in; the queue is left, its owner is asked about it. */
export async function forgetHistory() {
  await clear("messages");
  await clear("facts");
}
