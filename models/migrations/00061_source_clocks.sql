-- How the clock of each source compares with Ringback's, as it was last measured, by which
-- owners and operators are warned of a wrong one.

-- +goose Up
-- +goose StatementBegin
ALTER TABLE source_activity ADD COLUMN clock_code text NOT NULL DEFAULT '';
ALTER TABLE source_activity ADD COLUMN clock_seconds bigint NOT NULL DEFAULT 0;
ALTER TABLE source_activity ADD COLUMN clock_measured_at {{timestamp}};
-- +goose StatementEnd
