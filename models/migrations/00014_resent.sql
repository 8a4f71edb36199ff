-- Whether a later delivery of the same conversion and integration has followed: lists
-- and resends ask for it, and searching for the later delivery takes too long.

-- +goose Up
-- +goose StatementBegin
ALTER TABLE deliveries ADD COLUMN resent boolean NOT NULL DEFAULT false;

UPDATE deliveries SET resent = true WHERE id IN (
    SELECT earlier.id FROM deliveries later
    JOIN deliveries earlier ON earlier.conversion_id = later.conversion_id
        AND earlier.integration_id = later.integration_id AND earlier.n < later.n
    WHERE later.n > 0
);
-- +goose StatementEnd
