-- +goose Up

-- Services, staff and opening hours; and that no two can have one chair at one time. A chair is a member of
-- staff or, where a reservation has none, its business.

-- Random at every change of services, staff or settings, so that what was read of a tag need not be read again.
ALTER TABLE businesses ADD COLUMN catalogue_tag BIGINT NOT NULL DEFAULT 0;

CREATE TABLE services (
    id               TEXT PRIMARY KEY,
    business_id      TEXT NOT NULL REFERENCES businesses (id),
    name             TEXT NOT NULL,
    description      TEXT NOT NULL,
    duration_minutes BIGINT NOT NULL CHECK (duration_minutes > 0),
    buffer_minutes   BIGINT NOT NULL CHECK (buffer_minutes >= 0),
    price            BIGINT NOT NULL CHECK (price >= 0),
    currency         TEXT NOT NULL,
    is_active        BOOLEAN NOT NULL,
    created_at       BIGINT NOT NULL,
    updated_at       BIGINT NOT NULL,
    version          BIGINT NOT NULL CHECK (version > 0)
);
CREATE INDEX services_by_business ON services (business_id);

-- services, hours, breaks and days_off are JSON, as on the wire; hours is NULL for the business's.
CREATE TABLE staff (
    id          TEXT PRIMARY KEY,
    business_id TEXT NOT NULL REFERENCES businesses (id),
    name        TEXT NOT NULL,
    services    TEXT NOT NULL,
    hours       TEXT,
    breaks      TEXT NOT NULL,
    days_off    TEXT NOT NULL,
    is_active   BOOLEAN NOT NULL,
    created_at  BIGINT NOT NULL,
    updated_at  BIGINT NOT NULL,
    version     BIGINT NOT NULL CHECK (version > 0)
);
CREATE INDEX staff_by_business ON staff (business_id);

-- No row, no change of the defaults.
CREATE TABLE booking_settings (
    business_id          TEXT PRIMARY KEY REFERENCES businesses (id),
    hours                TEXT,
    holidays             TEXT NOT NULL,
    lead_minutes         BIGINT NOT NULL,
    horizon_days         BIGINT NOT NULL,
    cancel_until_minutes BIGINT NOT NULL,
    needs_confirmation   BOOLEAN NOT NULL,
    slot_minutes         BIGINT NOT NULL CHECK (slot_minutes > 0),
    updated_at           BIGINT NOT NULL,
    version              BIGINT NOT NULL CHECK (version > 0)
);

-- SQLite cannot change the CHECK of a status in place.
CREATE TABLE reservations_next (
    id               TEXT PRIMARY KEY,
    business_id      TEXT NOT NULL REFERENCES businesses (id),
    service_id       TEXT REFERENCES services (id),
    staff_id         TEXT REFERENCES staff (id),
    customer_name    TEXT NOT NULL,
    customer_email   TEXT NOT NULL,
    customer_phone   TEXT NOT NULL,
    phone_key        TEXT NOT NULL, -- its digits
    start_time       BIGINT NOT NULL,
    end_time         BIGINT NOT NULL,
    blocked_until    BIGINT NOT NULL,
    status           TEXT NOT NULL CHECK (status IN ('pending', 'confirmed', 'completed', 'no_show', 'canceled')),
    price            BIGINT NOT NULL CHECK (price >= 0),
    currency         TEXT NOT NULL,
    notes            TEXT NOT NULL,
    cancel_reason    TEXT NOT NULL,
    updated_by       TEXT NOT NULL,
    created_at       BIGINT NOT NULL,
    updated_at       BIGINT NOT NULL,
    version          BIGINT NOT NULL CHECK (version > 0),
    schedule_version BIGINT NOT NULL CHECK (schedule_version > 0),
    name_key         TEXT NOT NULL,
    search           TEXT NOT NULL,
    CHECK (start_time < end_time),
    CHECK (start_time <= blocked_until)
);
INSERT INTO reservations_next (id, business_id, customer_name, customer_email, customer_phone, start_time, end_time, status, price, notes, created_at, updated_at, version, name_key, search,
    phone_key, blocked_until, currency, cancel_reason, updated_by, schedule_version)
SELECT id, business_id, customer_name, customer_email, customer_phone, start_time, end_time, status, price, notes, created_at, updated_at, version, name_key, search,
    (SELECT COALESCE(group_concat(digit, ''), '') FROM (
        WITH RECURSIVE place(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM place WHERE i < length(customer_phone))
        SELECT substr(customer_phone, i, 1) AS digit FROM place WHERE substr(customer_phone, i, 1) BETWEEN '0' AND '9')),
    end_time, '', '', '', version
FROM reservations;
UPDATE reservations_next SET phone_key = substr(phone_key, 3) WHERE phone_key LIKE '00%';
DROP TABLE reservations;
ALTER TABLE reservations_next RENAME TO reservations;
CREATE INDEX reservations_by_created ON reservations (created_at, id);
CREATE INDEX reservations_by_start ON reservations (start_time, id);
CREATE INDEX reservations_by_name ON reservations (name_key, id);
CREATE INDEX reservations_by_status ON reservations (status, created_at, id);
CREATE INDEX reservations_by_business_created ON reservations (business_id, created_at, id);
-- Also all that is needed to tell when a business's chairs are taken.
CREATE INDEX reservations_by_business_start ON reservations (business_id, start_time, id, blocked_until, staff_id, status);
CREATE INDEX reservations_by_business_phone ON reservations (business_id, phone_key);
-- Those that keep a chair for more than four hours: for all others one need not look further back.
CREATE INDEX reservations_long ON reservations (business_id, start_time, id, blocked_until, staff_id, status) WHERE blocked_until - start_time > 14400000000;
CREATE INDEX reservations_confirmed ON reservations (start_time) WHERE status = 'confirmed';

