-- Which hosts of destinations do not answer, as workers have found.

-- +goose Up
-- +goose StatementBegin
CREATE TABLE fleet_hosts (
    host      text NOT NULL,
    worker_id {{id}} NOT NULL REFERENCES fleet_workers (id) ON DELETE CASCADE,
    openings  bigint NOT NULL,
    PRIMARY KEY (host, worker_id)
);
CREATE INDEX fleet_hosts_by_worker ON fleet_hosts (worker_id);
-- +goose StatementEnd
