-- For how many days a site keeps what, 0 for ever. A site without a row keeps everything.

-- +goose Up
-- +goose StatementBegin
CREATE TABLE site_retention (
    site_id        {{id}} PRIMARY KEY REFERENCES sites (id),
    conversions    bigint NOT NULL,
    raw_bodies     bigint NOT NULL,
    attempt_bodies bigint NOT NULL,
    page_views     bigint NOT NULL,
    messages       bigint NOT NULL,
    updated_at     {{timestamp}} NOT NULL
);
-- +goose StatementEnd
