-- When the messages of sources came: the last one, and the hours in which any came, by
-- which a source is found to be silent for longer than usual.

-- +goose Up
-- +goose StatementBegin
CREATE TABLE source_activity (
    site_id         {{id}} NOT NULL REFERENCES sites (id),
    source          {{id}} NOT NULL,
    last_message_at {{timestamp}} NOT NULL,
    PRIMARY KEY (site_id, source)
);

CREATE TABLE source_hours (
    site_id {{id}} NOT NULL REFERENCES sites (id),
    source  {{id}} NOT NULL,
    hour    {{timestamp}} NOT NULL,
    PRIMARY KEY (site_id, source, hour)
);
-- +goose StatementEnd
