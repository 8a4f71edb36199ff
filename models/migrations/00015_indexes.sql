-- Indexes with which each list, sweep and deletion reads what it returns and little
-- else, however large the tables are.
-- On a database that is in use, an index is built while others write, which cannot be
-- done in a transaction. So each statement is one that can be repeated: the migration
-- may have been interrupted, and an interrupted build leaves an index that is not valid.

-- +goose {{outside}}
-- +goose Up
-- Deleting a decision looks for its deliveries.
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS deliveries_by_decision;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} deliveries_by_decision ON deliveries (decision_id);
-- +goose StatementEnd
-- The lists of deliveries, each by one filter.
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS deliveries_by_integration;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} deliveries_by_integration ON deliveries (integration_id, id);
-- +goose StatementEnd
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS deliveries_by_time;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} deliveries_by_time ON deliveries (site_id, created_at, id);
-- +goose StatementEnd
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS deliveries_resent;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} deliveries_resent ON deliveries (site_id, id) WHERE resent;
-- +goose StatementEnd
-- What requeueing looks for: the open deliveries of a conversion.
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS deliveries_open;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} deliveries_open ON deliveries (conversion_id) WHERE state NOT IN ('delivered', 'failed');
-- +goose StatementEnd
-- What requeueing looks for: open conversions, the oldest first.
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS conversions_open;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} conversions_open ON conversions (state, kind, created_at) WHERE state <> 'done';
-- +goose StatementEnd
-- The lists of conversions, each by one filter.
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS conversions_by_kind;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} conversions_by_kind ON conversions (site_id, kind, id);
-- +goose StatementEnd
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS conversions_by_state;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} conversions_by_state ON conversions (site_id, state, id);
-- +goose StatementEnd
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS conversions_by_external_id;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} conversions_by_external_id ON conversions (site_id, external_id, id);
-- +goose StatementEnd
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS conversions_by_time;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} conversions_by_time ON conversions (site_id, at, id);
-- +goose StatementEnd
-- Old visits stay while a conversion of theirs is not decided.
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS conversions_undecided;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} conversions_undecided ON conversions (session_id) WHERE decided_at IS NULL AND session_id <> '';
-- +goose StatementEnd
-- The lists of assignments. A call looks for those that had not ended long before it.
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS assignments_by_site;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} assignments_by_site ON assignments (site_id, id);
-- +goose StatementEnd
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS assignments_of_number;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} assignments_of_number ON assignments (number_id, id);
-- +goose StatementEnd
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS assignments_by_end;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} assignments_by_end ON assignments (number_id, held_until);
-- +goose StatementEnd
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS assignments_of_nobody;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} assignments_of_nobody ON assignments (site_id, held_until) WHERE session_id = '';
-- +goose StatementEnd
-- The newest and the oldest visits of a person.
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS visits_by_person_and_time;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} visits_by_person_and_time ON visits (site_id, person, at) WHERE person <> '';
-- +goose StatementEnd
-- Signals that are due at the same time are claimed in their order.
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS outbox_due_in_order;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} outbox_due_in_order ON outbox (next_try_at, seq);
-- +goose StatementEnd
-- The audit trail of a site.
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS audit_entries_by_site;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} audit_entries_by_site ON audit_entries (account_id, site_id, id);
-- +goose StatementEnd
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS audit_entries_by_kind;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} audit_entries_by_kind ON audit_entries (account_id, entity, id);
-- +goose StatementEnd
-- Others have taken their place.
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS conversions_not_done;
-- +goose StatementEnd
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS assignments_by_number;
-- +goose StatementEnd
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS visits_by_person;
-- +goose StatementEnd
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS outbox_due;
-- +goose StatementEnd
