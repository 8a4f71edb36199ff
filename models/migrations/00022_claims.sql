-- What visitors write in forms is kept apart from what certain calls prove. The stored
-- people came about by both, so all that is known of them becomes a claim of the
-- visitor who has been known longest.

-- +goose Up
-- +goose StatementBegin
ALTER TABLE sites ADD COLUMN link_by_forms boolean NOT NULL DEFAULT true;

CREATE TABLE person_claims (
    site_id    {{id}} NOT NULL,
    key        {{id}} NOT NULL,
    visitor_id {{id}} NOT NULL,
    created_at {{timestamp}} NOT NULL,
    PRIMARY KEY (site_id, key)
);
CREATE INDEX person_claims_by_visitor ON person_claims (site_id, visitor_id);

INSERT INTO person_claims (site_id, key, visitor_id, created_at)
SELECT contact.site_id, contact.key, substr(min(visitor.key), 9), min(contact.created_at)
FROM person_keys contact
JOIN person_keys visitor ON visitor.person_id = contact.person_id AND visitor.site_id = contact.site_id AND visitor.key LIKE 'visitor/%'
WHERE contact.key NOT LIKE 'visitor/%' AND visitor.created_at = (
    SELECT min(oldest.created_at) FROM person_keys oldest
    WHERE oldest.person_id = contact.person_id AND oldest.site_id = contact.site_id AND oldest.key LIKE 'visitor/%'
)
GROUP BY contact.site_id, contact.key;

DELETE FROM person_keys;
-- +goose StatementEnd
