-- The first schema. Tokens in double braces are column types that the two
-- databases name differently; models/database renders them.

-- +goose Up
-- +goose StatementBegin
CREATE TABLE accounts (
    id         {{id}} PRIMARY KEY,
    name       text NOT NULL,
    created_at {{timestamp}} NOT NULL
);

CREATE TABLE tokens (
    id          {{id}} PRIMARY KEY,
    account_id  {{id}} NOT NULL REFERENCES accounts (id),
    name        text NOT NULL,
    role        text NOT NULL,
    secret_hash {{bytes}} NOT NULL,
    created_at  {{timestamp}} NOT NULL,
    revoked_at  {{timestamp}}
);
CREATE INDEX tokens_by_account ON tokens (account_id, id);

CREATE TABLE sites (
    id                  {{id}} PRIMARY KEY,
    account_id          {{id}} NOT NULL REFERENCES accounts (id),
    name                text NOT NULL,
    domains             {{json}},
    time_zone           text NOT NULL,
    region              text NOT NULL,
    target_call_seconds bigint NOT NULL,
    uniqueness_days     bigint NOT NULL,
    max_call_minutes    bigint NOT NULL,
    lookback_days       bigint NOT NULL,
    script_key          text NOT NULL,
    created_at          {{timestamp}} NOT NULL,
    updated_at          {{timestamp}} NOT NULL,
    deleted_at          {{timestamp}}
);
CREATE INDEX sites_by_account ON sites (account_id, id);

CREATE TABLE site_sources (
    site_id        {{id}} NOT NULL REFERENCES sites (id),
    source         {{id}} NOT NULL,
    hook_key       text NOT NULL,
    enabled        boolean NOT NULL,
    settle_seconds bigint NOT NULL,
    options        {{json}},
    credentials    {{bytes}},
    created_at     {{timestamp}} NOT NULL,
    updated_at     {{timestamp}} NOT NULL,
    PRIMARY KEY (site_id, source)
);
CREATE UNIQUE INDEX site_sources_by_hook_key ON site_sources (hook_key);

CREATE TABLE integrations (
    id          {{id}} PRIMARY KEY,
    site_id     {{id}} NOT NULL REFERENCES sites (id),
    type        text NOT NULL,
    name        text NOT NULL,
    enabled     boolean NOT NULL,
    version     bigint NOT NULL,
    settings    {{json}} NOT NULL,
    credentials {{bytes}},
    created_at  {{timestamp}} NOT NULL,
    updated_at  {{timestamp}} NOT NULL,
    deleted_at  {{timestamp}}
);
CREATE INDEX integrations_by_site ON integrations (site_id, id);

CREATE TABLE integration_versions (
    integration_id  {{id}} NOT NULL REFERENCES integrations (id),
    version         bigint NOT NULL,
    name            text NOT NULL,
    enabled         boolean NOT NULL,
    settings        {{json}} NOT NULL,
    credentials_set {{json}},
    changed_by      text NOT NULL,
    created_at      {{timestamp}} NOT NULL,
    PRIMARY KEY (integration_id, version)
);

CREATE TABLE audit_entries (
    id         {{id}} PRIMARY KEY,
    account_id {{id}} NOT NULL,
    site_id    {{id}} NOT NULL,
    actor      text NOT NULL,
    action     text NOT NULL,
    entity     text NOT NULL,
    entity_id  {{id}} NOT NULL,
    changes    {{json}},
    request_id text NOT NULL,
    created_at {{timestamp}} NOT NULL
);
CREATE INDEX audit_entries_by_account ON audit_entries (account_id, id);
CREATE INDEX audit_entries_by_entity ON audit_entries (entity_id, id);

CREATE TABLE conversions (
    id               {{id}} PRIMARY KEY,
    site_id          {{id}} NOT NULL REFERENCES sites (id),
    kind             text NOT NULL,
    source           text NOT NULL,
    external_id      text NOT NULL,
    state            text NOT NULL,
    workflow_id      text NOT NULL,
    at               {{timestamp}} NOT NULL,
    person           text NOT NULL,
    phone            text NOT NULL,
    anonymous        boolean NOT NULL,
    name             text NOT NULL,
    email            text NOT NULL,
    tracking_number  text NOT NULL,
    extension        text NOT NULL,
    session_id       text NOT NULL,
    visitor_ids      {{json}},
    traffic          {{json}},
    answered_at      {{timestamp}},
    ended_at         {{timestamp}},
    outcome          text NOT NULL,
    talk_seconds     bigint,
    wait_seconds     bigint,
    incomplete       boolean NOT NULL,
    is_unique        boolean,
    is_target        boolean,
    is_unique_target boolean,
    form             text NOT NULL,
    page_url         text NOT NULL,
    fields           {{json}},
    created_at       {{timestamp}} NOT NULL,
    decided_at       {{timestamp}},
    done_at          {{timestamp}},
    revived_at       {{timestamp}}
);
-- Guarantee 2: one external id is one conversion.
CREATE UNIQUE INDEX conversions_once ON conversions (site_id, kind, source, external_id);
CREATE INDEX conversions_by_site ON conversions (site_id, id);
CREATE INDEX conversions_by_person ON conversions (person, site_id, kind, at) WHERE person <> '';
CREATE INDEX conversions_not_done ON conversions (state) WHERE state <> 'done';

CREATE TABLE events (
    seq           {{serial}},
    conversion_id {{id}} NOT NULL REFERENCES conversions (id),
    site_id       {{id}} NOT NULL,
    event_id      text NOT NULL,
    type          text NOT NULL,
    at            {{timestamp}} NOT NULL,
    call          {{json}},
    lead          {{json}},
    raw           {{bytes}},
    received_at   {{timestamp}} NOT NULL,
    late          boolean NOT NULL
);
CREATE UNIQUE INDEX events_once ON events (conversion_id, event_id);

