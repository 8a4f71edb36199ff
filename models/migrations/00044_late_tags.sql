-- The index by which calls and leads with late tags are found. See 00015 for how it is built
-- on a database that is in use.

-- +goose {{outside}}
-- +goose Up
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS conversion_tags_late;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} conversion_tags_late ON conversion_tags (site_id, conversion_id) WHERE late;
-- +goose StatementEnd
