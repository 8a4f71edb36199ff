-- +goose Up
-- +goose StatementBegin
-- Whether no integration was sent a call or lead that is decided. It is null if one was, or if that
-- is not known yet.
ALTER TABLE conversions ADD COLUMN unsent boolean;
UPDATE conversions SET unsent = true WHERE decided_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM deliveries WHERE conversion_id = conversions.id);
-- +goose StatementEnd
