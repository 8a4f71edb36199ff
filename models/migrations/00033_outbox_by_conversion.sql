-- The signals of calls and leads that are erased, and whether one waits for a conversion: while
-- Temporal is away there may be a million others. See 00015 for how the index is built on a
-- database that is in use.

-- +goose {{outside}}
-- +goose Up
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS outbox_by_conversion;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} outbox_by_conversion ON outbox (conversion_id);
-- +goose StatementEnd
