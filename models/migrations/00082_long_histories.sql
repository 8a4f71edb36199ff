-- The newest and the oldest visits of a session, and of a visitor by the ids of the visits, which
-- are in the order in which they were reported. See 00015 for how the indexes are built on a
-- database that is in use.

-- +goose {{outside}}
-- +goose Up
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS visits_by_session_and_time;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} visits_by_session_and_time ON visits (site_id, session_id, at) WHERE session_id <> '';
-- +goose StatementEnd
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS visit_visitors_in_order;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} visit_visitors_in_order ON visit_visitors (site_id, visitor_id, system, visit_id);
-- +goose StatementEnd
-- They take the place of these.
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS visits_by_session;
-- +goose StatementEnd
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS visit_visitors_by_visitor;
-- +goose StatementEnd
