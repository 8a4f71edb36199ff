-- Which visitors and which conversions have a BizibleId: Tasks are found with them by it.

-- +goose Up
-- +goose StatementBegin
CREATE TABLE journey_browsers (
    site_id    {{id}} NOT NULL,
    bizible_id {{id}} NOT NULL,
    ref        {{id}} NOT NULL,
    PRIMARY KEY (site_id, bizible_id, ref)
);
CREATE INDEX journey_browsers_of ON journey_browsers (site_id, ref);

INSERT INTO journey_browsers (site_id, bizible_id, ref)
SELECT site_id, value, 'visitor/' || visitor_id FROM visitor_ids WHERE system = 'bizible';

-- E-mail addresses are compared without regard to case.
DROP INDEX crm_people_by_email;
CREATE INDEX crm_people_by_email_lower ON crm_people (site_id, LOWER(email)) WHERE email <> '';
CREATE INDEX journey_marks_of_days ON journey_marks (site_id, ref) WHERE kind = 'day';
-- +goose StatementEnd
