#!/bin/sh
# Makes .venv with exactly the packages of uv.lock. Run it as often as you like: when all is in place it does nothing.
#
#   scripts/install.sh [--help]
#
# PYTHON=/path/to/python3.10 says which Python to use; otherwise one is looked for. uv is taken from the PATH if it is
# the version wanted, else it is put in .uv. Nothing is changed outside this folder, but for the package cache of uv.

set -eu
cd "$(dirname "$0")/.."

UV_VERSION=0.13.8
# TensorFlow, which comes with Rasa, is most of it.
NEEDED_MB=5000

say() { printf '%s\n' "$*" >&2; }
trouble() {
    say ""
    say "✗ $*"
    exit 1
}

case "${1-}" in
    -h | --help)
        sed -n '2,/^$/s/^# \{0,1\}//p' "scripts/install.sh"
        exit 0
        ;;
esac

# Each Python is tried by running it: pyenv's shims are there even when they lead nowhere.
is_python_310() {
    "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info[:2] != (3, 10))' >/dev/null 2>&1
}

find_python() {
    if [ -n "${PYTHON-}" ]; then
        is_python_310 "$PYTHON" || trouble "PYTHON is “$PYTHON”, which is not a working Python 3.10. Set it to one, or unset it."
        printf '%s\n' "$PYTHON"
        return
    fi
    for candidate in python3.10 "${PYENV_ROOT-$HOME/.pyenv}"/versions/3.10.*/bin/python3.10 python3 python \
        /usr/bin/python3.10 /usr/local/bin/python3.10 /opt/homebrew/bin/python3.10; do
        if is_python_310 "$candidate"; then
            # The program itself, not a shim that depends on the folder it is called from.
            "$candidate" -c 'import sys; print(sys.executable)'
            return
        fi
    done
}

# What is installed, in one line: it changes with the lock file, with pyproject.toml and with the Python.
wanted() {
    printf '%s %s\n' "$(cat uv.lock pyproject.toml | cksum)" "$(.venv/bin/python -c 'import sys; print(sys.version, sys.prefix)')"
}

is_uv() {
    case "$("$1" --version 2>/dev/null)" in
        "uv $UV_VERSION" | "uv $UV_VERSION "*) return 0 ;;
    esac
    return 1
}

find_uv() {
    if is_uv uv; then
        printf 'uv\n'
        return
    fi
    if ! is_uv .uv/bin/uv; then
        helper=${1:-}
        if [ -z "$helper" ]; then
            for candidate in python3 python; do
                if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 8))' >/dev/null 2>&1; then
                    helper=$candidate
                    break
                fi
            done
        fi
        [ -n "$helper" ] || trouble "No Python was found. Install Python 3.10 (for instance: pyenv install 3.10), then run this again."
        say "Getting uv $UV_VERSION, the installer …"
        rm -rf .uv
        "$helper" -m venv .uv >&2 || trouble "$helper cannot make a virtual environment here. Look at the lines above; is the disk full, or python3-venv missing?"
        printf '*\n' >.uv/.gitignore
        .uv/bin/python -m pip install --quiet --disable-pip-version-check "uv==$UV_VERSION" >&2 </dev/null \
            || trouble "uv could not be downloaded. Is there a network, and is PyPI reachable? Nothing is lost: run the same command again."
    fi
    printf '.uv/bin/uv\n'
}

# Only its owner may read the conversations that Rasa keeps here.
mkdir -p var
chmod 700 var

# The common case, quickly: everything is as it was left.
if [ -f .venv/installed ] && [ "$(wanted 2>/dev/null)" = "$(cat .venv/installed)" ]; then
    exit 0
fi

free_mb=$(df -Pm . | awk 'NR == 2 {print $4}')
if [ ! -f .venv/installed ] && [ "$free_mb" -lt "$NEEDED_MB" ]; then
    trouble "The disk is too full: $free_mb MB are free here, and installing needs $NEEDED_MB MB. Free some space, then run this again."
fi

# The environments of others: uv would install into them.
unset VIRTUAL_ENV UV_PROJECT_ENVIRONMENT PYTHONPATH PYTHONHOME
UV_SYSTEM_CERTS=${UV_SYSTEM_CERTS-1}
export UV_SYSTEM_CERTS

python=$(find_python)
uv=$(find_uv "$python")
if [ -z "$python" ]; then
    say "No Python 3.10 was found; uv fetches one of its own …"
    { "$uv" python install 3.10 </dev/null >&2 && python=$("$uv" python find --no-project --managed-python 3.10); } || trouble \
        "There is no Python 3.10, and none could be downloaded. Install it (pyenv install 3.10, or python3.10 and python3.10-venv from your system), or point to it: PYTHON=/path/to/python3.10 make run"
fi

rm -f .venv/installed
if [ -e var/installing ]; then
    # Some package may be there by half, which uv does not see.
    say "The last installation was cut short; .venv is made anew."
    rm -rf .venv
elif [ -e .venv ] && ! is_python_310 .venv/bin/python; then
    say "The .venv here does not work; it is made anew."
    rm -rf .venv
fi
: >var/installing

say "Installing the locked packages into .venv (the first time about 1 GB is downloaded: some minutes) …"
if ! "$uv" sync --locked --python "$python" </dev/null >&2; then
    if [ "$(df -Pm . | awk 'NR == 2 {print $4}')" -lt 200 ]; then
        trouble "The disk is full. Free some space (5 GB), then run the same command again; what was downloaded is kept."
    fi
    trouble "Installing did not succeed; uv says above why. Without a network, or with PyPI out of reach: connect, then run the same command again; what was downloaded is kept. If it is something else: rm -rf .venv, then again."
fi
wanted >.venv/installed.new
mv .venv/installed.new .venv/installed
rm -f var/installing
say "✓ Installed with $(.venv/bin/python --version), $("$uv" --version)."
