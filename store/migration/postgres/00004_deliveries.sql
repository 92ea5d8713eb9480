-- +goose Up

-- What became of every event, for everybody concerned; how people want to hear; and what they say to each other.

-- An inbox's entry is a delivery too. event_id is empty for those from before this was kept.
ALTER TABLE notifications ADD COLUMN event_id TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE notifications ADD COLUMN acked_at BIGINT;

-- Up to which sequence of their channel a person's entries were acked and seen, so that nobody has to look for those
-- that were not.
CREATE TABLE inbox_cursors (
    user_id TEXT COLLATE "C" PRIMARY KEY REFERENCES users (id),
    acked   BIGINT NOT NULL,
    seen    BIGINT NOT NULL
);

-- A mail or push each. next_attempt_at is also until when a lease keeps others away. What an event calls for has ids of
-- the event's millisecond, by which it is found without an index.
CREATE TABLE deliveries (
    id               TEXT COLLATE "C" PRIMARY KEY,
    event_id         TEXT COLLATE "C" NOT NULL,
    event_type       TEXT COLLATE "C" NOT NULL,
    notification_id  TEXT COLLATE "C",
    user_id          TEXT COLLATE "C",
    business_id      TEXT COLLATE "C",
    reservation_id   TEXT COLLATE "C",
    schedule_version BIGINT NOT NULL,
    route            TEXT COLLATE "C" NOT NULL CHECK (route IN ('email', 'push')),
    kind             TEXT COLLATE "C" NOT NULL,
    address          TEXT COLLATE "C" NOT NULL,
    device_id        TEXT COLLATE "C" NOT NULL,
    unless_seen      BOOLEAN NOT NULL,
    state            TEXT COLLATE "C" NOT NULL CHECK (state IN ('queued', 'sent', 'failed', 'canceled')),
    cause            TEXT COLLATE "C" NOT NULL,
    reason           TEXT COLLATE "C" NOT NULL,
    attempt          BIGINT NOT NULL,
    next_attempt_at  BIGINT NOT NULL,
    lease_holder     TEXT COLLATE "C" NOT NULL,
    last_error       TEXT COLLATE "C" NOT NULL,
    message_id       TEXT COLLATE "C" NOT NULL,
    created_at       BIGINT NOT NULL,
    settled_at       BIGINT
);
CREATE INDEX deliveries_due ON deliveries (route, next_attempt_at, id) WHERE state = 'queued';
CREATE INDEX deliveries_of_users ON deliveries (user_id) WHERE state = 'queued' AND user_id IS NOT NULL;
CREATE INDEX deliveries_to_customers ON deliveries (reservation_id) WHERE state = 'queued' AND kind IN ('received', 'confirmation', 'change', 'reminder');
CREATE INDEX deliveries_leased ON deliveries (lease_holder) WHERE state = 'queued' AND lease_holder <> '';
CREATE INDEX deliveries_failed ON deliveries (id) WHERE state = 'failed';
CREATE INDEX deliveries_by_business ON deliveries (business_id, id) WHERE business_id IS NOT NULL;
CREATE INDEX deliveries_settled ON deliveries (settled_at) WHERE settled_at IS NOT NULL;

-- The tries that failed.
CREATE TABLE delivery_attempts (
    delivery_id TEXT COLLATE "C" NOT NULL REFERENCES deliveries (id) ON DELETE CASCADE,
    at          BIGINT NOT NULL,
    attempt     BIGINT NOT NULL,
    error       TEXT COLLATE "C" NOT NULL,
    permanent   BOOLEAN NOT NULL,
    PRIMARY KEY (delivery_id, at, attempt)
);

-- No row, no change of the defaults. rules is JSON, as on the wire.
CREATE TABLE preferences (
    user_id     TEXT COLLATE "C" PRIMARY KEY REFERENCES users (id),
    timezone    TEXT COLLATE "C" NOT NULL,
    quiet_start TEXT COLLATE "C",
    quiet_end   TEXT COLLATE "C",
    digest      TEXT COLLATE "C" NOT NULL CHECK (digest IN ('hourly', 'daily')),
    digest_at   TEXT COLLATE "C" NOT NULL,
    rules       TEXT COLLATE "C" NOT NULL,
    updated_at  BIGINT NOT NULL,
    version     BIGINT NOT NULL CHECK (version > 0)
);

CREATE TABLE push_devices (
    id         TEXT COLLATE "C" PRIMARY KEY,
    user_id    TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    label      TEXT COLLATE "C" NOT NULL,
    endpoint   TEXT COLLATE "C" NOT NULL CONSTRAINT push_devices_endpoint UNIQUE,
    p256dh     TEXT COLLATE "C" NOT NULL,
    auth       TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    used_at    BIGINT
);
CREATE INDEX push_devices_by_user ON push_devices (user_id);

-- JSON, as on the wire; NULL for the defaults.
ALTER TABLE booking_settings ADD COLUMN reminder_minutes TEXT COLLATE "C";

CREATE TABLE conversations (
    id             TEXT COLLATE "C" PRIMARY KEY,
    business_id    TEXT COLLATE "C" NOT NULL REFERENCES businesses (id),
    reservation_id TEXT COLLATE "C" REFERENCES reservations (id),
    subject        TEXT COLLATE "C" NOT NULL,
    created_by     TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    created_at     BIGINT NOT NULL,
    last_number    BIGINT NOT NULL,
    last_at        BIGINT NOT NULL,
    last_text      TEXT COLLATE "C" NOT NULL,
    last_author    TEXT COLLATE "C",
    version        BIGINT NOT NULL CHECK (version > 0),
    search         TEXT COLLATE "C" NOT NULL
);
CREATE UNIQUE INDEX conversations_general ON conversations (business_id) WHERE reservation_id IS NULL;
CREATE UNIQUE INDEX conversations_about ON conversations (reservation_id) WHERE reservation_id IS NOT NULL;
CREATE INDEX conversations_by_business ON conversations (business_id, last_at, id);
CREATE INDEX conversations_by_last ON conversations (last_at, id);

CREATE TABLE messages (
    id              TEXT COLLATE "C" PRIMARY KEY,
    conversation_id TEXT COLLATE "C" NOT NULL REFERENCES conversations (id),
    number          BIGINT NOT NULL CHECK (number > 0),
    author_id       TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    body            TEXT COLLATE "C" NOT NULL,
    created_at      BIGINT NOT NULL,
    search          TEXT COLLATE "C" NOT NULL
);
CREATE UNIQUE INDEX messages_by_conversation ON messages (conversation_id, number);

-- Up to which message a participant has received and read.
CREATE TABLE receipts (
    conversation_id  TEXT COLLATE "C" NOT NULL REFERENCES conversations (id),
    user_id          TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    delivered_number BIGINT NOT NULL,
    delivered_at     BIGINT,
    read_number      BIGINT NOT NULL,
    read_at          BIGINT,
    unread           BIGINT NOT NULL CHECK (unread >= 0),
    PRIMARY KEY (conversation_id, user_id)
);
CREATE INDEX receipts_by_user ON receipts (user_id);
