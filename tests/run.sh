#!/usr/bin/env bash
# Installs what is missing, builds, and runs the tests: all, or those whose name has one of the words:
#   tests/run.sh [WORD…]
# or, with --interop alone, has the real programs read what Gradus writes (tests/interop.sh).
# Tests that need MovieLens 100K read it from $GRADUS_DATA/ml-100k or from the cache folder.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
if [ "${1:-}" = --interop ]; then
  [ $# = 1 ] || { echo "tests/run.sh: --interop stands alone" >&2; exit 2; }
  exec tests/interop.sh
fi
cmake/build.sh
exec build/release/bin/gradus_tests "$@"
