//! Whatever settings describe as a check of the network.

use std::net::{IpAddr, Ipv4Addr};

use proptest::{prelude::*, sample::select};

use super::{Dns, Tcp, Url, from_settings, status_range::StatusRange};
use crate::{
    settings::{Settings, SettingsReader},
    support::odd_text::odd_text,
};

/// An address as it may stand in a setting.
fn address() -> impl Strategy<Value = String> {
    odd_text(
        "(https?|tcp|ftp)?(://)?([a-z]{1,4}:[a-z]{1,4}@)?[a-z0-9.\\[\\]:_-]{0,12}(:[0-9]{0,6})?(/[a-z?#%/]{0,9})?",
    )
}

proptest! {
    #[test]
    fn addresses_are_read_or_refused_with_what_is_expected(text in address(), name in "([a-z]{1,8}\\.){0,3}example") {
        for refused in [
            Url::parse(&text).err(),
            Tcp::parse(&text).err(),
            Dns::parse(&text).err(),
        ] {
            prop_assert!(refused.is_none_or(|complaint| complaint.len() < 300));
        }
        let (port, url) = (format!("{name}:443"), format!("http://{name}/?a=b"));
        prop_assert!(Dns::parse(&name).is_ok() && Tcp::parse(&port).is_ok());
        prop_assert!(Url::parse(&url).is_ok());
        let loopback = IpAddr::from(Ipv4Addr::LOCALHOST).to_string();
        prop_assert!(Dns::parse(&loopback).is_err() && Tcp::parse(&name).is_err());
    }

    #[test]
    fn statuses_are_read_as_they_are_shown(
        odd in odd_text("[0-9+x-]{0,8}|[0-9]{3} ?- ?[0-9]{3}|[0-9][xX]{2}"), one in 0_u16..1_000, other in 0_u16..1_000,
    ) {
        for text in [odd, format!("{one}-{other}"), one.to_string()] {
            if let Ok(range) = StatusRange::parse(&text) {
                prop_assert_eq!(StatusRange::parse(&range.to_string()), Ok(range));
                prop_assert!(!range.contains(99) && !range.contains(600));
            }
        }
        let is_range = (100..=599).contains(&one) && (one..=599).contains(&other);
        prop_assert_eq!(StatusRange::parse(&format!("{one}-{other}")).is_ok(), is_range);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn what_is_described_becomes_a_check_or_is_refused_by_its_name(
        described in prop::collection::vec(
            (
                select(&["url", "tcp", "dns", "tls", "other"]),
                odd_text("[a-z]{0,3}(\\.(address|timeout|status|method|minimum|expected-addresses|headers\\.a|[a-z]{0,3})){0,2}(\\[[0-9]\\])?"),
                prop_oneof![address(), odd_text("[0-9a-z,.-]{0,9}")],
            ),
            0..5,
        ),
    ) {
        let builder = described.iter().fold(Settings::builder(), |builder, (kind, name, value)| {
            builder.force(&format!("actuator.health.{kind}.{name}"), &**value)
        });
        let Ok(settings) = builder.build() else { return Ok(()) };
        let mut reader = SettingsReader::new(&settings);
        let checks = from_settings(&mut reader);
        prop_assert!(checks.len() <= described.len());
        if let Err(error) = reader.finish() {
            prop_assert!(error.to_string().contains("actuator.health."), "{}", error);
        }
    }
}
