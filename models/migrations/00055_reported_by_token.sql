-- The index by which the calls and leads are found that a token reported. See 00015 for how
-- it is built on a database that is in use.

-- +goose {{outside}}
-- +goose Up
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS events_by_token;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} events_by_token ON events (site_id, reporter_id, conversion_id) WHERE reporter_kind = 'token';
-- +goose StatementEnd
