//! Names of Prometheus families: from a meter's name, kind and base unit.
//!
//! As Micrometer's `PrometheusNamingConvention` makes them with the Prometheus client 1.x: dots
//! and other characters become `_`, the base unit is appended, and what the formats append
//! themselves (`_total`, `_info`, …) is taken away.

use std::borrow::Cow;

/// What the formats append to names; a name that ends so would carry it twice.
const RESERVED_SUFFIXES: [&str; 4] = ["_total", "_created", "_bucket", "_info"];

/// The unit of everything that is timed.
const SECONDS: &str = "seconds";

/// What the name of a family depends on, besides the name of its meter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Suffix<'u> {
    /// The base unit, if there is one.
    Unit(Option<&'u str>),
    /// Timers count seconds, whatever their base unit says.
    Seconds,
}

/// The name of the family, without `_total`, `_info` or `_max`.
pub(super) fn family_name(name: &str, suffix: Suffix<'_>) -> String {
    let mut family = sanitized(name).into_owned();
    let unit = match suffix {
        Suffix::Seconds => Some(SECONDS),
        Suffix::Unit(unit) => unit.filter(|unit| !unit.is_empty()),
    };
    if let Some(unit) = unit
        && !family.strip_suffix(unit).is_some_and(|before| before.ends_with('_'))
    {
        family.push('_');
        family.push_str(unit);
    }
    let family = match sanitized(&family) {
        Cow::Borrowed(_) => family,
        Cow::Owned(family) => family,
    };
    without_reserved_suffixes(&family).to_owned()
}

/// Only `[a-zA-Z0-9_:]`, and no digit at the beginning.
fn sanitized(name: &str) -> Cow<'_, str> {
    let is_valid = |index: usize, c: char| {
        c.is_ascii_alphabetic() || c == '_' || c == ':' || (c.is_ascii_digit() && index > 0)
    };
    if name.is_empty() {
        // A name has to be something.
        return Cow::Borrowed("_");
    }
    if name.char_indices().all(|(index, c)| is_valid(index, c)) {
        return Cow::Borrowed(name);
    }
    let valid = name.char_indices().map(|(index, c)| if is_valid(index, c) { c } else { '_' });
    Cow::Owned(valid.collect())
}

fn without_reserved_suffixes(name: &str) -> &str {
    let mut name = name;
    loop {
        let Some(suffix) = RESERVED_SUFFIXES.iter().find(|suffix| name.ends_with(**suffix)) else {
            return name;
        };
        if name.len() == suffix.len() {
            return name.trim_start_matches('_');
        }
        name = name.strip_suffix(suffix).unwrap_or(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_recordings() {
        for (name, unit, family) in [
            ("application.ready.time", Some("seconds"), "application_ready_time_seconds"),
            ("disk.free", Some("bytes"), "disk_free_bytes"),
            ("process.files.max", Some("files"), "process_files_max_files"),
            ("process.cpu.time", Some("ns"), "process_cpu_time_ns"),
            ("logback.events", Some("events"), "logback_events"),
            ("cache.eviction.weight", None, "cache_eviction_weight"),
            ("system.load.average.1m", None, "system_load_average_1m"),
            ("jvm.info", None, "jvm"),
            ("hikaricp.connections", None, "hikaricp_connections"),
        ] {
            assert_eq!(family_name(name, Suffix::Unit(unit)), family);
        }
        for (name, family) in [
            ("http.server.requests", "http_server_requests_seconds"),
            ("executor.idle", "executor_idle_seconds"),
            ("wait.seconds", "wait_seconds"),
        ] {
            assert_eq!(family_name(name, Suffix::Seconds), family);
        }
    }

    #[test]
    fn what_the_formats_append_is_taken_away() {
        for (name, family) in [
            ("orders.total", "orders"),
            ("orders_total_total", "orders"),
            ("orders.bucket.created", "orders"),
            ("_total", "total"),
            ("total", "total"),
            ("a_total_info", "a"),
        ] {
            assert_eq!(family_name(name, Suffix::Unit(None)), family, "{name}");
        }
        // The unit is looked at before.
        assert_eq!(family_name("orders.total", Suffix::Unit(Some("bytes"))), "orders_total_bytes");
    }

    #[test]
    fn trap_seed_15_no_name_can_break_a_line() {
        for (name, family) in [
            ("", "_"),
            ("1st.answer", "_st_answer"),
            ("a b\n# HELP c{d=\"e\"} 1", "a_b___HELP_c_d__e___1"),
            ("größe", "gr__e"),
            ("nul\0", "nul_"),
            ("rule:name", "rule:name"),
        ] {
            assert_eq!(family_name(name, Suffix::Unit(None)), family, "{name}");
        }
        assert_eq!(family_name("rate", Suffix::Unit(Some("req/s\n"))), "rate_req_s_");
        assert_eq!(family_name("size", Suffix::Unit(Some(""))), "size");
    }
}
