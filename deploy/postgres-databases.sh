#!/bin/sh
# Runs once, when the volume of PostgreSQL is new: Ringback's database and Temporal's two.
# Each program has a user of its own, which owns its databases, cannot reach the other's,
# and is no superuser.
set -eu

psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres --no-psqlrc --quiet \
	--set ringback="$POSTGRES_RINGBACK_PASSWORD" --set temporal="$POSTGRES_TEMPORAL_PASSWORD" <<'SQL'
CREATE ROLE ringback LOGIN PASSWORD :'ringback';
CREATE ROLE temporal LOGIN PASSWORD :'temporal';
CREATE DATABASE ringback OWNER ringback;
CREATE DATABASE temporal OWNER temporal;
CREATE DATABASE temporal_visibility OWNER temporal;
REVOKE CONNECT ON DATABASE postgres, ringback, temporal, temporal_visibility FROM PUBLIC;
SQL
