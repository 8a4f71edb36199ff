-- The tokens that an integration obtained by itself, such as a refresh token that is
-- replaced with each use. One process at a time renews them: the one with the lease.

-- +goose Up
-- +goose StatementBegin
CREATE TABLE integration_tokens (
    integration_id {{id}} PRIMARY KEY REFERENCES integrations (id),
    credentials    {{bytes}},
    version        bigint NOT NULL,
    lease          text NOT NULL,
    leased_until   {{timestamp}},
    updated_at     {{timestamp}} NOT NULL
);
-- +goose StatementEnd
