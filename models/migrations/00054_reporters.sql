-- The reporter of each event. Those that are stored already have none.

-- +goose Up
-- +goose StatementBegin
ALTER TABLE events ADD COLUMN reporter_kind text NOT NULL DEFAULT '';
ALTER TABLE events ADD COLUMN reporter_id text NOT NULL DEFAULT '';
ALTER TABLE events ADD COLUMN reporter_name text NOT NULL DEFAULT '';
-- +goose StatementEnd
