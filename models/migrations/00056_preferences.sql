-- How a user reads the pages: the language, the theme and the time zone of times. Empty is
-- what the browser prefers, and the zone of the site.

-- +goose Up
-- +goose StatementBegin
ALTER TABLE users ADD COLUMN language text NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN theme text NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN time_zone text NOT NULL DEFAULT '';
-- +goose StatementEnd
