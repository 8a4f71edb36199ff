-- When the visits of a visitor took place, so that the newest and the oldest of very many are found
-- however late they were reported. A version without the column may run beside this one: what it
-- reports has the time of the report. See 00015 for how statements run on a database that is in use.

-- +goose {{outside}}
-- +goose Up
-- +goose StatementBegin
{{postgres}}DO $$ BEGIN SET LOCAL lock_timeout = '2s'; ALTER TABLE visit_visitors ADD COLUMN IF NOT EXISTS at {{timestamp}}; END $$;
{{sqlite}}ALTER TABLE visit_visitors ADD COLUMN at {{timestamp}};
-- +goose StatementEnd
-- +goose StatementBegin
{{postgres}}DO $$ BEGIN SET LOCAL lock_timeout = '2s'; ALTER TABLE visit_visitors ALTER COLUMN at SET DEFAULT now(); END $$;
{{sqlite}}UPDATE visit_visitors SET at = (SELECT at FROM visits WHERE id = visit_id);
-- +goose StatementEnd
-- The rows of before are changed in pieces. None is locked for long, and each is found by an index.
-- +goose StatementBegin
{{postgres}}DO $$
{{postgres}}DECLARE
{{postgres}}    after text COLLATE "C" := '';
{{postgres}}    last text COLLATE "C";
{{postgres}}BEGIN
{{postgres}}    LOOP
{{postgres}}        PERFORM set_config('plan_cache_mode', 'force_custom_plan', true), set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true);
{{postgres}}        SELECT max(visit_id) INTO last FROM (SELECT visit_id FROM visit_visitors WHERE visit_id > after ORDER BY visit_id LIMIT 200) AS piece;
{{postgres}}        EXIT WHEN last IS NULL;
{{postgres}}        UPDATE visit_visitors SET at = visits.at FROM visits WHERE visit_id > after AND visit_id <= last AND id = visit_id AND visit_visitors.at IS NULL;
{{postgres}}        COMMIT;
{{postgres}}        after := last;
{{postgres}}    END LOOP;
{{postgres}}END $$;
-- +goose StatementEnd
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS visit_visitors_by_time;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} visit_visitors_by_time ON visit_visitors (site_id, visitor_id, system, at, visit_id);
-- +goose StatementEnd
-- It takes the place of this one.
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS visit_visitors_in_order;
-- +goose StatementEnd
