-- How the computing of new figures goes on, and what cannot be computed.

-- +goose Up
-- +goose StatementBegin
-- When a part of the figures was last computed; empty in rows from before this version.
ALTER TABLE journey_rules ADD COLUMN updated_at {{timestamp}};

-- A mark that cannot be computed is tried again at due_at, so that it delays no other.
ALTER TABLE journey_marks ADD COLUMN failures bigint NOT NULL DEFAULT 0;
ALTER TABLE journey_marks ADD COLUMN due_at {{timestamp}};
CREATE INDEX journey_marks_failing ON journey_marks (due_at) WHERE failures > 0;
-- +goose StatementEnd