-- A chair kept while a customer fills the form in. session and address are hashes.
CREATE TABLE holds (
    id            TEXT PRIMARY KEY,
    business_id   TEXT NOT NULL REFERENCES businesses (id),
    service_id    TEXT REFERENCES services (id),
    staff_id      TEXT REFERENCES staff (id),
    chair         TEXT NOT NULL,
    start_time    BIGINT NOT NULL,
    end_time      BIGINT NOT NULL,
    blocked_until BIGINT NOT NULL,
    expires_at    BIGINT NOT NULL,
    created_at    BIGINT NOT NULL,
    session       TEXT NOT NULL CONSTRAINT holds_session UNIQUE,
    address       TEXT NOT NULL
);
CREATE INDEX holds_by_expiry ON holds (expires_at);
CREATE INDEX holds_by_address ON holds (address);
CREATE INDEX holds_by_business ON holds (business_id, start_time);

-- The time of chairs that is taken or held: kept by the triggers below and by nobody else. As none overlaps another
-- of its chair, the last that starts before an end is the only one that can reach past a start. None is longer than a
-- day and the longest buffer.
CREATE TABLE occupied (
    id     TEXT PRIMARY KEY, -- the reservation's or the hold's
    chair  TEXT NOT NULL,
    starts BIGINT NOT NULL,
    ends   BIGINT NOT NULL,
    CHECK (starts < ends AND ends - starts <= 100800000000)
) WITHOUT ROWID;
CREATE INDEX occupied_by_chair ON occupied (chair, starts, ends);

-- What was booked before this rule keeps its time; of two that overlap, only the first is guarded.
-- +goose StatementBegin
CREATE TRIGGER occupied_before_the_rule BEFORE INSERT ON occupied BEGIN
    SELECT RAISE(IGNORE) WHERE NEW.starts < (
        SELECT ends FROM occupied WHERE chair = NEW.chair AND starts < NEW.ends ORDER BY starts DESC LIMIT 1);
END;
-- +goose StatementEnd
INSERT INTO occupied (id, chair, starts, ends)
SELECT id, business_id, start_time, end_time FROM reservations
WHERE status IN ('pending', 'confirmed', 'completed') ORDER BY start_time, id;
DROP TRIGGER occupied_before_the_rule;

-- +goose StatementBegin
CREATE TRIGGER occupied_no_overlap BEFORE INSERT ON occupied BEGIN
    SELECT RAISE(ABORT, 'occupied_no_overlap') WHERE NEW.starts < (
        SELECT ends FROM occupied WHERE chair = NEW.chair AND starts < NEW.ends ORDER BY starts DESC LIMIT 1);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER reservations_occupy AFTER INSERT ON reservations
WHEN NEW.status IN ('pending', 'confirmed', 'completed') AND NEW.start_time < NEW.blocked_until BEGIN
    INSERT INTO occupied (id, chair, starts, ends)
    VALUES (NEW.id, COALESCE(NEW.staff_id, NEW.business_id), NEW.start_time, NEW.blocked_until);
END;
-- +goose StatementEnd

-- A change that leaves chair and time as they are does not touch what is occupied.
-- +goose StatementBegin
CREATE TRIGGER reservations_move AFTER UPDATE ON reservations
WHEN OLD.start_time <> NEW.start_time OR OLD.blocked_until <> NEW.blocked_until OR OLD.business_id <> NEW.business_id
    OR OLD.staff_id IS NOT NEW.staff_id
    OR (OLD.status IN ('pending', 'confirmed', 'completed')) <> (NEW.status IN ('pending', 'confirmed', 'completed')) BEGIN
    DELETE FROM occupied WHERE id = NEW.id;
    INSERT INTO occupied (id, chair, starts, ends)
    SELECT NEW.id, COALESCE(NEW.staff_id, NEW.business_id), NEW.start_time, NEW.blocked_until
    WHERE NEW.status IN ('pending', 'confirmed', 'completed') AND NEW.start_time < NEW.blocked_until;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER reservations_leave AFTER DELETE ON reservations BEGIN
    DELETE FROM occupied WHERE id = OLD.id;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER holds_occupy AFTER INSERT ON holds BEGIN
    INSERT INTO occupied (id, chair, starts, ends) VALUES (NEW.id, NEW.chair, NEW.start_time, NEW.blocked_until);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER holds_leave AFTER DELETE ON holds BEGIN
    DELETE FROM occupied WHERE id = OLD.id;
END;
-- +goose StatementEnd

-- What a request with an Idempotency-Key was answered; NULL while its transaction runs.
CREATE TABLE answers (
    key         TEXT PRIMARY KEY,
    fingerprint TEXT NOT NULL,
    answer      TEXT,
    created_at  BIGINT NOT NULL
);
CREATE INDEX answers_by_created ON answers (created_at);

-- Which process does what only one should do at a time, and until when.
CREATE TABLE leases (
    name   TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    until  BIGINT NOT NULL
);
