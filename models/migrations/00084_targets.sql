-- The last target call of a person who has made very many calls that were none. See 00015 for
-- how the index is built on a database that is in use.

-- +goose {{outside}}
-- +goose Up
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS conversions_targets;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} conversions_targets ON conversions (person, site_id, at) WHERE person <> '' AND kind = 'call' AND (is_target OR is_target IS NULL);
-- +goose StatementEnd
