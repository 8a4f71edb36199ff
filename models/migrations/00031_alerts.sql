-- Incidents that need a person, where an account's alerts are sent, and since when a
-- breaker has been open.

-- +goose Up
-- +goose StatementBegin
CREATE TABLE alert_settings (
    account_id  {{id}} PRIMARY KEY REFERENCES accounts (id),
    emails      {{json}} NOT NULL,
    webhook_url text NOT NULL,
    credentials {{bytes}},
    language    text NOT NULL,
    muted_kinds {{json}} NOT NULL,
    updated_at  {{timestamp}} NOT NULL
);

CREATE TABLE incidents (
    id          {{id}} PRIMARY KEY,
    account_id  {{id}} NOT NULL REFERENCES accounts (id),
    site_id     {{id}} NOT NULL,
    kind        {{id}} NOT NULL,
    subject     {{id}} NOT NULL,
    name        text NOT NULL,
    site        text NOT NULL,
    count       bigint NOT NULL,
    bound       bigint NOT NULL,
    since       {{timestamp}} NOT NULL,
    began_at    {{timestamp}} NOT NULL,
    ended_at    {{timestamp}},
    sent        boolean NOT NULL,
    muted_until {{timestamp}}
);
CREATE UNIQUE INDEX incidents_open ON incidents (account_id, kind, site_id, subject) WHERE ended_at IS NULL;
CREATE INDEX incidents_by_account ON incidents (account_id, id);
CREATE INDEX incidents_by_site ON incidents (site_id, id);
CREATE INDEX incidents_ended ON incidents (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX incidents_muted ON incidents (account_id, muted_until) WHERE muted_until IS NOT NULL;

ALTER TABLE breakers ADD COLUMN open_since {{timestamp}};
UPDATE breakers SET open_since = updated_at WHERE state = 'open';
-- +goose StatementEnd
