-- A webhook is found by the hash of its key. The key itself is encrypted, so that owners
-- can be shown the address again. SQL cannot encrypt, so "ringback migrate" does that with
-- the keys that are stored (models.Migrate).

-- +goose Up
-- +goose StatementBegin
ALTER TABLE site_sources RENAME COLUMN hook_key TO hook_key_hash;
ALTER TABLE site_sources ADD COLUMN hook_key {{bytes}};
-- +goose StatementEnd
