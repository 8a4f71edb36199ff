-- Indexes by which lists find few rows among many: the calls and leads behind a value or a
-- figure of the reports that is rare, and the touchpoints of a call. Where a value or figure
-- is frequent, lists go through the newest calls and leads instead. See 00015 for how they
-- are built on a database that is in use.

-- +goose {{outside}}
-- +goose Up
-- By what a call or lead can be divided, as far as it is known.
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS report_facts_by_channel;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} report_facts_by_channel ON report_facts (series_id, channel) WHERE channel <> '';
-- +goose StatementEnd
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS report_facts_by_source;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} report_facts_by_source ON report_facts (series_id, source) WHERE source <> '';
-- +goose StatementEnd
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS report_facts_by_medium;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} report_facts_by_medium ON report_facts (series_id, medium) WHERE medium <> '';
-- +goose StatementEnd
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS report_facts_by_campaign;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} report_facts_by_campaign ON report_facts (series_id, campaign) WHERE campaign <> '';
-- +goose StatementEnd
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS report_facts_by_term;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} report_facts_by_term ON report_facts (series_id, term) WHERE term <> '';
-- +goose StatementEnd
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS report_facts_by_landing_page;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} report_facts_by_landing_page ON report_facts (series_id, landing_page) WHERE landing_page <> '';
-- +goose StatementEnd
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS report_facts_by_device;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} report_facts_by_device ON report_facts (series_id, device) WHERE device <> '';
-- +goose StatementEnd
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS report_facts_by_number_id;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} report_facts_by_number_id ON report_facts (series_id, number_id) WHERE number_id <> '';
-- +goose StatementEnd
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS report_facts_by_pool_id;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} report_facts_by_pool_id ON report_facts (series_id, pool_id) WHERE pool_id <> '';
-- +goose StatementEnd
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS report_facts_by_form;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} report_facts_by_form ON report_facts (series_id, form) WHERE form <> '';
-- +goose StatementEnd
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS report_facts_by_no_visit;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} report_facts_by_no_visit ON report_facts (series_id, no_visit) WHERE no_visit <> '';
-- +goose StatementEnd
-- By figures that few calls and leads are counted in.
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS report_facts_running;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} report_facts_running ON report_facts (series_id) WHERE running > 0;
-- +goose StatementEnd
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS report_facts_abandoned;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} report_facts_abandoned ON report_facts (series_id) WHERE abandoned > 0;
-- +goose StatementEnd
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS report_facts_never_ended;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} report_facts_never_ended ON report_facts (series_id) WHERE never_ended > 0;
-- +goose StatementEnd
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS report_facts_anonymous;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} report_facts_anonymous ON report_facts (series_id) WHERE anonymous > 0;
-- +goose StatementEnd
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS report_facts_ambiguous;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} report_facts_ambiguous ON report_facts (series_id) WHERE ambiguous > 0;
-- +goose StatementEnd
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS report_facts_missed;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} report_facts_missed ON report_facts (series_id) WHERE missed > 0;
-- +goose StatementEnd
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS report_facts_leads;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} report_facts_leads ON report_facts (series_id) WHERE leads > 0;
-- +goose StatementEnd
-- The same for decisions.
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS report_sends_by_integration;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} report_sends_by_integration ON report_sends (series_id, integration_id, reason);
-- +goose StatementEnd
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS report_sends_by_reason;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} report_sends_by_reason ON report_sends (series_id, reason);
-- +goose StatementEnd
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS report_sends_failed;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} report_sends_failed ON report_sends (series_id) WHERE failed > 0;
-- +goose StatementEnd
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS report_sends_waiting;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} report_sends_waiting ON report_sends (series_id) WHERE waiting > 0;
-- +goose StatementEnd
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS report_sends_held;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} report_sends_held ON report_sends (series_id) WHERE held > 0;
-- +goose StatementEnd
-- The touchpoints of a call or lead.
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS journey_touchpoints_by_conversion;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} journey_touchpoints_by_conversion ON journey_touchpoints (conversion_id) WHERE conversion_id <> '';
-- +goose StatementEnd
-- The deliveries of an integration that are in a state which few of them are in.
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS deliveries_by_integration_state;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} deliveries_by_integration_state ON deliveries (integration_id, state, id);
-- +goose StatementEnd
