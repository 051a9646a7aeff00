#!/bin/sh
# See to it that Janus and iproute2 are there, and that Debian's Janus never runs by itself.
#
# The package starts a service with a default configuration that listens on every address without a
# secret.  Where the package is new its unit is masked first (systemctl(1)); where it is installed
# already it is somebody else's and stays as it is.
#
# usage: bench/janus/prepare.sh
set -eu

unit=/etc/systemd/system/janus.service

status=$(dpkg-query -W -f '${db:Status-Status}' janus 2>/dev/null || true)
if [ "$status" != installed ] && [ "$(id -u)" = 0 ] && [ ! -e "$unit" ]; then
    ln -s /dev/null "$unit"
fi
exec "$(dirname "$0")/../../deploy/debian-packages.sh" janus iproute2
