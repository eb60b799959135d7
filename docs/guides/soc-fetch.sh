#!/bin/sh
# soc-fetch PATH FILE [HEAD-LINES]
#
# Fetches a list, all its pages, and puts it in the place of FILE when it is complete: whatever fails leaves FILE as it is.
# HEAD-LINES is how many lines begin every page: 1 for splunk, 3 for rpz, none for most.
# INTEL_URL is the server. INTEL_CURL is a file that only you may read, with one line:
#   header = "Authorization: Bearer sk_live_..."
set -eu
path=$1 file=$2 head=${3:-0}
new=$(mktemp "$file.XXXXXX")
trap 'rm -f "$new" "$new.head" "$new.page"' EXIT
while [ -n "$path" ]; do
  curl --config "$INTEL_CURL" --fail --silent --show-error --retry 3 --max-time 600 \
    --dump-header "$new.head" --output "$new.page" "$INTEL_URL$path"
  if [ -s "$new" ]; then tail -n "+$((head + 1))" "$new.page"; else cat "$new.page"; fi >>"$new"
  path=$(tr -d '\r' <"$new.head" | sed -n 's/^[Ll]ink: <\([^>]*\)>; rel="next".*/\1/p' | tail -n 1)
done
chmod 644 "$new"
mv "$new" "$file"
