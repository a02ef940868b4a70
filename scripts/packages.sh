#!/usr/bin/env bash
# Install the distribution packages that are missing (Debian/Ubuntu); says what it does, touches nothing that is there.
set -euo pipefail

case "${1:-run}" in
  run)     wanted=(python3-venv postgresql-15 postgresql-15-postgis-3 fonts-noto-cjk) ;;
  test)    wanted=(chromium gdal-bin poppler-utils) ;;
  clients) wanted=(python3-qgis libreoffice-calc-nogui libreoffice-writer-nogui) ;;
  *) echo "usage: $0 run|test|clients" >&2; exit 2 ;;
esac

missing=()
for package in "${wanted[@]}"; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

command -v apt-get >/dev/null || {
  echo "This system has no apt-get; install by hand: ${missing[*]}" >&2; exit 1; }
as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || { echo "Run as root, or install sudo, to add: ${missing[*]}" >&2; exit 1; }
  as_root=(sudo)
fi

echo "--- distribution packages: ${missing[*]}"
# The program makes its own private cluster; no server of the distribution shall appear on port 5432.
if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
  "${as_root[@]}" mkdir -p /etc/postgresql-common
  echo 'create_main_cluster = false' | "${as_root[@]}" tee /etc/postgresql-common/createcluster.conf >/dev/null
fi
log=$(mktemp)
install() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}"; }
if ! { "${as_root[@]}" apt-get update && install; } >"$log" 2>&1; then
  cat "$log" >&2
  echo "apt-get could not install: ${missing[*]}" >&2
  exit 1
fi
rm -f "$log"
