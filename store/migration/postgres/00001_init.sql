-- +goose Up

-- Instants are microseconds UTC, prices hundredths, identifiers UUIDv7 text, JSON text. name_key and
-- search are lower-cased by the program, whose idea of case is the same on every machine; all text sorts by
-- its bytes for the same reason.

CREATE TABLE meta (
    key   TEXT COLLATE "C" PRIMARY KEY,
    value TEXT COLLATE "C" NOT NULL
);

CREATE TABLE businesses (
    id                   TEXT COLLATE "C" PRIMARY KEY,
    name                 TEXT COLLATE "C" NOT NULL,
    business_type        TEXT COLLATE "C" NOT NULL CHECK (business_type IN ('barbershop', 'salon', 'clinic', 'other')),
    subdomain            TEXT COLLATE "C" NOT NULL CONSTRAINT businesses_subdomain UNIQUE,
    email                TEXT COLLATE "C" NOT NULL,
    phone                TEXT COLLATE "C" NOT NULL,
    business_hours_start TEXT COLLATE "C" NOT NULL,
    business_hours_end   TEXT COLLATE "C" NOT NULL,
    timezone             TEXT COLLATE "C" NOT NULL,
    email_from_name      TEXT COLLATE "C" NOT NULL,
    email_from_address   TEXT COLLATE "C" NOT NULL,
    admin_email          TEXT COLLATE "C" NOT NULL,
    primary_color        TEXT COLLATE "C" NOT NULL,
    logo_url             TEXT COLLATE "C" NOT NULL,
    is_active            BOOLEAN NOT NULL,
    subscription_status  TEXT COLLATE "C" NOT NULL CHECK (subscription_status IN ('trial', 'active', 'suspended', 'cancelled')),
    subscription_expires BIGINT,
    created_at           BIGINT NOT NULL,
    updated_at           BIGINT NOT NULL,
    version              BIGINT NOT NULL CHECK (version > 0),
    name_key             TEXT COLLATE "C" NOT NULL,
    search               TEXT COLLATE "C" NOT NULL
);
CREATE INDEX businesses_by_created ON businesses (created_at, id);
CREATE INDEX businesses_by_name ON businesses (name_key, id);

CREATE TABLE users (
    id            TEXT COLLATE "C" PRIMARY KEY,
    email         TEXT COLLATE "C" NOT NULL CONSTRAINT users_email UNIQUE,
    password_hash TEXT COLLATE "C" NOT NULL,
    first_name    TEXT COLLATE "C" NOT NULL,
    last_name     TEXT COLLATE "C" NOT NULL,
    phone         TEXT COLLATE "C" NOT NULL,
    user_type     TEXT COLLATE "C" NOT NULL CHECK (user_type IN ('super_admin', 'business_owner')),
    business_id   TEXT COLLATE "C" REFERENCES businesses (id),
    is_active     BOOLEAN NOT NULL,
    created_at    BIGINT NOT NULL,
    updated_at    BIGINT NOT NULL,
    last_login    BIGINT,
    version       BIGINT NOT NULL CHECK (version > 0),
    name_key      TEXT COLLATE "C" NOT NULL,
    search        TEXT COLLATE "C" NOT NULL,
    CHECK ((user_type = 'business_owner') = (business_id IS NOT NULL))
);
CREATE INDEX users_by_created ON users (created_at, id);
CREATE INDEX users_by_name ON users (name_key, id);
CREATE INDEX users_by_last_login ON users ((COALESCE(last_login, 0)), id);
CREATE INDEX users_by_business ON users (business_id);
CREATE INDEX users_super_admins ON users (id) WHERE user_type = 'super_admin';

CREATE TABLE sessions (
    id         TEXT COLLATE "C" PRIMARY KEY,
    user_id    TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    user_agent TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE refresh_tokens (
    hash       TEXT COLLATE "C" PRIMARY KEY,
    session_id TEXT COLLATE "C" NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    used_at    BIGINT
);
CREATE INDEX refresh_tokens_by_session ON refresh_tokens (session_id);

CREATE TABLE reservations (
    id             TEXT COLLATE "C" PRIMARY KEY,
    business_id    TEXT COLLATE "C" NOT NULL REFERENCES businesses (id),
    customer_name  TEXT COLLATE "C" NOT NULL,
    customer_email TEXT COLLATE "C" NOT NULL,
    customer_phone TEXT COLLATE "C" NOT NULL,
    start_time     BIGINT NOT NULL,
    end_time       BIGINT NOT NULL,
    status         TEXT COLLATE "C" NOT NULL CHECK (status IN ('pending', 'confirmed', 'canceled', 'completed')),
    price          BIGINT NOT NULL CHECK (price >= 0),
    notes          TEXT COLLATE "C" NOT NULL,
    created_at     BIGINT NOT NULL,
    updated_at     BIGINT NOT NULL,
    version        BIGINT NOT NULL CHECK (version > 0),
    name_key       TEXT COLLATE "C" NOT NULL,
    search         TEXT COLLATE "C" NOT NULL,
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
    name       TEXT COLLATE "C" PRIMARY KEY,
    seq        BIGINT NOT NULL,
    pruned_seq BIGINT NOT NULL DEFAULT 0,
    CHECK (0 <= pruned_seq AND pruned_seq <= seq)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 2000);

CREATE TABLE events (
    channel TEXT COLLATE "C" NOT NULL REFERENCES channels (name),
    seq     BIGINT NOT NULL CHECK (seq > 0),
    id      TEXT COLLATE "C" NOT NULL,
    type    TEXT COLLATE "C" NOT NULL,
    at      BIGINT NOT NULL,
    payload TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (channel, seq)
);
CREATE INDEX events_by_type ON events (channel, type, seq);

CREATE TABLE notifications (
    id          TEXT COLLATE "C" PRIMARY KEY,
    user_id     TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    seq         BIGINT NOT NULL,
    type        TEXT COLLATE "C" NOT NULL,
    message     TEXT COLLATE "C" NOT NULL,
    payload     TEXT COLLATE "C" NOT NULL,
    created_at  BIGINT NOT NULL,
    seen_at     BIGINT,
    read_at     BIGINT,
    archived_at BIGINT
);
CREATE UNIQUE INDEX notifications_by_user ON notifications (user_id, seq);
CREATE INDEX notifications_unread ON notifications (user_id, seq) WHERE read_at IS NULL AND archived_at IS NULL;

-- Figures kept while writing: see package totals. These rows are updated all the time: half-empty pages let
-- an update stay on its page and touch no index.
CREATE TABLE counters (
    scope TEXT COLLATE "C" NOT NULL,
    name  TEXT COLLATE "C" NOT NULL,
    value BIGINT NOT NULL,
    PRIMARY KEY (scope, name)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 2000);

CREATE TABLE rollups (
    scope TEXT COLLATE "C" NOT NULL,
    name  TEXT COLLATE "C" NOT NULL,
    day   BIGINT NOT NULL,
    value BIGINT NOT NULL,
    PRIMARY KEY (scope, name, day)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 2000);
