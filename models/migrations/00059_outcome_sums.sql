-- The sums of calls by what became of them, by day and month: they are sums of the
-- dimension "outcome", which earlier versions do not make.

-- +goose Up
-- +goose StatementBegin
INSERT INTO revenue_days (site_id, generation, dimension, day, figure, key, currency, units, first_touch, lead_creation, u_shaped, w_shaped, full_path, custom)
SELECT site_id, generation, 'outcome', day, 'calls', outcome, '', COUNT(*), 0, 0, 0, 0, 0, 0
FROM journey_calls WHERE day <> '' GROUP BY site_id, generation, day, outcome;

INSERT INTO revenue_months (site_id, generation, dimension, day, figure, key, currency, units, first_touch, lead_creation, u_shaped, w_shaped, full_path, custom)
SELECT site_id, generation, dimension, SUBSTR(day, 1, 8) || '01', figure, key, currency, SUM(units), 0, 0, 0, 0, 0, 0
FROM revenue_days WHERE dimension = 'outcome' GROUP BY site_id, generation, dimension, SUBSTR(day, 1, 8), figure, key, currency;

-- Days that are not over in some time zone are added up again when they are: those from
-- yesterday on, and so that the time zone of the session does not matter one more.
INSERT INTO revenue_stale (site_id, generation, grain, day, created_at)
SELECT site_id, generation, 'day', day, created_at FROM (
    SELECT calls.site_id, calls.generation, day, created_at, CAST(CURRENT_DATE AS text) AS today,
        ROW_NUMBER() OVER (PARTITION BY calls.site_id, calls.generation, day >= CAST(CURRENT_DATE AS text) ORDER BY day DESC) AS place
    FROM (SELECT DISTINCT site_id, generation, day FROM journey_calls WHERE day <> '') AS calls
    JOIN journey_rules ON journey_rules.site_id = calls.site_id AND journey_rules.generation = calls.generation
) AS days WHERE day >= today OR place <= 2;
-- +goose StatementEnd
