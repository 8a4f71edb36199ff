-- Deliveries that ended as failed, by time, and those that wait, by integration. Lists of a
-- site's failed deliveries cannot take the first one, as they do not ask for a time. See 00015
-- for how indexes are built on a database that is in use.

-- +goose {{outside}}
-- +goose Up
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS deliveries_failed;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} deliveries_failed ON deliveries (finished_at) WHERE state = 'failed' AND finished_at IS NOT NULL;
-- +goose StatementEnd
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS deliveries_waiting;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} deliveries_waiting ON deliveries (integration_id) WHERE state NOT IN ('delivered', 'failed');
-- +goose StatementEnd
