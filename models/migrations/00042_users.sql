-- People who sign in, the accounts that they belong to, their sessions, and the one-time
-- links by which they are invited and set a new password.

-- +goose Up
-- +goose StatementBegin
CREATE TABLE users (
    id            {{id}} PRIMARY KEY,
    email         {{id}} NOT NULL,
    name          text NOT NULL,
    password_hash text NOT NULL,
    created_at    {{timestamp}} NOT NULL,
    updated_at    {{timestamp}} NOT NULL
);
CREATE UNIQUE INDEX users_once ON users (email);

CREATE TABLE memberships (
    user_id    {{id}} NOT NULL REFERENCES users (id),
    account_id {{id}} NOT NULL REFERENCES accounts (id),
    role       text NOT NULL,
    sites      {{json}} NOT NULL,
    created_at {{timestamp}} NOT NULL,
    PRIMARY KEY (user_id, account_id)
);
CREATE INDEX memberships_by_account ON memberships (account_id, user_id);

CREATE TABLE user_sessions (
    id         {{id}} PRIMARY KEY,
    user_id    {{id}} NOT NULL REFERENCES users (id),
    account_id {{id}} NOT NULL REFERENCES accounts (id),
    address    text NOT NULL,
    user_agent text NOT NULL,
    created_at {{timestamp}} NOT NULL,
    seen_at    {{timestamp}} NOT NULL,
    ends_at    {{timestamp}} NOT NULL
);
CREATE INDEX user_sessions_by_user ON user_sessions (user_id, id);
CREATE INDEX user_sessions_ended ON user_sessions (ends_at);

CREATE TABLE user_links (
    id          {{id}} PRIMARY KEY,
    purpose     text NOT NULL,
    secret_hash {{bytes}} NOT NULL,
    account_id  {{id}} NOT NULL REFERENCES accounts (id),
    email       {{id}} NOT NULL,
    role        text NOT NULL,
    sites       {{json}} NOT NULL,
    created_by  {{id}} NOT NULL,
    created_at  {{timestamp}} NOT NULL,
    ends_at     {{timestamp}} NOT NULL,
    used_at     {{timestamp}}
);
CREATE UNIQUE INDEX user_links_once ON user_links (secret_hash);
CREATE INDEX user_links_by_account ON user_links (account_id, id);
CREATE INDEX user_links_by_email ON user_links (email);

ALTER TABLE audit_entries ADD COLUMN actor_name text NOT NULL DEFAULT '';
-- +goose StatementEnd
