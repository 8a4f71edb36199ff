-- Touchpoints and credit, the Tasks that they are made of, and the queue of what is to
-- be computed again.

-- +goose Up
-- +goose StatementBegin
-- The person that a lead has become, by the owner's id, empty if none.
ALTER TABLE crm_people ADD COLUMN same_as text NOT NULL DEFAULT '';
CREATE INDEX crm_people_by_email ON crm_people (site_id, email) WHERE email <> '';
CREATE INDEX crm_people_by_phone ON crm_people (site_id, phone) WHERE phone <> '';
CREATE INDEX crm_people_by_same ON crm_people (site_id, same_as) WHERE same_as <> '';
CREATE INDEX opportunities_by_account ON opportunities (site_id, account) WHERE account <> '';

CREATE TABLE crm_tasks (
    id            {{id}} PRIMARY KEY,
    site_id       {{id}} NOT NULL REFERENCES sites (id),
    external_id   {{id}} NOT NULL,
    conversion_id {{id}} NOT NULL,
    person        {{id}} NOT NULL,
    type          text NOT NULL,
    bizible_id    {{id}} NOT NULL,
    at            {{timestamp}},
    date_only     boolean NOT NULL,
    deleted       boolean NOT NULL,
    modified_at   {{timestamp}},
    created_at    {{timestamp}} NOT NULL,
    updated_at    {{timestamp}} NOT NULL
);
-- Guarantee 2: a Task that is read again is the same Task.
CREATE UNIQUE INDEX crm_tasks_once ON crm_tasks (site_id, external_id);
CREATE INDEX crm_tasks_by_site ON crm_tasks (site_id, id);
CREATE INDEX crm_tasks_by_person ON crm_tasks (site_id, person) WHERE person <> '';
CREATE INDEX crm_tasks_by_bizible_id ON crm_tasks (site_id, bizible_id) WHERE bizible_id <> '';
CREATE INDEX crm_tasks_by_conversion ON crm_tasks (conversion_id) WHERE conversion_id <> '';

-- The rules of a site, one row for each generation of figures. What is shown is the
-- generation that is serving; another one may be in the making.
CREATE TABLE journey_rules (
    site_id    {{id}} NOT NULL REFERENCES sites (id),
    generation bigint NOT NULL,
    state      text NOT NULL,
    rules      {{json}} NOT NULL,
    time_zone  text NOT NULL,
    stage      text NOT NULL,
    after      text NOT NULL,
    done       bigint NOT NULL,
    total      bigint NOT NULL,
    changed_by text NOT NULL,
    created_at {{timestamp}} NOT NULL,
    ready_at   {{timestamp}},
    PRIMARY KEY (site_id, generation)
);
CREATE INDEX journey_rules_building ON journey_rules (created_at) WHERE state <> 'serving';

CREATE TABLE journey_rates (
    site_id    {{id}} PRIMARY KEY REFERENCES sites (id),
    corporate  text NOT NULL,
    rates      {{json}} NOT NULL,
    updated_at {{timestamp}} NOT NULL
);

