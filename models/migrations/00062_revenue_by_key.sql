-- Reports read the sums of a few keys, such as the first campaigns, by the key. See 00015 for how
-- the indexes are built on a database that is in use.

-- +goose {{outside}}
-- +goose Up
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS revenue_days_by_key;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} revenue_days_by_key ON revenue_days (site_id, generation, dimension, key, day);
-- +goose StatementEnd
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS revenue_months_by_key;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} revenue_months_by_key ON revenue_months (site_id, generation, dimension, key, day);
-- +goose StatementEnd
