-- The site's own side: what its script is to do, who visited, and which phone
-- numbers they were shown.

-- +goose Up
-- +goose StatementBegin
ALTER TABLE sites ADD COLUMN script {{json}};

-- The conversions of a visitor's sessions, for erasing what they hold of the visitor.
CREATE INDEX conversions_by_session ON conversions (session_id) WHERE session_id <> '';
-- The script on a page names its site by this key.
CREATE UNIQUE INDEX sites_by_script_key ON sites (script_key);

CREATE TABLE visitors (
    site_id       {{id}} NOT NULL REFERENCES sites (id),
    id            {{id}} NOT NULL,
    first_seen_at {{timestamp}} NOT NULL,
    last_seen_at  {{timestamp}} NOT NULL,
    PRIMARY KEY (site_id, id)
);

-- Visitors who withdrew consent, by a hash: what still arrives of them is not stored.
CREATE TABLE forgotten_visitors (
    site_id {{id}} NOT NULL,
    visitor {{id}} NOT NULL,
    until   {{timestamp}} NOT NULL,
    PRIMARY KEY (site_id, visitor)
);
CREATE INDEX forgotten_visitors_by_end ON forgotten_visitors (until);

CREATE TABLE visitor_ids (
    site_id    {{id}} NOT NULL,
    visitor_id {{id}} NOT NULL,
    system     text NOT NULL,
    value      text NOT NULL,
    seen_at    {{timestamp}} NOT NULL,
    PRIMARY KEY (site_id, visitor_id, system)
);
CREATE INDEX visitor_ids_by_value ON visitor_ids (site_id, value, system);

CREATE TABLE sessions (
    id               {{id}} PRIMARY KEY,
    site_id          {{id}} NOT NULL,
    visitor_id       {{id}} NOT NULL,
    started_at       {{timestamp}} NOT NULL,
    last_activity_at {{timestamp}} NOT NULL,
    traffic          {{json}} NOT NULL,
    why              text NOT NULL,
    carried          boolean NOT NULL,
    visitor_ids      {{json}},
    storage          text NOT NULL,
    views            bigint NOT NULL,
    leads            bigint NOT NULL,
    created_at       {{timestamp}} NOT NULL
);
CREATE INDEX sessions_by_visitor ON sessions (site_id, visitor_id, started_at);
CREATE INDEX sessions_by_site ON sessions (site_id, id);
CREATE INDEX sessions_by_age ON sessions (site_id, started_at);

CREATE TABLE page_views (
    site_id     {{id}} NOT NULL,
    id          {{id}} NOT NULL,
    session_id  {{id}} NOT NULL,
    kind        text NOT NULL,
    at          {{timestamp}} NOT NULL,
    url         text NOT NULL,
    referrer    text NOT NULL,
    script      text NOT NULL,
    received_at {{timestamp}} NOT NULL,
    PRIMARY KEY (site_id, id)
);
CREATE INDEX page_views_by_session ON page_views (session_id, at);

CREATE TABLE person_keys (
    site_id    {{id}} NOT NULL,
    key        {{id}} NOT NULL,
    person_id  {{id}} NOT NULL,
    created_at {{timestamp}} NOT NULL,
    PRIMARY KEY (site_id, key)
);
CREATE INDEX person_keys_by_person ON person_keys (person_id);

CREATE TABLE pools (
    id             {{id}} PRIMARY KEY,
    site_id        {{id}} NOT NULL REFERENCES sites (id),
    name           text NOT NULL,
    enabled        boolean NOT NULL,
    position       bigint NOT NULL,
    replaces       {{json}},
    shown_to       {{json}},
    default_number text NOT NULL,
    hold_minutes   bigint NOT NULL,
    ran_dry        bigint NOT NULL,
    ran_dry_at     {{timestamp}},
    created_at     {{timestamp}} NOT NULL,
    updated_at     {{timestamp}} NOT NULL,
    deleted_at     {{timestamp}}
);
CREATE INDEX pools_by_site ON pools (site_id, id);

CREATE TABLE tracking_numbers (
    id         {{id}} PRIMARY KEY,
    site_id    {{id}} NOT NULL REFERENCES sites (id),
    number     text NOT NULL,
    name       text NOT NULL,
    pool_id    {{id}} NOT NULL,
    enabled    boolean NOT NULL,
    position   bigint NOT NULL,
    replaces   {{json}},
    shown_to   {{json}},
    traffic    {{json}},
    tags       {{json}},
    held_by    {{id}} NOT NULL,
    held_until {{timestamp}},
    created_at {{timestamp}} NOT NULL,
    updated_at {{timestamp}} NOT NULL,
    deleted_at {{timestamp}}
);
-- A number means one thing at a time on a site.
CREATE UNIQUE INDEX tracking_numbers_once ON tracking_numbers (site_id, number) WHERE deleted_at IS NULL;
CREATE INDEX tracking_numbers_by_site ON tracking_numbers (site_id, id);
-- A call finds its number here, a deleted one too.
CREATE INDEX tracking_numbers_by_number ON tracking_numbers (site_id, number);
CREATE INDEX tracking_numbers_by_holder ON tracking_numbers (held_by) WHERE held_by <> '';
CREATE INDEX tracking_numbers_by_pool ON tracking_numbers (pool_id) WHERE pool_id <> '' AND deleted_at IS NULL;

CREATE TABLE assignments (
    id         {{id}} PRIMARY KEY,
    site_id    {{id}} NOT NULL,
    number_id  {{id}} NOT NULL REFERENCES tracking_numbers (id),
    pool_id    {{id}} NOT NULL,
    session_id {{id}} NOT NULL,
    visitor_id {{id}} NOT NULL,
    held_from  {{timestamp}} NOT NULL,
    held_until {{timestamp}} NOT NULL
);
CREATE INDEX assignments_by_number ON assignments (number_id, held_from);
CREATE INDEX assignments_by_session ON assignments (session_id);
CREATE INDEX assignments_by_visitor ON assignments (site_id, visitor_id, held_from);
-- +goose StatementEnd
