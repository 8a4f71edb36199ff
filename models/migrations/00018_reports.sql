-- What reports are made of: a series of facts for each site, one row for each call or
-- lead and one for each decision, and their sums by local day and month.

-- +goose Up
-- +goose StatementBegin
CREATE TABLE report_series (
    id                {{serial}},
    site_id           {{id}} NOT NULL REFERENCES sites (id),
    state             text NOT NULL,
    time_zone         text NOT NULL,
    abandoned_seconds integer NOT NULL,
    position          {{id}} NOT NULL,
    done              bigint NOT NULL,
    total             bigint NOT NULL,
    created_at        {{timestamp}} NOT NULL,
    served_at         {{timestamp}}
);
-- A site has one series that answers, and at most one that is being built.
CREATE UNIQUE INDEX report_series_once ON report_series (site_id, state) WHERE state <> 'replaced';
CREATE INDEX report_series_by_state ON report_series (state) WHERE state <> 'serving';

CREATE TABLE report_marks (
    seq           {{serial}},
    site_id       {{id}} NOT NULL,
    conversion_id {{id}} NOT NULL,
    forget        boolean NOT NULL,
    created_at    {{timestamp}} NOT NULL
);
CREATE INDEX report_marks_by_site ON report_marks (site_id, seq);

CREATE TABLE report_facts (
    series_id     bigint NOT NULL,
    conversion_id {{id}} NOT NULL,
    day           integer NOT NULL,
    hour          bigint NOT NULL,
    at            {{timestamp}} NOT NULL,
    channel       {{id}} NOT NULL,
    source        {{id}} NOT NULL,
    medium        {{id}} NOT NULL,
    campaign      {{id}} NOT NULL,
    term          {{id}} NOT NULL,
    landing_page  {{id}} NOT NULL,
    device        {{id}} NOT NULL,
    number_id     {{id}} NOT NULL,
    pool_id       {{id}} NOT NULL,
    form          {{id}} NOT NULL,
    no_visit      {{id}} NOT NULL,
    calls smallint NOT NULL, running smallint NOT NULL, ended smallint NOT NULL, answered smallint NOT NULL,
    missed smallint NOT NULL, abandoned smallint NOT NULL, never_ended smallint NOT NULL, anonymous smallint NOT NULL,
    uniques smallint NOT NULL, targets smallint NOT NULL, unique_targets smallint NOT NULL,
    waits_known smallint NOT NULL, wait_seconds integer NOT NULL, talks_known smallint NOT NULL, talk_seconds integer NOT NULL,
    leads smallint NOT NULL, unique_leads smallint NOT NULL, known_visits smallint NOT NULL, known_visitors smallint NOT NULL,
    ambiguous smallint NOT NULL,
    wait0 smallint NOT NULL, wait5 smallint NOT NULL, wait10 smallint NOT NULL, wait15 smallint NOT NULL,
    wait20 smallint NOT NULL, wait30 smallint NOT NULL, wait60 smallint NOT NULL, wait120 smallint NOT NULL,
    PRIMARY KEY (series_id, conversion_id)
);
CREATE INDEX report_facts_by_day ON report_facts (series_id, day);

CREATE TABLE report_days (
    series_id bigint NOT NULL,
    dimension {{id}} NOT NULL,
    day       integer NOT NULL,
    key       {{id}} NOT NULL,
    calls integer NOT NULL, running integer NOT NULL, ended integer NOT NULL, answered integer NOT NULL,
    missed integer NOT NULL, abandoned integer NOT NULL, never_ended integer NOT NULL, anonymous integer NOT NULL,
    uniques integer NOT NULL, targets integer NOT NULL, unique_targets integer NOT NULL,
    waits_known integer NOT NULL, wait_seconds bigint NOT NULL, talks_known integer NOT NULL, talk_seconds bigint NOT NULL,
    leads integer NOT NULL, unique_leads integer NOT NULL, known_visits integer NOT NULL, known_visitors integer NOT NULL,
    ambiguous integer NOT NULL,
    wait0 integer NOT NULL, wait5 integer NOT NULL, wait10 integer NOT NULL, wait15 integer NOT NULL,
    wait20 integer NOT NULL, wait30 integer NOT NULL, wait60 integer NOT NULL, wait120 integer NOT NULL,
    PRIMARY KEY (series_id, dimension, day, key)
);

