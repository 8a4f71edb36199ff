-- Indexes by which the list of touchpoints finds those of a kind, source, campaign and so on, and
-- those that the rules leave out of reports. They hold no time, so that many touchpoints of a
-- channel take little room: PostgreSQL stores equal entries once. See 00015 for how they are
-- built on a database that is in use.

-- +goose {{outside}}
-- +goose Up
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS journey_touchpoints_by_kind;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} journey_touchpoints_by_kind ON journey_touchpoints (site_id, generation, kind);
-- +goose StatementEnd
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS journey_touchpoints_by_type;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} journey_touchpoints_by_type ON journey_touchpoints (site_id, generation, type);
-- +goose StatementEnd
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS journey_touchpoints_by_source;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} journey_touchpoints_by_source ON journey_touchpoints (site_id, generation, source);
-- +goose StatementEnd
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS journey_touchpoints_by_medium;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} journey_touchpoints_by_medium ON journey_touchpoints (site_id, generation, medium);
-- +goose StatementEnd
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS journey_touchpoints_by_channel;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} journey_touchpoints_by_channel ON journey_touchpoints (site_id, generation, channel);
-- +goose StatementEnd
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS journey_touchpoints_by_subchannel;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} journey_touchpoints_by_subchannel ON journey_touchpoints (site_id, generation, subchannel);
-- +goose StatementEnd
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS journey_touchpoints_by_campaign;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} journey_touchpoints_by_campaign ON journey_touchpoints (site_id, generation, campaign);
-- +goose StatementEnd
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS journey_touchpoints_suppressed;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} journey_touchpoints_suppressed ON journey_touchpoints (site_id, generation, at, id) WHERE suppressed;
-- +goose StatementEnd
