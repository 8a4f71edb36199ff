-- +goose Up
-- +goose StatementBegin
-- A backlog is claimed by site, so that sites take equal parts.
CREATE INDEX outbox_by_site ON outbox (site_id, next_try_at, seq);
-- +goose StatementEnd
