//! Which of cargo's features this build has.

/// Name, and whether it is on.
pub(super) const FEATURES: &[(&str, bool)] = &[
    ("bb8", cfg!(feature = "bb8")),
    ("compression", cfg!(feature = "compression")),
    ("cron", cfg!(feature = "cron")),
    ("deadpool", cfg!(feature = "deadpool")),
    ("debug", cfg!(feature = "debug")),
    ("heap-profile", cfg!(feature = "heap-profile")),
    ("http2", cfg!(feature = "http2")),
    ("jwt", cfg!(feature = "jwt")),
    ("metrics", cfg!(feature = "metrics")),
    ("moka", cfg!(feature = "moka")),
    ("otlp", cfg!(feature = "otlp")),
    ("passwords", cfg!(feature = "passwords")),
    ("quick-cache", cfg!(feature = "quick-cache")),
    ("redis", cfg!(feature = "redis")),
    ("reqwest", cfg!(feature = "reqwest")),
    ("sentry", cfg!(feature = "sentry")),
    ("sqlx-mysql", cfg!(feature = "sqlx-mysql")),
    ("sqlx-postgres", cfg!(feature = "sqlx-postgres")),
    ("sqlx-sqlite", cfg!(feature = "sqlx-sqlite")),
    ("stacks", cfg!(feature = "stacks")),
    ("tls", cfg!(feature = "tls")),
    ("tower-sessions", cfg!(feature = "tower-sessions")),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_feature_of_the_manifest_is_listed() {
        let manifest = include_str!("../../Cargo.toml");
        let features = manifest.split("[features]").nth(1).unwrap().split("\n[").next().unwrap();
        let names = features.lines().filter_map(|line| line.split_once(" = "));
        let mut names: Vec<&str> =
            names.map(|(name, _)| name).filter(|name| !name.starts_with(['#', ' '])).collect();
        names.retain(|name| *name != "default");
        names.sort_unstable();
        let listed: Vec<&str> = FEATURES.iter().map(|(name, _)| *name).collect();
        assert_eq!(listed, names);
    }
}
