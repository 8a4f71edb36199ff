-- The people and opportunities of the owner's CRM, for touchpoints and credit.

-- +goose Up
-- +goose StatementBegin
CREATE TABLE crm_people (
    id          {{id}} PRIMARY KEY,
    site_id     {{id}} NOT NULL REFERENCES sites (id),
    external_id {{id}} NOT NULL,
    account     {{id}} NOT NULL,
    email       text NOT NULL,
    phone       text NOT NULL,
    added_at    {{timestamp}},
    created_at  {{timestamp}} NOT NULL,
    updated_at  {{timestamp}} NOT NULL
);
-- Guarantee 2: what is posted again is the same person.
CREATE UNIQUE INDEX crm_people_once ON crm_people (site_id, external_id);
CREATE INDEX crm_people_by_site ON crm_people (site_id, id);
CREATE INDEX crm_people_by_account ON crm_people (site_id, account) WHERE account <> '';

CREATE TABLE opportunities (
    id          {{id}} PRIMARY KEY,
    site_id     {{id}} NOT NULL REFERENCES sites (id),
    external_id {{id}} NOT NULL,
    account     {{id}} NOT NULL,
    opened_at   {{timestamp}} NOT NULL,
    closed_at   {{timestamp}},
    won         boolean NOT NULL,
    amount      bigint NOT NULL,
    currency    text NOT NULL,
    people      {{json}} NOT NULL,
    stages      {{json}} NOT NULL,
    created_at  {{timestamp}} NOT NULL,
    updated_at  {{timestamp}} NOT NULL
);
CREATE UNIQUE INDEX opportunities_once ON opportunities (site_id, external_id);
CREATE INDEX opportunities_by_site ON opportunities (site_id, id);
-- +goose StatementEnd
