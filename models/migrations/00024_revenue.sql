-- What the report on channels and revenue counts beside touchpoints and credit: when
-- leads were added, and when opportunities were opened and closed, by local day; and its
-- sums by local day and month.

-- +goose Up
-- +goose StatementBegin
CREATE TABLE revenue_leads (
    site_id     {{id}} NOT NULL,
    generation  bigint NOT NULL,
    external_id {{id}} NOT NULL,
    person_id   {{id}} NOT NULL,
    at          {{timestamp}} NOT NULL,
    day         {{id}} NOT NULL,
    PRIMARY KEY (site_id, generation, external_id)
);
CREATE INDEX revenue_leads_by_day ON revenue_leads (site_id, generation, day);
CREATE INDEX revenue_leads_by_person ON revenue_leads (site_id, generation, person_id);

CREATE TABLE revenue_deals (
    site_id        {{id}} NOT NULL,
    generation     bigint NOT NULL,
    opportunity_id {{id}} NOT NULL,
    opened_at      {{timestamp}} NOT NULL,
    opened_day     {{id}} NOT NULL,
    closed_at      {{timestamp}},
    closed_day     {{id}} NOT NULL,
    won            boolean NOT NULL,
    touched        boolean NOT NULL,
    amount         bigint NOT NULL,
    currency       {{id}} NOT NULL,
    PRIMARY KEY (site_id, generation, opportunity_id)
);
CREATE INDEX revenue_deals_opened ON revenue_deals (site_id, generation, opened_day);
CREATE INDEX revenue_deals_closed ON revenue_deals (site_id, generation, closed_day) WHERE won;

CREATE TABLE revenue_days (
    site_id       {{id}} NOT NULL,
    generation    bigint NOT NULL,
    dimension     {{id}} NOT NULL,
    day           {{id}} NOT NULL,
    figure        {{id}} NOT NULL,
    key           {{id}} NOT NULL,
    currency      {{id}} NOT NULL,
    units         bigint NOT NULL,
    first_touch   bigint NOT NULL,
    lead_creation bigint NOT NULL,
    u_shaped      bigint NOT NULL,
    w_shaped      bigint NOT NULL,
    full_path     bigint NOT NULL,
    custom        bigint NOT NULL,
    PRIMARY KEY (site_id, generation, dimension, day, figure, key, currency)
);

-- Day is the first day of the month.
CREATE TABLE revenue_months (
    site_id       {{id}} NOT NULL,
    generation    bigint NOT NULL,
    dimension     {{id}} NOT NULL,
    day           {{id}} NOT NULL,
    figure        {{id}} NOT NULL,
    key           {{id}} NOT NULL,
    currency      {{id}} NOT NULL,
    units         bigint NOT NULL,
    first_touch   bigint NOT NULL,
    lead_creation bigint NOT NULL,
    u_shaped      bigint NOT NULL,
    w_shaped      bigint NOT NULL,
    full_path     bigint NOT NULL,
    custom        bigint NOT NULL,
    PRIMARY KEY (site_id, generation, dimension, day, figure, key, currency)
);

-- Days whose sums are older than what they add up, and months whose sums are older than
-- those of their days. A day may have several rows: each change adds one of its own, so
-- that none is taken before it is committed.
CREATE TABLE revenue_stale (
    seq        {{serial}},
    site_id    {{id}} NOT NULL,
    generation bigint NOT NULL,
    grain      {{id}} NOT NULL,
    day        {{id}} NOT NULL,
    created_at {{timestamp}} NOT NULL
);
CREATE INDEX revenue_stale_by_day ON revenue_stale (site_id, generation, grain, day);

-- Days are marked there instead.
DROP INDEX journey_marks_of_days;
DELETE FROM journey_marks WHERE kind = 'day';

-- What was computed before this version is computed again, with what is new in it.
INSERT INTO journey_marks (site_id, kind, ref, created_at)
SELECT site_id, 'site', '', created_at FROM journey_rules WHERE state = 'serving';
-- +goose StatementEnd
