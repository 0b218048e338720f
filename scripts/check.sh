#!/bin/sh
# Checks everything that must hold, says which checks failed, and exits 1 if any did.
#
#   scripts/check.sh [lint | validate | --help]
#
# Without an argument: style, types, training data, training if need be, tests. A slip of style does not keep the
# tests from running, so one run tells all.

set -u
cd "$(dirname "$0")/.."
failed=""
export RASA_TELEMETRY_ENABLED=false TF_CPP_MIN_LOG_LEVEL=3 CUDA_VISIBLE_DEVICES= SQLALCHEMY_SILENCE_UBER_WARNING=1

check() {
    name=$1
    shift
    printf -- '— %s\n' "$name"
    "$@" </dev/null || failed="$failed, $name"
}

lint() {
    check "ruff check" .venv/bin/ruff check .
    check "ruff format" .venv/bin/ruff format --check .
    check "mypy" .venv/bin/mypy
}

validate() {
    check "rasa data validate" .venv/bin/python -W ignore -m scripts.validate
}

case "${1-}" in
    -h | --help) sed -n '2,/^$/s/^# \{0,1\}//p' "scripts/check.sh" && exit 0 ;;
    lint) lint ;;
    validate) validate ;;
    "")
        lint
        validate
        check "training" .venv/bin/python -m scripts.train
        check "pytest" .venv/bin/python -m pytest
        ;;
    *) echo "scripts/check.sh knows lint and validate, not “$1”." >&2 && exit 2 ;;
esac

if [ -n "$failed" ]; then
    printf '✗ Failed: %s\n' "${failed#, }" >&2
    exit 1
fi
