-- How far the list of a source's provider has been read, as JSON. A list that was being
-- read is read anew from its beginning.

-- +goose Up
-- +goose StatementBegin
ALTER TABLE source_reconciliations ADD COLUMN place text NOT NULL DEFAULT '{}';
ALTER TABLE source_reconciliations DROP COLUMN next_page;
ALTER TABLE source_reconciliations DROP COLUMN round_total;
-- +goose StatementEnd
