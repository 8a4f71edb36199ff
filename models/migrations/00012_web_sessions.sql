-- The sessions of people who signed in to the pages.

-- +goose Up
-- +goose StatementBegin
CREATE TABLE web_sessions (
    id         {{id}} PRIMARY KEY,
    data       {{bytes}} NOT NULL,
    expires_at {{timestamp}} NOT NULL
);
CREATE INDEX web_sessions_expired ON web_sessions (expires_at);
-- +goose StatementEnd
