-- What counts the deliveries that can be resent reads an index alone. See 00015 for how it
-- is built on a database that is in use.

-- +goose {{outside}}
-- +goose Up
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS deliveries_by_state_resent;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} deliveries_by_state_resent ON deliveries (site_id, state, id, resent);
-- +goose StatementEnd
-- It takes the place of this one.
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS deliveries_by_state;
-- +goose StatementEnd
