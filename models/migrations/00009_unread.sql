-- Messages of providers that were authentic and could not be read.

-- +goose Up
-- +goose StatementBegin
CREATE TABLE unread_messages (
    id           {{id}} PRIMARY KEY,
    site_id      {{id}} NOT NULL REFERENCES sites (id),
    source       {{id}} NOT NULL,
    digest       {{id}} NOT NULL,
    method       text NOT NULL,
    query        text NOT NULL,
    content_type text NOT NULL,
    body         {{bytes}} NOT NULL,
    mentions     text NOT NULL,
    code         text NOT NULL,
    reason       text NOT NULL,
    received_at  {{timestamp}} NOT NULL
);
-- Guarantee 2: a message that comes again is the same one.
CREATE UNIQUE INDEX unread_messages_once ON unread_messages (site_id, source, digest);
CREATE INDEX unread_messages_by_site ON unread_messages (site_id, id);
-- +goose StatementEnd
