# shellcheck shell=bash
# Debian packages that scripts/run and scripts/test need, and their installation. Sourced.

packages_run=(postgresql nginx openssl curl age)
# python3-django only for its list of common passwords.
packages_build=(g++ make pkg-config libfcgi-dev rapidjson-dev libssl-dev libpq-dev libboost-program-options-dev
                libcrypt-dev libfido2-dev libcbor-dev libqrencode-dev libsystemd-dev libcurl4-openssl-dev
                libical-dev libidn2-dev libunistring-dev python3-django)
# prometheus for promtool, which checks /metrics; the service is not started.
# shellcheck disable=SC2034 # used by scripts/test
packages_test=(libboost-test-dev shellcheck clang clang-format python3-aiosmtpd prometheus chromium oathtool openssh-client faketime)

# Installing a package starts its service. A policy-rc.d forbids that during the installation, unless the machine has its own.
install_with_services_off=$(cat <<'SH'
set -eu
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    trap 'rm -f "$policy"' EXIT
    trap 'exit 1' HUP INT TERM
    printf '#!/bin/sh\nexit 101\n' > "$policy"
    chmod 755 "$policy"
fi
export DEBIAN_FRONTEND=noninteractive
apt-get -q update
apt-get -q install -y --no-install-recommends "$@"
SH
)

# Sets as_root to the prefix that runs a command as root.
find_as_root() {
    as_root=()
    [[ $EUID -ne 0 ]] || return 0
    command -v sudo >/dev/null || return 1
    as_root=(sudo)
}

# install_packages PACKAGE…: installs those that are missing. Needs no privileges if none is.
install_packages() {
    local package installed missing=()
    command -v dpkg-query >/dev/null ||
        die "this script needs a Debian-like system (dpkg and apt); on another one install the packages of scripts/lib/packages.sh and run make"
    # One call for all, which fails if dpkg has never heard of one. Of several architectures, any will do.
    installed=$(dpkg-query -W -f='|${Package} ${db:Status-Status}|' "$@" 2>/dev/null) || true
    for package in "$@"; do
        [[ $installed == *"|$package installed|"* ]] || missing+=("$package")
    done
    [[ ${#missing[@]} -gt 0 ]] || return 0

    local as_root
    find_as_root || die "packages are missing and there is no sudo; as root: apt-get install ${missing[*]}"
    say "installing: ${missing[*]}"
    "${as_root[@]}" sh -c "$install_with_services_off" install "${missing[@]}" >&2 ||
        die "apt could not install: ${missing[*]}"
}

# install_disabled SERVICE=PACKAGE…: those that are missing, of services that only a test starts: they do not start with the machine.
install_disabled() {
    local pair as_root
    for pair in "$@"; do
        ! command -v "${pair%=*}" >/dev/null || continue
        install_packages "${pair#*=}"
        find_as_root || die "there is no sudo; as root: systemctl disable ${pair%=*}.service"
        ! command -v systemctl >/dev/null || "${as_root[@]}" systemctl --quiet disable "${pair%=*}.service"
    done
}

# npm fetches the pages /docs and /redoc and what the web interface is built from; everything else works without it. Any npm will do, not only Debian's.
install_npm_if_possible() {
    ! command -v npm >/dev/null || return 0
    local as_root
    if ! find_as_root || ! "${as_root[@]}" sh -c "$install_with_services_off" install npm >&2; then
        say "npm could not be installed; only the pages need it"
    fi
}
