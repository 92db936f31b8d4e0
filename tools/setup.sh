#!/usr/bin/env bash
# tools/setup.sh GROUP... : makes this machine ready for what ./dev is about to do.
# A group is a line of tools/packages.txt, or "venv" for the Python environment in build/venv.
# tools/setup.sh --python : prints the Python that runs the tools.
# What is there already is left alone, and nothing is downloaded then.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf '%s\n' "$*" >&2; }
die() {
    say "Error: $1"
    shift
    for line in "$@"; do say "  $line"; done
    exit 1
}

packages_of() {
    sed -n "s/^$1://p" tools/packages.txt
}

# "a|b" stands for either; a is installed when both are missing.
missing_packages() {
    local known package
    # dpkg-query fails when one of the names is unknown to it; what it prints is right all the same.
    # shellcheck disable=SC2086
    known=$(dpkg-query -W -f='${db:Status-Abbrev} ${Package}\n' ${*//|/ } 2>/dev/null || true)
    for package in "$@"; do
        grep -Eq "^.i  *($package)\$" <<<"$known" || printf '%s ' "${package%%|*}"
    done
}

# Units that a package brings; those of users have their own folder.
services_of() {
    dpkg -L "$@" 2>/dev/null | sed -n 's#^.*/lib/systemd/system/\([^/]*\.\(service\|socket\)\)$#\1#p'
}

# Servers are installed for their programs, which tests and demo start themselves: what apt-get
# installs is neither started now nor at the next boot.
POLICY=${CLEAT_DEV_POLICY:-/usr/sbin/policy-rc.d} # the tests of this file have their own
deny_services() {
    [ ! -e "$POLICY" ] || return 0
    printf '#!/bin/sh\nexit 101\n' | "$@" tee "$POLICY" >/dev/null && "$@" chmod 755 "$POLICY"
    # shellcheck disable=SC2064
    trap "$* rm -f $POLICY" EXIT
}
# disable_services "PACKAGES" [sudo]
disable_services() {
    local units packages=$1
    shift
    command -v systemctl >/dev/null || return 0
    # shellcheck disable=SC2086
    units=$(services_of $packages)
    # shellcheck disable=SC2086
    [ -z "$units" ] || "$@" systemctl disable --quiet $units >/dev/null 2>&1 || true
}

install_packages() {
    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null ||
            die "these Debian packages are missing, and there is neither root nor sudo to install them:" \
                "$*" "Ask somebody who may to run: apt-get install --no-install-recommends $*"
        as_root=(sudo)
        [ -t 0 ] || as_root=(sudo -n)
    fi
    say "Installing Debian packages: $*"
    mkdir -p build/logs
    deny_services "${as_root[@]}"
    {
        "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q update &&
            "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y \
                -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 \
                install --no-install-recommends "$@"
    } </dev/null >build/logs/apt.log 2>&1 ||
        die "the packages could not be installed; the end of build/logs/apt.log says:" \
            "$(tail -n 5 build/logs/apt.log)"
    disable_services "$*" "${as_root[@]}"
}

need_packages() {
    local wanted=() missing group
    for group in "$@"; do
        # Words of a list that this repository wrote.
        # shellcheck disable=SC2207
        wanted+=($(packages_of "$group"))
    done
    [ "${#wanted[@]}" -gt 0 ] && [ -z "${CLEAT_DEV_NO_INSTALL:-}" ] || return 0
    command -v dpkg-query >/dev/null ||
        die "this is not a Debian system, so its packages cannot be installed." \
            "Install the counterparts of: ${wanted[*]}" "then set CLEAT_DEV_NO_INSTALL=1 and try again."
    missing=$(missing_packages "${wanted[@]}")
    # shellcheck disable=SC2086
    [ -z "$missing" ] || install_packages $missing
}

# Debian's python3 first: a version manager's shim changes with the folder and the day.
choose_python() {
    local candidate
    for candidate in /usr/bin/python3 python3 python3.13 python3.12 python3.11 python3.10; do
        if command -v "$candidate" >/dev/null && "$candidate" -c \
            'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 10))' 2>/dev/null; then
            command -v "$candidate"
            return 0
        fi
    done
    return 1
}

need_venv() {
    local python want
    # An environment does not survive being moved, hence the folder in the stamp.
    want=$(cat tools/requirements.txt <(pwd -P) | sha256sum)
    [ "$(cat build/venv/.stamp 2>/dev/null)" = "$want" ] && [ -x build/venv/bin/python ] && return 0
    python=$(choose_python) || die "no Python of at least 3.10 that can make virtual environments." \
        "Install Debian's: apt-get install python3 python3-venv"
    say "Making the Python environment build/venv with $python (moto, boto3, aws CLI, pytest; pinned)"
    mkdir -p build/logs
    rm -rf build/venv
    {
        "$python" -m venv build/venv &&
            build/venv/bin/python -m pip install --disable-pip-version-check -r tools/requirements.txt
    } </dev/null >build/logs/pip.log 2>&1 ||
        die "the Python environment could not be made; the end of build/logs/pip.log says:" \
            "$(tail -n 5 build/logs/pip.log)"
    printf '%s\n' "$want" >build/venv/.stamp
}

if [ "${1:-}" = --python ]; then
    choose_python || die "no Python of at least 3.10 was found." "Install Debian's: apt-get install python3"
    exit
fi

groups=()
venv=
for group in "$@"; do
    if [ "$group" = venv ]; then
        venv=yes
        groups+=(python)
    else
        groups+=("$group")
    fi
done

mkdir -p build
exec 9>build/.setup.lock
flock 9 # two runs at once would install into the same place
need_packages "${groups[@]}"
[ -z "$venv" ] || need_venv
