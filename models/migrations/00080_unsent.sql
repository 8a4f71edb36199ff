-- Whether it may be that no integration was sent a call or lead. It is null if one was and nothing
-- is left to do. A version without the column may run beside this one, so new rows have it set.
-- See 00015 for how statements run on a database that is in use.

-- +goose {{outside}}
-- +goose Up
-- +goose StatementBegin
{{postgres}}DO $$ BEGIN SET LOCAL lock_timeout = '2s'; ALTER TABLE conversions ADD COLUMN IF NOT EXISTS unsent boolean; END $$;
{{sqlite}}ALTER TABLE conversions ADD COLUMN unsent boolean DEFAULT true;
-- +goose StatementEnd
-- +goose StatementBegin
{{postgres}}DO $$ BEGIN SET LOCAL lock_timeout = '2s'; ALTER TABLE conversions ALTER COLUMN unsent SET DEFAULT true; END $$;
{{sqlite}}UPDATE conversions SET unsent = NULL WHERE state = 'done' AND EXISTS (SELECT 1 FROM deliveries WHERE conversion_id = conversions.id);
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
{{postgres}}        SELECT max(id) INTO last FROM (SELECT id FROM conversions WHERE id > after ORDER BY id LIMIT 200) AS piece;
{{postgres}}        EXIT WHEN last IS NULL;
{{postgres}}        UPDATE conversions SET unsent = true WHERE id > after AND id <= last AND unsent IS NULL
{{postgres}}            AND (state <> 'done' OR NOT EXISTS (SELECT 1 FROM deliveries WHERE conversion_id = conversions.id));
{{postgres}}        COMMIT;
{{postgres}}        after := last;
{{postgres}}    END LOOP;
{{postgres}}END $$;
-- +goose StatementEnd
