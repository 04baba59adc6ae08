//! The checks of URLs, ports and names that settings describe: `actuator.health.url.<name>`,
//! `.tcp.`, `.dns.`; and those of certificates, `.tls.`.

use std::net::IpAddr;

use super::{
    Dns, Tcp, Url,
    one_line::{Described, described},
    status_range::StatusRange,
    tls_settings,
};
use crate::{
    health::HealthCheck,
    settings::{SettingsReader, one_of},
};

/// Reads all of them; bad ones are remembered by the reader.
pub fn from_settings(reader: &mut SettingsReader<'_>) -> Vec<HealthCheck> {
    const URL: [&str; 9] = [
        "method",
        "status",
        "body",
        "timeout",
        "headers.",
        "expected-headers.",
        "ca-certificate",
        "client-certificate",
        "client-key",
    ];
    let mut checks: Vec<Option<HealthCheck>> = Vec::new();
    for found in described(reader, "url", &URL) {
        checks.push(url(reader, &found));
    }
    for found in described(reader, "tcp", &["timeout"]) {
        let timeout = found.timeout(reader);
        let made = found.accept(reader, Tcp::parse(&found.address));
        checks.push(made.map(|check| check.timeout(timeout).named(&found.name)));
    }
    for found in described(reader, "dns", &["expected-addresses", "minimum", "timeout"]) {
        checks.push(dns(reader, &found));
    }
    checks.extend(tls_settings::from_settings(reader));
    checks.into_iter().flatten().collect()
}

fn url(reader: &mut SettingsReader<'_>, found: &Described) -> Option<HealthCheck> {
    let check = found.accept(reader, Url::parse(&found.address));
    let (timeout, is_head) = (found.timeout(reader), is_head(reader, found));
    let (headers, trust) = (reader.headers(found.prefix()), reader.trust(found.prefix()));
    let mut check = check?.timeout(timeout).with_headers(headers).with_trust(trust);
    if is_head {
        check = check.head();
    }
    for range in statuses(reader, found) {
        check = check.expect_statuses(range);
    }
    for (name, value) in reader.map(&found.setting("expected-headers")) {
        let is_anything = value.trim().is_empty();
        check = if is_anything {
            check.expect_header(&name)
        } else {
            check.expect_header_value(&name, &value)
        };
    }
    if let Some(text) = reader.value::<String>(&found.setting("body")) {
        if is_head {
            reader.reject(&found.setting("body"), "an answer to HEAD has no body");
        }
        check = check.expect_body(&text);
    }
    Some(check.named(&found.name))
}

fn is_head(reader: &mut SettingsReader<'_>, found: &Described) -> bool {
    let name = found.setting("method");
    let text = reader.value_or(&name, "get".to_owned());
    one_of(&text, &[("get", false), ("head", true)]).unwrap_or_else(|expected| {
        reader.reject(&name, expected);
        false
    })
}

fn statuses(reader: &mut SettingsReader<'_>, found: &Described) -> Vec<StatusRange> {
    let name = found.setting("status");
    let texts = reader.list(&name).unwrap_or_default();
    let ranges: Result<Vec<_>, _> = texts.iter().map(|text| StatusRange::parse(text)).collect();
    ranges.unwrap_or_else(|expected| {
        reader.reject(&name, expected);
        Vec::new()
    })
}

fn dns(reader: &mut SettingsReader<'_>, found: &Described) -> Option<HealthCheck> {
    let check = found.accept(reader, Dns::parse(&found.address));
    let timeout = found.timeout(reader);
    let minimum = reader.value_or(&found.setting("minimum"), 1_u16);
    let name = found.setting("expected-addresses");
    let texts = reader.list(&name).unwrap_or_default();
    let addresses: Result<Vec<IpAddr>, _> = texts.iter().map(|text| text.parse()).collect();
    let addresses = addresses.unwrap_or_else(|_| {
        reader.reject(&name, "expected IP addresses such as 10.0.0.7, separated by commas");
        Vec::new()
    });
    let check = check?.at_least(minimum.into()).timeout(timeout);
    let check = addresses.into_iter().fold(check, Dns::expect_address);
    Some(check.named(&found.name))
}

#[cfg(test)]
#[path = "settings_tests.rs"]
mod tests;
