# Shared by the scripts of this folder; sourced, never run.

# Where scripts/setup puts a Node.js of its own, if the system's will not do; and where rustup puts cargo.
PATH=$PWD/scripts/node/node_modules/.bin:$PATH
command -v cargo >/dev/null || PATH=$PATH:$HOME/.cargo/bin
export PATH

say() { printf '\033[1m==>\033[0m %s\n' "$*"; }

die() {
    printf '%s\n' "$@" >&2
    exit 1
}

# is_at_least FOUND WANTED: compares dotted versions.
is_at_least() { [[ $(printf '%s\n%s\n' "$2" "$1" | sort -V | head -1) == "$2" ]]; }