CREATE TABLE conversion_tags (
    conversion_id {{id}} NOT NULL REFERENCES conversions (id),
    label         text NOT NULL,
    site_id       {{id}} NOT NULL,
    origin        text NOT NULL,
    at            {{timestamp}} NOT NULL,
    late          boolean NOT NULL,
    PRIMARY KEY (conversion_id, label)
);
CREATE INDEX conversion_tags_by_label ON conversion_tags (site_id, label, conversion_id);

CREATE TABLE visits (
    id            {{id}} PRIMARY KEY,
    site_id       {{id}} NOT NULL,
    conversion_id {{id}} NOT NULL,
    session_id    text NOT NULL,
    person        text NOT NULL,
    at            {{timestamp}} NOT NULL,
    traffic       {{json}} NOT NULL,
    created_at    {{timestamp}} NOT NULL
);
CREATE UNIQUE INDEX visits_once ON visits (conversion_id) WHERE conversion_id <> '';
CREATE INDEX visits_by_session ON visits (site_id, session_id) WHERE session_id <> '';
CREATE INDEX visits_by_person ON visits (site_id, person) WHERE person <> '';

CREATE TABLE visit_visitors (
    visit_id   {{id}} NOT NULL REFERENCES visits (id),
    system     text NOT NULL,
    visitor_id text NOT NULL,
    site_id    {{id}} NOT NULL,
    PRIMARY KEY (visit_id, system)
);
CREATE INDEX visit_visitors_by_visitor ON visit_visitors (site_id, visitor_id, system);

CREATE TABLE decisions (
    id                  {{id}} PRIMARY KEY,
    conversion_id       {{id}} NOT NULL REFERENCES conversions (id),
    site_id             {{id}} NOT NULL,
    integration_id      {{id}} NOT NULL REFERENCES integrations (id),
    integration_version bigint NOT NULL,
    integration_type    text NOT NULL,
    integration_name    text NOT NULL,
    verdict             text NOT NULL,
    reason              text NOT NULL,
    moment              text NOT NULL,
    detail              {{json}} NOT NULL,
    created_at          {{timestamp}} NOT NULL
);
CREATE UNIQUE INDEX decisions_once ON decisions (conversion_id, integration_id);

CREATE TABLE deliveries (
    id               {{id}} PRIMARY KEY,
    site_id          {{id}} NOT NULL,
    conversion_id    {{id}} NOT NULL REFERENCES conversions (id),
    integration_id   {{id}} NOT NULL REFERENCES integrations (id),
    integration_type text NOT NULL,
    decision_id      {{id}} NOT NULL REFERENCES decisions (id),
    n                bigint NOT NULL,
    resend_of        {{id}} NOT NULL,
    requested_by     text NOT NULL,
    workflow_id      text NOT NULL,
    state            text NOT NULL,
    reason           text NOT NULL,
    class            text NOT NULL,
    event            {{json}} NOT NULL,
    attempts         bigint NOT NULL,
    next_try_at      {{timestamp}},
    leased_at        {{timestamp}},
    leased_until     {{timestamp}},
    give_up_at       {{timestamp}} NOT NULL,
    accepted_at      {{timestamp}} NOT NULL,
    created_at       {{timestamp}} NOT NULL,
    finished_at      {{timestamp}},
    revived_at       {{timestamp}}
);
-- Guarantee 2: one delivery per integration (n = 0), and one per resend a person asked for.
CREATE UNIQUE INDEX deliveries_once ON deliveries (conversion_id, integration_id, n);
CREATE INDEX deliveries_by_site ON deliveries (site_id, id);
CREATE INDEX deliveries_by_state ON deliveries (site_id, state, id);
CREATE INDEX resends_open ON deliveries (id) WHERE n > 0 AND state NOT IN ('delivered', 'failed');

CREATE TABLE attempts (
    id             {{id}} PRIMARY KEY,
    delivery_id    {{id}} NOT NULL REFERENCES deliveries (id),
    site_id        {{id}} NOT NULL,
    integration_id {{id}} NOT NULL,
    number         bigint NOT NULL,
    started_at     {{timestamp}} NOT NULL,
    duration       bigint NOT NULL,
    class          text NOT NULL,
    status         bigint NOT NULL,
    reason         text NOT NULL,
    request        {{json}} NOT NULL,
    response       {{json}} NOT NULL,
    next_try_at    {{timestamp}}
);
CREATE UNIQUE INDEX attempts_once ON attempts (delivery_id, number);

CREATE TABLE breakers (
    integration_id {{id}} PRIMARY KEY REFERENCES integrations (id),
    state          text NOT NULL,
    failures       bigint NOT NULL,
    trips          bigint NOT NULL,
    failed_in_row  bigint NOT NULL,
    open_until     {{timestamp}},
    probe_until    {{timestamp}},
    reason         text NOT NULL,
    updated_at     {{timestamp}} NOT NULL
);

CREATE TABLE outbox (
    seq           {{serial}},
    workflow_id   text NOT NULL,
    site_id       {{id}} NOT NULL,
    conversion_id {{id}} NOT NULL,
    delivery_id   {{id}} NOT NULL,
    kind          text NOT NULL,
    event_type    text NOT NULL,
    trace         {{json}},
    tries         bigint NOT NULL,
    next_try_at   {{timestamp}} NOT NULL,
    created_at    {{timestamp}} NOT NULL
);
CREATE INDEX outbox_due ON outbox (next_try_at);
-- +goose StatementEnd
