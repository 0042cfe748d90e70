/** How is one queued thing put on the wire? Shapes requests only; the queue decides when and what next. */

/**
 * Sends one queued message or press and returns the server's answer.
 * @param {import("../device/api.js").Api} api @param {import("./types.js").Queued} item
 * @param {(share: number) => void} onProgress
 * @returns {Promise<any>}
 */
export function deliver(api, item, onProgress) {
  if (item.kind === "press") {
    return api.post("press", { client_id: item.client_id, message_id: item.message_id, data: item.data });
  }
  const draft = /** @type {import("./types.js").Draft} */ (item.draft);
  if (draft.photos || draft.document) return api.upload("send", form(item.client_id, draft), onProgress);
  return api.post("send", {
    client_id: item.client_id,
    type: draft.type,
    text: draft.text,
    ...draft.location,
  });
}

/** @param {string} clientId @param {import("./types.js").Draft} draft */
function form(clientId, draft) {
  const parts = new FormData();
  parts.set("client_id", clientId);
  parts.set("type", draft.type);
  if (draft.caption) parts.set("caption", draft.caption);
  const files = draft.photos ?? (draft.document ? [draft.document] : []);
  files.forEach((file, index) => parts.set(`file${index}`, file.blob, file.name));
  return parts;
}
