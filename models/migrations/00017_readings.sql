-- How far the CRMs of integrations have been read, and the signals that a reading gets.

-- +goose Up
-- +goose StatementBegin
ALTER TABLE outbox ADD COLUMN integration_id {{id}} NOT NULL DEFAULT '';

CREATE TABLE crm_readings (
    integration_id {{id}} PRIMARY KEY REFERENCES integrations (id),
    site_id        {{id}} NOT NULL REFERENCES sites (id),
    key            text NOT NULL,
    state          text NOT NULL,
    reason         text NOT NULL,
    failures       bigint NOT NULL,
    run            bigint NOT NULL,
    requested_at   {{timestamp}},
    began_at       {{timestamp}},
    read_at        {{timestamp}},
    next_at        {{timestamp}},
    updated_at     {{timestamp}} NOT NULL
);
CREATE INDEX crm_readings_due ON crm_readings (next_at) WHERE next_at IS NOT NULL;

CREATE TABLE crm_reading_objects (
    integration_id {{id}} NOT NULL REFERENCES integrations (id),
    object         {{id}} NOT NULL,
    changed_at     {{timestamp}},
    record_id      text NOT NULL,
    advanced_at    {{timestamp}},
    settled        boolean NOT NULL,
    complete       boolean NOT NULL,
    records        bigint NOT NULL,
    changes        bigint NOT NULL,
    deletions      bigint NOT NULL,
    reason         text NOT NULL,
    read_at        {{timestamp}},
    PRIMARY KEY (integration_id, object)
);
-- +goose StatementEnd
