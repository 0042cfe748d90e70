/** The shapes that travel between gateway and page; types only, nothing runs here. */

/**
 * @typedef {{type: string, offset: number, length: number, url?: string}} Entity offsets in UTF-16 units
 * @typedef {{text: string, callback_data?: string, url?: string}} InlineButton
 * @typedef {{text: string, request_location?: boolean}} ReplyButton
 * @typedef {{keyboard?: ReplyButton[][], one_time?: boolean, resize?: boolean, placeholder?: string, remove?: boolean}} ReplyKeyboard
 * @typedef {{latitude: number, longitude: number, horizontal_accuracy?: number | null, live_period?: number | null, pinned?: boolean}} Place
 * @typedef {{file_id: string, file_name?: string, mime_type?: string, file_size?: number}} DocumentFile
 * @typedef {{command: string, description: string}} Command
 */

/**
 * @typedef {object} Message
 * @property {number} message_id
 * @property {number} seq
 * @property {boolean} from_bot
 * @property {number} date Unix seconds
 * @property {number | null} [edit_date]
 * @property {string | null} [text]
 * @property {string | null} [caption]
 * @property {Entity[]} [entities]
 * @property {{file_id: string, width: number, height: number} | null} [photo]
 * @property {string | null} [media_group_id]
 * @property {DocumentFile | null} [document]
 * @property {Place | null} [location]
 * @property {InlineButton[][] | null} [inline_keyboard]
 * @property {ReplyKeyboard | null} [reply_keyboard]
 * @property {string | null} [client_id]
 * @property {number | null} [reply_to]
 */

/**
 * @typedef {object} Draft what a person is about to send
 * @property {"text" | "photo" | "album" | "document" | "location"} type
 * @property {string} [text]
 * @property {string} [caption]
 * @property {import("../device/photos.js").Photo[]} [photos]
 * @property {{blob: Blob, name: string}} [document]
 * @property {Place} [location]
 */

/**
 * @typedef {object} Queued
 * @property {number} order place in the queue
 * @property {string} client_id
 * @property {"send" | "press"} kind
 * @property {number} created_at_ms
 * @property {number} user_id who wrote it
 * @property {"waiting" | "failed"} state
 * @property {string} [error] code of the refusal
 * @property {Draft} [draft] of a send
 * @property {number} [message_id] of a press
 * @property {string} [data] of a press
 */

export {};
