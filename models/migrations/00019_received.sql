-- The last message of each source whose owner writes its mapping, how large unread
-- messages are, and how many were refused because there were too many.

-- +goose Up
-- +goose StatementBegin
CREATE TABLE last_messages (
    site_id      {{id}} NOT NULL REFERENCES sites (id),
    source       {{id}} NOT NULL,
    method       text NOT NULL,
    query        text NOT NULL,
    content_type text NOT NULL,
    body         {{bytes}} NOT NULL,
    mentions     text NOT NULL,
    received_at  {{timestamp}} NOT NULL,
    PRIMARY KEY (site_id, source)
);

CREATE TABLE refused_messages (
    site_id    {{id}} NOT NULL REFERENCES sites (id),
    source     {{id}} NOT NULL,
    refused    bigint NOT NULL,
    refused_at {{timestamp}} NOT NULL,
    PRIMARY KEY (site_id, source)
);

ALTER TABLE unread_messages ADD COLUMN size bigint NOT NULL DEFAULT 0;
UPDATE unread_messages SET size = length(body) + length(query) + length(mentions);
CREATE INDEX unread_messages_by_size ON unread_messages (site_id, source, size);
-- +goose StatementEnd
