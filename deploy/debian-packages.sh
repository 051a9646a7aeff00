#!/bin/sh
# See to it that the named Debian packages are there: installed when we are root, else asked for.
#
# usage: deploy/debian-packages.sh PACKAGE...
set -eu

say() { printf '%s\n' "$*" >&2; }

if ! command -v dpkg-query >/dev/null 2>&1; then
    say "room110: this is not a Debian machine; what these packages hold must be here: $*"
    exit 0
fi

missing=
for package in "$@"; do
    case $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true) in
        installed) ;;
        *) missing="$missing $package" ;;
    esac
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" != 0 ]; then
    say "room110: these Debian packages are missing, and only root may install them:$missing"
    say "         fonts-dejavu-core: the tests cannot check the Vietnamese names in pictures without it"
    say "         chromium: no page can be opened without it, so none is tested"
    say "         prometheus, prometheus-alertmanager: their checkers read deploy/, so no rule is tested"
    say "         coturn: no page is led through the TURN server of deploy/"
    say "         mend, as root:  apt-get update && apt-get install$missing"
    exit 1
fi
say "room110: installing$missing"
apt-get update -q >&2 || say "room110: apt-get update failed; trying with the lists there are"
# A daemon that a package brings is not started now: systemctl and invoke-rc.d are told so.  It would
# be at the next start of this machine; `systemctl disable --now NAME` against that.
# One word per package, so unquoted.
# shellcheck disable=SC2086
SYSTEMD_OFFLINE=1 RUNLEVEL=1 apt-get install -q -y --no-install-recommends $missing >&2
