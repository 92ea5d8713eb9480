-- +goose Up

-- Instants are microseconds UTC, prices hundredths, identifiers UUIDv7 text, JSON text. name_key and
-- search are lower-cased by the program, which knows Unicode where the engine does not.

CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE businesses (
    id                   TEXT PRIMARY KEY,
    name                 TEXT NOT NULL,
    business_type        TEXT NOT NULL CHECK (business_type IN ('barbershop', 'salon', 'clinic', 'other')),
    subdomain            TEXT NOT NULL CONSTRAINT businesses_subdomain UNIQUE,
    email                TEXT NOT NULL,
    phone                TEXT NOT NULL,
    business_hours_start TEXT NOT NULL,
    business_hours_end   TEXT NOT NULL,
    timezone             TEXT NOT NULL,
    email_from_name      TEXT NOT NULL,
    email_from_address   TEXT NOT NULL,
    admin_email          TEXT NOT NULL,
    primary_color        TEXT NOT NULL,
    logo_url             TEXT NOT NULL,
    is_active            BOOLEAN NOT NULL CHECK (is_active IN (0, 1)),
    subscription_status  TEXT NOT NULL CHECK (subscription_status IN ('trial', 'active', 'suspended', 'cancelled')),
    subscription_expires BIGINT,
    created_at           BIGINT NOT NULL,
    updated_at           BIGINT NOT NULL,
    version              BIGINT NOT NULL CHECK (version > 0),
    name_key             TEXT NOT NULL,
    search               TEXT NOT NULL
);
CREATE INDEX businesses_by_created ON businesses (created_at, id);
CREATE INDEX businesses_by_name ON businesses (name_key, id);

CREATE TABLE users (
    id            TEXT PRIMARY KEY,
    email         TEXT NOT NULL CONSTRAINT users_email UNIQUE,
    password_hash TEXT NOT NULL,
    first_name    TEXT NOT NULL,
    last_name     TEXT NOT NULL,
    phone         TEXT NOT NULL,
    user_type     TEXT NOT NULL CHECK (user_type IN ('super_admin', 'business_owner')),
    business_id   TEXT REFERENCES businesses (id),
    is_active     BOOLEAN NOT NULL CHECK (is_active IN (0, 1)),
    created_at    BIGINT NOT NULL,
    updated_at    BIGINT NOT NULL,
    last_login    BIGINT,
    version       BIGINT NOT NULL CHECK (version > 0),
    name_key      TEXT NOT NULL,
    search        TEXT NOT NULL,
    CHECK ((user_type = 'business_owner') = (business_id IS NOT NULL))
);
CREATE INDEX users_by_created ON users (created_at, id);
CREATE INDEX users_by_name ON users (name_key, id);
CREATE INDEX users_by_last_login ON users (COALESCE(last_login, 0), id);
CREATE INDEX users_by_business ON users (business_id);
CREATE INDEX users_super_admins ON users (id) WHERE user_type = 'super_admin';

CREATE TABLE sessions (
    id         TEXT PRIMARY KEY,
    user_id    TEXT NOT NULL REFERENCES users (id),
    user_agent TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE refresh_tokens (
    hash       TEXT PRIMARY KEY,
    session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    used_at    BIGINT
) WITHOUT ROWID;
CREATE INDEX refresh_tokens_by_session ON refresh_tokens (session_id);

CREATE TABLE reservations (
    id             TEXT PRIMARY KEY,
    business_id    TEXT NOT NULL REFERENCES businesses (id),
    customer_name  TEXT NOT NULL,
    customer_email TEXT NOT NULL,
    customer_phone TEXT NOT NULL,
    start_time     BIGINT NOT NULL,
    end_time       BIGINT NOT NULL,
    status         TEXT NOT NULL CHECK (status IN ('pending', 'confirmed', 'canceled', 'completed')),
    price          BIGINT NOT NULL CHECK (price >= 0),
    notes          TEXT NOT NULL,
    created_at     BIGINT NOT NULL,
    updated_at     BIGINT NOT NULL,
    version        BIGINT NOT NULL CHECK (version > 0),
    name_key       TEXT NOT NULL,
    search         TEXT NOT NULL,
    CHECK (start_time < end_time)
);
CREATE INDEX reservations_by_created ON reservations (created_at, id);
CREATE INDEX reservations_by_start ON reservations (start_time, id);
CREATE INDEX reservations_by_name ON reservations (name_key, id);
CREATE INDEX reservations_by_status ON reservations (status, created_at, id);
CREATE INDEX reservations_by_business_created ON reservations (business_id, created_at, id);
CREATE INDEX reservations_by_business_start ON reservations (business_id, start_time, id);
CREATE INDEX reservations_by_business_phone ON reservations (business_id, customer_phone);

-- A channel's newest sequence; everything up to pruned_seq is past the retention.
CREATE TABLE channels (
    name       TEXT PRIMARY KEY,
    seq        BIGINT NOT NULL,
    pruned_seq BIGINT NOT NULL DEFAULT 0,
    CHECK (0 <= pruned_seq AND pruned_seq <= seq)
) WITHOUT ROWID;

CREATE TABLE events (
    channel TEXT NOT NULL REFERENCES channels (name),
    seq     BIGINT NOT NULL CHECK (seq > 0),
    id      TEXT NOT NULL,
    type    TEXT NOT NULL,
    at      BIGINT NOT NULL,
    payload TEXT NOT NULL,
    PRIMARY KEY (channel, seq)
);
CREATE INDEX events_by_type ON events (channel, type, seq);

CREATE TABLE notifications (
    id          TEXT PRIMARY KEY,
    user_id     TEXT NOT NULL REFERENCES users (id),
    seq         BIGINT NOT NULL,
    type        TEXT NOT NULL,
    message     TEXT NOT NULL,
    payload     TEXT NOT NULL,
    created_at  BIGINT NOT NULL,
    seen_at     BIGINT,
    read_at     BIGINT,
    archived_at BIGINT
);
CREATE UNIQUE INDEX notifications_by_user ON notifications (user_id, seq);
CREATE INDEX notifications_unread ON notifications (user_id, seq) WHERE read_at IS NULL AND archived_at IS NULL;

-- Figures kept while writing: see package totals.
CREATE TABLE counters (
    scope TEXT NOT NULL,
    name  TEXT NOT NULL,
    value BIGINT NOT NULL,
    PRIMARY KEY (scope, name)
) WITHOUT ROWID;

CREATE TABLE rollups (
    scope TEXT NOT NULL,
    name  TEXT NOT NULL,
    day   BIGINT NOT NULL,
    value BIGINT NOT NULL,
    PRIMARY KEY (scope, name, day)
) WITHOUT ROWID;
