#!/bin/sh
# Make the virtual environment and put the project into it; nothing to do is done at once.
#
# usage: deploy/install.sh        (from the root of the checkout; PYTHON and VENV may be set)
#
# Left behind by somebody who pressed Ctrl-C, moved the checkout or upgraded Python, an
# environment looks whole and fails late and strangely.  So it is judged each time: its pip must
# run and must live in this very folder, and no earlier installation may have been interrupted.
# What fails is made anew.  What is installed comes from constraints.txt with its hashes only.
set -eu

python=${PYTHON:-python3}
venv=$(pwd -P)/${VENV:-.venv}
stamp=$venv/.installed    # what was installed last: sums of the two files that decide it
interrupted=$venv/.installing

say() { printf '%s\n' "$*" >&2; }

fail() {
    say "room110: $1"
    shift
    for line in "$@"; do say "         $line"; done
    exit 1
}

check_python() {
    command -v "$python" >/dev/null 2>&1 ||
        fail "there is no $python on this machine." \
            "On Debian 12 or later:  apt-get install python3 python3-venv"
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
        fail "$("$python" --version) is too old; Python 3.11 or later is needed." \
            "Name a newer one:  make PYTHON=/usr/bin/python3.11 ..."
    "$python" -c 'import ensurepip, venv' 2>/dev/null && return
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        say "room110: installing python3-venv, which Debian keeps apart from Python"
        apt-get update -q >&2 || say "room110: apt-get update failed; trying with the lists there are"
        apt-get install -q -y --no-install-recommends python3-venv >&2 || true
    fi
    "$python" -c 'import ensurepip, venv' 2>/dev/null ||
        fail "$python cannot make virtual environments: Debian keeps that in a package of its own." \
            "As root:  apt-get update && apt-get install python3-venv"
}

is_whole() {
    [ ! -e "$interrupted" ] || return 1
    case $("$venv/bin/pip" --version 2>/dev/null) in
        *" from $venv/"*) return 0 ;;
    esac
    return 1
}

wanted=$(cksum pyproject.toml constraints.txt)
is_whole || {
    check_python
    [ ! -e "$venv" ] || say "room110: $venv is broken or half made; making it anew"
    rm -rf "$venv"
    "$python" -m venv "$venv"
}
[ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ] || exit 0

: >"$interrupted"
say "room110: installing into $venv"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check \
    --require-hashes -r constraints.txt
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check \
    --no-deps --no-build-isolation --editable .
printf '%s\n' "$wanted" >"$stamp"
rm -f "$interrupted"
