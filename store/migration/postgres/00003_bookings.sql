-- +goose Up

-- Services, staff and opening hours; and that no two can have one chair at one time. A chair is a member of
-- staff or, where a reservation has none, its business.

CREATE EXTENSION IF NOT EXISTS btree_gist;

-- Random at every change of services, staff or settings, so that what was read of a tag need not be read again.
ALTER TABLE businesses ADD COLUMN catalogue_tag BIGINT NOT NULL DEFAULT 0;

CREATE TABLE services (
    id               TEXT COLLATE "C" PRIMARY KEY,
    business_id      TEXT COLLATE "C" NOT NULL REFERENCES businesses (id),
    name             TEXT COLLATE "C" NOT NULL,
    description      TEXT COLLATE "C" NOT NULL,
    duration_minutes BIGINT NOT NULL CHECK (duration_minutes > 0),
    buffer_minutes   BIGINT NOT NULL CHECK (buffer_minutes >= 0),
    price            BIGINT NOT NULL CHECK (price >= 0),
    currency         TEXT COLLATE "C" NOT NULL,
    is_active        BOOLEAN NOT NULL,
    created_at       BIGINT NOT NULL,
    updated_at       BIGINT NOT NULL,
    version          BIGINT NOT NULL CHECK (version > 0)
);
CREATE INDEX services_by_business ON services (business_id);

-- services, hours, breaks and days_off are JSON, as on the wire; hours is NULL for the business's.
CREATE TABLE staff (
    id          TEXT COLLATE "C" PRIMARY KEY,
    business_id TEXT COLLATE "C" NOT NULL REFERENCES businesses (id),
    name        TEXT COLLATE "C" NOT NULL,
    services    TEXT COLLATE "C" NOT NULL,
    hours       TEXT COLLATE "C",
    breaks      TEXT COLLATE "C" NOT NULL,
    days_off    TEXT COLLATE "C" NOT NULL,
    is_active   BOOLEAN NOT NULL,
    created_at  BIGINT NOT NULL,
    updated_at  BIGINT NOT NULL,
    version     BIGINT NOT NULL CHECK (version > 0)
);
CREATE INDEX staff_by_business ON staff (business_id);

-- No row, no change of the defaults.
CREATE TABLE booking_settings (
    business_id          TEXT COLLATE "C" PRIMARY KEY REFERENCES businesses (id),
    hours                TEXT COLLATE "C",
    holidays             TEXT COLLATE "C" NOT NULL,
    lead_minutes         BIGINT NOT NULL,
    horizon_days         BIGINT NOT NULL,
    cancel_until_minutes BIGINT NOT NULL,
    needs_confirmation   BOOLEAN NOT NULL,
    slot_minutes         BIGINT NOT NULL CHECK (slot_minutes > 0),
    updated_at           BIGINT NOT NULL,
    version              BIGINT NOT NULL CHECK (version > 0)
);

ALTER TABLE reservations
    DROP CONSTRAINT reservations_status_check,
    ADD CONSTRAINT reservations_status_check CHECK (status IN ('pending', 'confirmed', 'completed', 'no_show', 'canceled')),
    ADD COLUMN service_id TEXT COLLATE "C" REFERENCES services (id),
    ADD COLUMN staff_id TEXT COLLATE "C" REFERENCES staff (id),
    ADD COLUMN phone_key TEXT COLLATE "C" NOT NULL DEFAULT '', -- the digits of customer_phone
    ADD COLUMN blocked_until BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN currency TEXT COLLATE "C" NOT NULL DEFAULT '',
    ADD COLUMN cancel_reason TEXT COLLATE "C" NOT NULL DEFAULT '',
    ADD COLUMN updated_by TEXT COLLATE "C" NOT NULL DEFAULT '',
    ADD COLUMN schedule_version BIGINT NOT NULL DEFAULT 1 CHECK (schedule_version > 0);
UPDATE reservations SET blocked_until = end_time, schedule_version = version, phone_key = regexp_replace(regexp_replace(customer_phone, '[^0-9]', '', 'g'), '^00', '');
ALTER TABLE reservations ADD CHECK (start_time <= blocked_until);
DROP INDEX reservations_by_business_phone;
DROP INDEX reservations_by_business_start;
CREATE INDEX reservations_by_business_start ON reservations (business_id, start_time, id, blocked_until, staff_id, status);
CREATE INDEX reservations_by_business_phone ON reservations (business_id, phone_key);
-- Those that keep a chair for more than four hours: for all others one need not look further back.
CREATE INDEX reservations_long ON reservations (business_id, start_time, id, blocked_until, staff_id, status) WHERE blocked_until - start_time > 14400000000;
CREATE INDEX reservations_confirmed ON reservations (start_time) WHERE status = 'confirmed';

