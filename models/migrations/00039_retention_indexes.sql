-- The indexes by which what a site keeps no longer is found, however much it keeps. See
-- 00015 for how they are built on a database that is in use.

-- +goose {{outside}}
-- +goose Up
-- Raw bodies that are still stored, by their age.
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS events_with_raw_body;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} events_with_raw_body ON events (site_id, received_at) WHERE raw IS NOT NULL;
-- +goose StatementEnd
-- Attempts whose request and answer are still stored, by their age.
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS attempts_with_bodies;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} attempts_with_bodies ON attempts (site_id, started_at) WHERE request <> '{}';
-- +goose StatementEnd
-- Page views by their age.
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS page_views_by_time;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} page_views_by_time ON page_views (site_id, at);
-- +goose StatementEnd
-- Messages by their age.
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS unread_messages_by_time;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} unread_messages_by_time ON unread_messages (site_id, received_at);
-- +goose StatementEnd
