#!/usr/bin/env bash
# What the bill of materials adds to an incremental build: `cargo build` of two programs that differ
# only in `#[actuator(sbom = off)]`, each touched and built in turn; and what `cargo metadata`, which
# is not used, would take. The least and the median of all rounds, in milliseconds.
#
#   scripts/sbom-cost.sh [rounds]
set -euo pipefail
cd "$(dirname "$0")/.."

rounds=${1:-15}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/src/bin"
cat >"$work/Cargo.toml" <<TOML
[package]
name = "shop"
version = "1.0.0"
edition = "2024"

[dependencies]
actuator = { path = "$PWD/actuator" }

[profile.dev]
debug = "line-tables-only"

[workspace]
TOML
cp Cargo.lock "$work/Cargo.lock"
for variant in with without; do
    attribute=
    [ "$variant" = with ] || attribute='#[actuator(sbom = off)]'
    cat >"$work/src/bin/$variant.rs" <<RUST
#[derive(actuator::ActuatorInfo)]
$attribute
struct Shop;

fn main() -> actuator::Result<()> {
    actuator::serve!()
}
RUST
done
cd "$work"
cargo build --quiet --offline

# spent <command>…: how long it took, in milliseconds.
spent() {
    local start end
    start=$(date +%s%N)
    "$@"
    end=$(date +%s%N)
    echo $(((end - start) / 1000000))
}

build() {
    touch "src/bin/$1.rs"
    spent cargo build --quiet --offline --bin "$1"
}

metadata() {
    cargo metadata --offline --format-version 1 >metadata.json 2>/dev/null
}

for ((round = 0; round < rounds; round++)); do
    build with >>with.times
    build without >>without.times
    spent metadata >>metadata.times
done
printf '%s packages in the lock file\n' "$(grep -c '^\[\[package\]\]' Cargo.lock)"
for what in with without metadata; do
    sort -n "$what.times" | awk -v what="$what" \
        '{ t[NR] = $1 } END { printf "%-9s least %5d ms, median %5d ms\n", what, t[1], t[int((NR + 1) / 2)] }'
done
