-- The limits that the operator has set for an account, and its sends of each day.

-- +goose Up
-- +goose StatementBegin
ALTER TABLE accounts ADD COLUMN limits {{json}};

CREATE TABLE account_sends (
    account_id {{id}} NOT NULL REFERENCES accounts (id),
    day        {{id}} NOT NULL,
    sent       bigint NOT NULL,
    PRIMARY KEY (account_id, day)
);
-- +goose StatementEnd
