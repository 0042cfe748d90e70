"""How are people, messages, updates and files laid out in the gateway's own SQLite file?"""

SCHEMA_VERSION = 1

SCHEMA = """
CREATE TABLE secret (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;

CREATE TABLE bot (
    bot_id INTEGER PRIMARY KEY,
    last_update_id INTEGER NOT NULL,
    allowed_updates TEXT,
    webhook_url TEXT NOT NULL DEFAULT '',
    webhook_secret TEXT NOT NULL DEFAULT '',
    webhook_max_connections INTEGER NOT NULL DEFAULT 40
);

CREATE TABLE command_list (
    bot_id INTEGER NOT NULL REFERENCES bot,
    scope TEXT NOT NULL,
    language TEXT NOT NULL,
    commands TEXT NOT NULL,
    PRIMARY KEY (bot_id, scope, language)
) WITHOUT ROWID;

CREATE TABLE person (
    person_id INTEGER PRIMARY KEY AUTOINCREMENT,
    bot_id INTEGER NOT NULL REFERENCES bot,
    first_name TEXT NOT NULL,
    language TEXT NOT NULL,
    token_hash BLOB NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    blocked INTEGER NOT NULL DEFAULT 0,
    last_seq INTEGER NOT NULL DEFAULT 0,
    last_message_id INTEGER NOT NULL DEFAULT 0,
    read_message_id INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE message (
    person_id INTEGER NOT NULL REFERENCES person,
    message_id INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    from_bot INTEGER NOT NULL,
    sent_at INTEGER NOT NULL,
    edited_at INTEGER,
    deleted INTEGER NOT NULL DEFAULT 0,
    client_id TEXT,
    body TEXT NOT NULL,
    phone_only TEXT,
    PRIMARY KEY (person_id, message_id)
);

CREATE TABLE event (
    person_id INTEGER NOT NULL REFERENCES person,
    seq INTEGER NOT NULL,
    type TEXT NOT NULL,
    message_id INTEGER,
    body TEXT,
    PRIMARY KEY (person_id, seq)
) WITHOUT ROWID;

CREATE TABLE accepted (
    person_id INTEGER NOT NULL REFERENCES person,
    client_id TEXT NOT NULL,
    answer TEXT NOT NULL,
    PRIMARY KEY (person_id, client_id)
) WITHOUT ROWID;

CREATE TABLE press (
    press_id INTEGER PRIMARY KEY,
    bot_id INTEGER NOT NULL REFERENCES bot,
    person_id INTEGER NOT NULL REFERENCES person,
    pressed_at INTEGER NOT NULL,
    answered INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE pending_update (
    bot_id INTEGER NOT NULL REFERENCES bot,
    update_id INTEGER NOT NULL,
    queue_id INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (bot_id, update_id)
);

CREATE TABLE file (
    file_no INTEGER PRIMARY KEY,
    file_id TEXT NOT NULL UNIQUE,
    unique_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    picture TEXT,
    sha256 TEXT NOT NULL,
    name TEXT NOT NULL,
    mime TEXT NOT NULL,
    size INTEGER NOT NULL,
    width INTEGER,
    height INTEGER,
    path TEXT NOT NULL UNIQUE
);
CREATE UNIQUE INDEX file_by_content ON file (sha256, kind, name);
CREATE INDEX file_by_picture ON file (picture) WHERE picture IS NOT NULL;

CREATE TABLE file_in_chat (
    person_id INTEGER NOT NULL REFERENCES person,
    file_id TEXT NOT NULL,
    PRIMARY KEY (person_id, file_id)
) WITHOUT ROWID;
"""

# The ids of people start where no bot's id and no demonstration number lies.
FIRST_PERSON_ID = 100_001
