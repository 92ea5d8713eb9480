-- +goose Up

-- A row for each serve process that runs, or died in the last day: see package cluster.
CREATE TABLE node (
    id         TEXT PRIMARY KEY,
    name       TEXT NOT NULL,
    address    TEXT NOT NULL,
    version    TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    seen_at    BIGINT NOT NULL,
    figures    TEXT NOT NULL
);
