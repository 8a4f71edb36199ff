-- On which day in the site's time zone each call began, so that reports count what became
-- of calls by day.

-- +goose Up
-- +goose StatementBegin
ALTER TABLE journey_calls ADD COLUMN day {{id}} NOT NULL DEFAULT '';
CREATE INDEX journey_calls_by_day ON journey_calls (site_id, generation, day, outcome);

-- Tasks that an earlier version read may have a BizibleId in its written form, with hyphens
-- or capital letters, under which no visit is looked up.
UPDATE crm_tasks SET bizible_id = LOWER(REPLACE(bizible_id, '-', ''))
WHERE bizible_id <> LOWER(REPLACE(bizible_id, '-', ''))
    AND LENGTH(REPLACE(bizible_id, '-', '')) = 32 AND LTRIM(LOWER(REPLACE(bizible_id, '-', '')), '0123456789abcdef') = '';

-- What was computed before this version is computed again, with what is new in it.
INSERT INTO journey_marks (site_id, kind, ref, created_at)
SELECT site_id, 'site', '', created_at FROM journey_rules WHERE state = 'serving';
-- +goose StatementEnd
