-- What is marked of one person, visitor or browser is found to be erased, however many marks
-- the site has. Most marks are of calls and leads, and are not in the index. See 00015 for how
-- it is built on a database that is in use.

-- +goose {{outside}}
-- +goose Up
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS journey_marks_by_ref;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} journey_marks_by_ref ON journey_marks (site_id, ref) WHERE kind IN ('visitor', 'browser', 'contact');
-- +goose StatementEnd
