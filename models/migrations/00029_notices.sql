-- Messages to people that wait to be sent.

-- +goose Up
-- +goose StatementBegin
CREATE TABLE notices (
    id          {{id}} PRIMARY KEY,
    account_id  {{id}} NOT NULL,
    channel     text NOT NULL,
    thread      {{id}} NOT NULL,
    content     {{bytes}} NOT NULL,
    tries       bigint NOT NULL,
    next_try_at {{timestamp}} NOT NULL,
    ends_at     {{timestamp}} NOT NULL,
    created_at  {{timestamp}} NOT NULL
);
CREATE INDEX notices_due ON notices (next_try_at);
CREATE INDEX notices_by_thread ON notices (thread, id);
-- +goose StatementEnd