-- Day is the first day of the month.
CREATE TABLE report_months (
    series_id bigint NOT NULL,
    dimension {{id}} NOT NULL,
    day       integer NOT NULL,
    key       {{id}} NOT NULL,
    calls integer NOT NULL, running integer NOT NULL, ended integer NOT NULL, answered integer NOT NULL,
    missed integer NOT NULL, abandoned integer NOT NULL, never_ended integer NOT NULL, anonymous integer NOT NULL,
    uniques integer NOT NULL, targets integer NOT NULL, unique_targets integer NOT NULL,
    waits_known integer NOT NULL, wait_seconds bigint NOT NULL, talks_known integer NOT NULL, talk_seconds bigint NOT NULL,
    leads integer NOT NULL, unique_leads integer NOT NULL, known_visits integer NOT NULL, known_visitors integer NOT NULL,
    ambiguous integer NOT NULL,
    wait0 integer NOT NULL, wait5 integer NOT NULL, wait10 integer NOT NULL, wait15 integer NOT NULL,
    wait20 integer NOT NULL, wait30 integer NOT NULL, wait60 integer NOT NULL, wait120 integer NOT NULL,
    PRIMARY KEY (series_id, dimension, day, key)
);

CREATE TABLE report_sends (
    series_id      bigint NOT NULL,
    decision_id    {{id}} NOT NULL,
    conversion_id  {{id}} NOT NULL,
    integration_id {{id}} NOT NULL,
    day            integer NOT NULL,
    at             {{timestamp}} NOT NULL,
    reason         {{id}} NOT NULL,
    judged smallint NOT NULL, wanted smallint NOT NULL, delivered smallint NOT NULL, failed smallint NOT NULL,
    waiting smallint NOT NULL, held smallint NOT NULL, attempts integer NOT NULL, repeated smallint NOT NULL,
    after0 smallint NOT NULL, after1 smallint NOT NULL, after2 smallint NOT NULL, after5 smallint NOT NULL,
    after10 smallint NOT NULL, after30 smallint NOT NULL, after60 smallint NOT NULL, after300 smallint NOT NULL, after3600 smallint NOT NULL,
    PRIMARY KEY (series_id, decision_id)
);
CREATE INDEX report_sends_by_day ON report_sends (series_id, day);
CREATE INDEX report_sends_by_conversion ON report_sends (series_id, conversion_id);

CREATE TABLE report_send_days (
    series_id      bigint NOT NULL,
    integration_id {{id}} NOT NULL,
    day            integer NOT NULL,
    reason         {{id}} NOT NULL,
    judged integer NOT NULL, wanted integer NOT NULL, delivered integer NOT NULL, failed integer NOT NULL,
    waiting integer NOT NULL, held integer NOT NULL, attempts integer NOT NULL, repeated integer NOT NULL,
    after0 integer NOT NULL, after1 integer NOT NULL, after2 integer NOT NULL, after5 integer NOT NULL,
    after10 integer NOT NULL, after30 integer NOT NULL, after60 integer NOT NULL, after300 integer NOT NULL, after3600 integer NOT NULL,
    PRIMARY KEY (series_id, day, integration_id, reason)
);

-- Days and months whose sums are older than their facts.
CREATE TABLE report_dirty (
    series_id bigint NOT NULL,
    grain     text NOT NULL,
    day       integer NOT NULL,
    PRIMARY KEY (series_id, grain, day)
);

-- The sites that exist get a series, which is built in the background.
INSERT INTO report_series (site_id, state, time_zone, abandoned_seconds, position, done, total, created_at)
SELECT id, 'building', time_zone, 15, '', 0, 0, created_at FROM sites WHERE deleted_at IS NULL;
-- +goose StatementEnd
