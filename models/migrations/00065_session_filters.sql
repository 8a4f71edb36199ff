-- Indexes by which the list of visits finds those of a channel, source, medium or campaign,
-- those that began last first. Longer values would not fit into an index. See 00015 for how they are built on a database that is in use.

-- +goose {{outside}}
-- +goose Up
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS sessions_by_channel;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} sessions_by_channel ON sessions (site_id, (substr(traffic ->> 'channel', 1, 255)), started_at, id);
-- +goose StatementEnd
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS sessions_by_source;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} sessions_by_source ON sessions (site_id, (substr(traffic ->> 'source', 1, 255)), started_at, id);
-- +goose StatementEnd
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS sessions_by_medium;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} sessions_by_medium ON sessions (site_id, (substr(traffic ->> 'medium', 1, 255)), started_at, id);
-- +goose StatementEnd
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS sessions_by_campaign;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} sessions_by_campaign ON sessions (site_id, (substr(traffic ->> 'campaign', 1, 255)), started_at, id);
-- +goose StatementEnd