CREATE TABLE journey_touchpoints (
    site_id       {{id}} NOT NULL,
    generation    bigint NOT NULL,
    id            {{id}} NOT NULL,
    holder        {{id}} NOT NULL,
    person_id     {{id}} NOT NULL,
    in_crm        boolean NOT NULL,
    kind          text NOT NULL,
    at            {{timestamp}} NOT NULL,
    day           {{id}} NOT NULL,
    session_id    {{id}} NOT NULL,
    conversion_id {{id}} NOT NULL,
    task_id       {{id}} NOT NULL,
    type          text NOT NULL,
    medium        text NOT NULL,
    source        text NOT NULL,
    channel       text NOT NULL,
    subchannel    text NOT NULL,
    campaign      text NOT NULL,
    landing_page  text NOT NULL,
    positions     {{json}} NOT NULL,
    position      text NOT NULL,
    first_touch   bigint NOT NULL,
    lead_creation bigint NOT NULL,
    u_shaped      bigint NOT NULL,
    removed       boolean NOT NULL,
    suppressed    boolean NOT NULL,
    detail        {{json}} NOT NULL,
    updated_at    {{timestamp}} NOT NULL,
    PRIMARY KEY (site_id, generation, id)
);
CREATE INDEX journey_touchpoints_by_holder ON journey_touchpoints (site_id, holder, generation);
CREATE INDEX journey_touchpoints_by_person ON journey_touchpoints (site_id, generation, person_id, at);
CREATE INDEX journey_touchpoints_by_time ON journey_touchpoints (site_id, generation, at, id);
CREATE INDEX journey_touchpoints_by_day ON journey_touchpoints (site_id, generation, day);
CREATE INDEX journey_touchpoints_by_session ON journey_touchpoints (session_id) WHERE session_id <> '';

CREATE TABLE journey_calls (
    site_id       {{id}} NOT NULL,
    generation    bigint NOT NULL,
    id            {{id}} NOT NULL,
    conversion_id {{id}} NOT NULL,
    task_id       {{id}} NOT NULL,
    person_id     {{id}} NOT NULL,
    outcome       text NOT NULL,
    merging       {{json}} NOT NULL,
    updated_at    {{timestamp}} NOT NULL,
    PRIMARY KEY (site_id, generation, id)
);
CREATE INDEX journey_calls_by_conversion ON journey_calls (conversion_id) WHERE conversion_id <> '';
CREATE INDEX journey_calls_by_outcome ON journey_calls (site_id, generation, outcome, id);

CREATE TABLE journey_opportunities (
    site_id        {{id}} NOT NULL,
    generation     bigint NOT NULL,
    opportunity_id {{id}} NOT NULL,
    journey        {{json}} NOT NULL,
    updated_at     {{timestamp}} NOT NULL,
    PRIMARY KEY (site_id, generation, opportunity_id)
);

CREATE TABLE journey_credits (
    site_id        {{id}} NOT NULL,
    generation     bigint NOT NULL,
    opportunity_id {{id}} NOT NULL,
    model          {{id}} NOT NULL,
    touchpoint_id  {{id}} NOT NULL,
    person_id      {{id}} NOT NULL,
    position       text NOT NULL,
    share          bigint NOT NULL,
    amount         bigint NOT NULL,
    currency       text NOT NULL,
    updated_at     {{timestamp}} NOT NULL,
    PRIMARY KEY (site_id, generation, opportunity_id, model, touchpoint_id)
);
CREATE INDEX journey_credits_by_touchpoint ON journey_credits (site_id, generation, touchpoint_id);

-- The visitors who are somebody: a page view of one of them changes a journey.
CREATE TABLE journey_visitors (
    site_id    {{id}} NOT NULL,
    visitor_id {{id}} NOT NULL,
    PRIMARY KEY (site_id, visitor_id)
);

-- The opportunities of a person, who is named by the owner's id and need not be known.
CREATE TABLE journey_members (
    site_id        {{id}} NOT NULL,
    person         {{id}} NOT NULL,
    opportunity_id {{id}} NOT NULL,
    PRIMARY KEY (site_id, person, opportunity_id)
);
CREATE INDEX journey_members_of ON journey_members (opportunity_id);

-- What has changed and is to be computed again, written in the transaction of the change.
CREATE TABLE journey_marks (
    seq        {{serial}},
    site_id    {{id}} NOT NULL,
    kind       text NOT NULL,
    ref        text NOT NULL,
    created_at {{timestamp}} NOT NULL
);
CREATE INDEX journey_marks_by_kind ON journey_marks (kind, seq);

-- What was stored before this version becomes journeys too.
INSERT INTO journey_marks (site_id, kind, ref, created_at)
SELECT id, 'site', '', created_at FROM sites WHERE deleted_at IS NULL;
-- +goose StatementEnd
