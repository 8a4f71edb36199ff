-- The filters of lists that people keep under a name.

-- +goose Up
-- +goose StatementBegin
CREATE TABLE saved_views (
    id         {{id}} PRIMARY KEY,
    site_id    {{id}} NOT NULL REFERENCES sites (id),
    user_id    {{id}} NOT NULL REFERENCES users (id),
    list       text NOT NULL,
    name       text NOT NULL,
    query      text NOT NULL,
    created_at {{timestamp}} NOT NULL
);
CREATE INDEX saved_views_by_user ON saved_views (user_id, site_id, id);
-- +goose StatementEnd
