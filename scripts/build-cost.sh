#!/usr/bin/env bash
# What the library adds to a build: number of crates and seconds of `cargo build` from nothing, of
# examples/quickstart and of a plain application with axum, reqwest and tracing-subscriber, as most
# services have them anyway. Everything is fetched first; the builds are offline.
#
#   scripts/build-cost.sh [debug|release]…
set -euo pipefail
cd "$(dirname "$0")/.."

root=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
profiles=("$@")
[ ${#profiles[@]} -gt 0 ] || profiles=(debug release)

# The plain application, with the versions of the workspace's lock file.
mkdir -p "$work/plain/src"
cat >"$work/plain/Cargo.toml" <<'TOML'
[package]
name = "plain"
version = "1.0.0"
edition = "2024"

[dependencies]
axum = "0.8"
reqwest = "0.13"
serde = { version = "1", features = ["derive"] }
tokio = { version = "1", features = ["rt-multi-thread", "macros", "net", "signal"] }
tracing = "0.1"
tracing-subscriber = "0.3"

[profile.dev]
debug = "line-tables-only"

[profile.release]
debug = "line-tables-only"

[workspace]
TOML
cat >"$work/plain/src/main.rs" <<'RUST'
use axum::{Router, routing::get};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    tracing_subscriber::fmt::init();
    let router = Router::new().route("/", get(|| async {
        reqwest::get("http://localhost:9090").await.map(|answer| answer.status().to_string()).unwrap_or_default()
    }));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    tracing::info!(address = %listener.local_addr()?, "listening");
    Ok(axum::serve(listener, router).await?)
}
RUST
cp Cargo.lock "$work/plain/Cargo.lock"
(cd "$work/plain" && cargo fetch --quiet)
cargo fetch --quiet --locked

# crates <directory> <package>: how many packages are compiled for it.
crates() {
    (cd "$1" && cargo tree --offline --package "$2" --edges normal,build --prefix none --no-dedupe) |
        sed 's/ (\*)$//' | awk '{ print $1, $2 }' | sort -u | wc -l
}

# seconds <directory> <package> <profile>: a build from nothing.
seconds() {
    local target="$work/target" flags=() begin end
    [ "$3" = release ] && flags=(--release)
    rm -rf "$target"
    begin=$(date +%s.%N)
    (cd "$1" && CARGO_TARGET_DIR="$target" cargo build --quiet --offline --package "$2" "${flags[@]}")
    end=$(date +%s.%N)
    awk -v b="$begin" -v e="$end" 'BEGIN { printf "%.1f", e - b }'
}

ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", b / a }'; }
row() { printf '%-28s %14s %14s %7s\n' "$@"; }

row "" plain quickstart ratio
plain=$(crates "$work/plain" plain)
ours=$(crates "$root" quickstart)
row crates "$plain" "$ours" "$(ratio "$plain" "$ours")"
for profile in "${profiles[@]}"; do
    plain=$(seconds "$work/plain" plain "$profile")
    ours=$(seconds "$root" quickstart "$profile")
    row "seconds, $profile" "$plain" "$ours" "$(ratio "$plain" "$ours")"
done
