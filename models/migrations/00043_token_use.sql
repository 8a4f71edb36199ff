-- When a token was last used.

-- +goose Up
-- +goose StatementBegin
ALTER TABLE tokens ADD COLUMN last_used_at {{timestamp}};
-- +goose StatementEnd
