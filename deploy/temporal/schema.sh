#!/bin/sh
# Brings the schemas of Temporal's two databases up to date. Runs in
# temporalio/admin-tools before every start of the server, and may run again.
set -eu

schema() { # database, folder
	sql="temporal-sql-tool --plugin postgres12 --ep postgres --port 5432 --user temporal --db $1"
	$sql setup-schema --version 0.0
	$sql update-schema --schema-dir "/etc/temporal/schema/postgresql/v12/$2/versioned"
}

schema temporal temporal
schema temporal_visibility visibility
