#!/bin/sh
# Makes the namespace that Ringback works in, unless it is there. Closed
# workflows stay visible for a week; Ringback keeps its own record.
set -eu

if ! temporal operator namespace describe --namespace default; then
	temporal operator namespace create --namespace default --retention 168h
fi
