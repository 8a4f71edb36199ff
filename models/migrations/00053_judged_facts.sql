-- What was known of calls and leads when something was decided on them, so that other
-- settings can be tried on the same facts. The rows of calls and leads that were decided
-- before this migration are missing.

-- +goose Up
-- +goose StatementBegin
CREATE TABLE judged_facts (
    conversion_id {{id}} NOT NULL,
    seq           bigint NOT NULL,
    final         boolean NOT NULL,
    site_id       {{id}} NOT NULL,
    facts         {{json}} NOT NULL,
    event         {{json}} NOT NULL,
    created_at    {{timestamp}} NOT NULL,
    PRIMARY KEY (conversion_id, seq, final)
);
CREATE INDEX judged_facts_by_age ON judged_facts (created_at);
-- +goose StatementEnd
