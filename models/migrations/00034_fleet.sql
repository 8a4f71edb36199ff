-- Which workers send, and how many of an integration's slots each of them holds.

-- +goose Up
-- +goose StatementBegin
CREATE TABLE fleet_workers (
    id         {{id}} PRIMARY KEY,
    beats      bigint NOT NULL,
    started_at {{timestamp}} NOT NULL
);

CREATE TABLE fleet_slots (
    integration_id {{id}} NOT NULL,
    worker_id      {{id}} NOT NULL REFERENCES fleet_workers (id) ON DELETE CASCADE,
    slots          bigint NOT NULL,
    wants          bigint NOT NULL,
    PRIMARY KEY (integration_id, worker_id)
);
CREATE INDEX fleet_slots_by_worker ON fleet_slots (worker_id);
-- +goose StatementEnd