-- A chair kept while a customer fills the form in. session and address are hashes.
CREATE TABLE holds (
    id            TEXT COLLATE "C" PRIMARY KEY,
    business_id   TEXT COLLATE "C" NOT NULL REFERENCES businesses (id),
    service_id    TEXT COLLATE "C" REFERENCES services (id),
    staff_id      TEXT COLLATE "C" REFERENCES staff (id),
    chair         TEXT COLLATE "C" NOT NULL,
    start_time    BIGINT NOT NULL,
    end_time      BIGINT NOT NULL,
    blocked_until BIGINT NOT NULL,
    expires_at    BIGINT NOT NULL,
    created_at    BIGINT NOT NULL,
    session       TEXT COLLATE "C" NOT NULL CONSTRAINT holds_session UNIQUE,
    address       TEXT COLLATE "C" NOT NULL
);
CREATE INDEX holds_by_expiry ON holds (expires_at);
CREATE INDEX holds_by_address ON holds (address);
CREATE INDEX holds_by_business ON holds (business_id, start_time);

-- The time of chairs that is taken or held: kept by the triggers below and by nobody else. None is longer than
-- a day and the longest buffer.
CREATE TABLE occupied (
    id     TEXT COLLATE "C" PRIMARY KEY, -- the reservation's or the hold's
    chair  TEXT COLLATE "C" NOT NULL,
    starts BIGINT NOT NULL,
    ends   BIGINT NOT NULL,
    CHECK (starts < ends AND ends - starts <= 100800000000),
    CONSTRAINT occupied_no_overlap EXCLUDE USING gist (chair WITH =, int8range(starts, ends) WITH &&)
);

-- What was booked before this rule keeps its time; of two that overlap, only the first is guarded.
INSERT INTO occupied (id, chair, starts, ends)
SELECT id, business_id, start_time, end_time FROM reservations
WHERE status IN ('pending', 'confirmed', 'completed') ORDER BY start_time, id
ON CONFLICT DO NOTHING;

-- A change that leaves chair and time as they are does not touch what is occupied.
-- +goose StatementBegin
CREATE FUNCTION occupy() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    was_occupying BOOLEAN := TG_OP = 'UPDATE';
    occupies      BOOLEAN := TG_OP <> 'DELETE';
BEGIN
    IF TG_OP <> 'INSERT' THEN
        was_occupying := OLD.status IN ('pending', 'confirmed', 'completed') AND OLD.start_time < OLD.blocked_until;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        occupies := NEW.status IN ('pending', 'confirmed', 'completed') AND NEW.start_time < NEW.blocked_until;
    END IF;
    IF was_occupying AND occupies AND OLD.start_time = NEW.start_time AND OLD.blocked_until = NEW.blocked_until
        AND OLD.business_id = NEW.business_id AND OLD.staff_id IS NOT DISTINCT FROM NEW.staff_id THEN
        RETURN NULL;
    END IF;
    IF was_occupying THEN
        DELETE FROM occupied WHERE id = OLD.id;
    END IF;
    IF occupies THEN
        INSERT INTO occupied (id, chair, starts, ends)
        VALUES (NEW.id, COALESCE(NEW.staff_id, NEW.business_id), NEW.start_time, NEW.blocked_until);
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER reservations_occupy AFTER INSERT OR UPDATE OR DELETE ON reservations FOR EACH ROW EXECUTE FUNCTION occupy();

-- +goose StatementBegin
CREATE FUNCTION occupy_by_hold() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        DELETE FROM occupied WHERE id = OLD.id;
    ELSE
        INSERT INTO occupied (id, chair, starts, ends) VALUES (NEW.id, NEW.chair, NEW.start_time, NEW.blocked_until);
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER holds_occupy AFTER INSERT OR DELETE ON holds FOR EACH ROW EXECUTE FUNCTION occupy_by_hold();

-- What a request with an Idempotency-Key was answered; NULL while its transaction runs.
CREATE TABLE answers (
    key         TEXT COLLATE "C" PRIMARY KEY,
    fingerprint TEXT COLLATE "C" NOT NULL,
    answer      TEXT COLLATE "C",
    created_at  BIGINT NOT NULL
);
CREATE INDEX answers_by_created ON answers (created_at);

-- Which process does what only one should do at a time, and until when.
CREATE TABLE leases (
    name   TEXT COLLATE "C" PRIMARY KEY,
    holder TEXT COLLATE "C" NOT NULL,
    until  BIGINT NOT NULL
);
