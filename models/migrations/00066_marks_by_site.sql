-- The next marks of a site are found in their order, however many there are of others. See 00015
-- for how indexes are built on a database that is in use.

-- +goose {{outside}}
-- +goose Up
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS journey_marks_by_site;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} journey_marks_by_site ON journey_marks (site_id, seq);
-- +goose StatementEnd
-- Nothing is found by the kind alone any more.
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS journey_marks_by_kind;
-- +goose StatementEnd
