-- How far the calls of sources have been reconciled with what their providers list, and
-- the signals that a reconciliation gets.

-- +goose Up
-- +goose StatementBegin
ALTER TABLE outbox ADD COLUMN source {{id}} NOT NULL DEFAULT '';

CREATE TABLE source_reconciliations (
    site_id         {{id}} NOT NULL REFERENCES sites (id),
    source          {{id}} NOT NULL,
    account         text NOT NULL,
    state           text NOT NULL,
    problem         text NOT NULL,
    failures        bigint NOT NULL,
    run             bigint NOT NULL,
    since           {{timestamp}},
    listed_until    {{timestamp}},
    round_from      {{timestamp}},
    round_to        {{timestamp}},
    next_page       bigint NOT NULL,
    round_total     bigint NOT NULL,
    page_unknown    bigint NOT NULL,
    minute_began_at {{timestamp}},
    minute_requests bigint NOT NULL,
    listed          bigint NOT NULL,
    found           bigint NOT NULL,
    completed       bigint NOT NULL,
    last_found_at   {{timestamp}},
    requested_at    {{timestamp}},
    began_at        {{timestamp}},
    done_at         {{timestamp}},
    next_at         {{timestamp}},
    updated_at      {{timestamp}} NOT NULL,
    PRIMARY KEY (site_id, source)
);
CREATE INDEX source_reconciliations_due ON source_reconciliations (next_at) WHERE next_at IS NOT NULL;
-- +goose StatementEnd
