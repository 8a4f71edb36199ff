-- An index of the calls and leads that no integration was sent, and indexes of facts with
-- values that are not known, which may be rare. See 00015 for how they are built on a database
-- that is in use.

-- +goose {{outside}}
-- +goose Up
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS conversions_unsent;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} conversions_unsent ON conversions (site_id, id) WHERE unsent;
-- +goose StatementEnd
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS report_facts_of_channel;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} report_facts_of_channel ON report_facts (series_id, channel);
-- +goose StatementEnd
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS report_facts_by_channel;
-- +goose StatementEnd
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS report_facts_of_source;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} report_facts_of_source ON report_facts (series_id, source);
-- +goose StatementEnd
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS report_facts_by_source;
-- +goose StatementEnd
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS report_facts_of_medium;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} report_facts_of_medium ON report_facts (series_id, medium);
-- +goose StatementEnd
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS report_facts_by_medium;
-- +goose StatementEnd
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS report_facts_of_campaign;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} report_facts_of_campaign ON report_facts (series_id, campaign);
-- +goose StatementEnd
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS report_facts_by_campaign;
-- +goose StatementEnd
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS report_facts_of_term;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} report_facts_of_term ON report_facts (series_id, term);
-- +goose StatementEnd
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS report_facts_by_term;
-- +goose StatementEnd
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS report_facts_of_landing_page;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} report_facts_of_landing_page ON report_facts (series_id, landing_page);
-- +goose StatementEnd
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS report_facts_by_landing_page;
-- +goose StatementEnd
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS report_facts_of_device;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} report_facts_of_device ON report_facts (series_id, device);
-- +goose StatementEnd
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS report_facts_by_device;
-- +goose StatementEnd
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS report_facts_of_number_id;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} report_facts_of_number_id ON report_facts (series_id, number_id);
-- +goose StatementEnd
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS report_facts_by_number_id;
-- +goose StatementEnd
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS report_facts_of_pool_id;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} report_facts_of_pool_id ON report_facts (series_id, pool_id);
-- +goose StatementEnd
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS report_facts_by_pool_id;
-- +goose StatementEnd
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS report_facts_of_form;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} report_facts_of_form ON report_facts (series_id, form);
-- +goose StatementEnd
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS report_facts_by_form;
-- +goose StatementEnd
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS report_facts_of_no_visit;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} report_facts_of_no_visit ON report_facts (series_id, no_visit);
-- +goose StatementEnd
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS report_facts_by_no_visit;
-- +goose StatementEnd
