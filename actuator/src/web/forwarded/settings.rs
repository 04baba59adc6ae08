//! Which proxies are believed, by setting.

use std::sync::Arc;

use super::{
    Believed, Forwarding,
    cidr::{Cidr, PRIVATE, TrustedProxies},
    tomcat,
};
use crate::settings::{FromSetting, SettingsReader, one_of};

const STRATEGY: &str = "server.forward-headers-strategy";
const PROXIES: &str = "actuator.forwarded.trusted-proxies";
/// Spring's own, a regular expression.
const TOMCAT: &str = "server.tomcat.remoteip.internal-proxies";

/// Which headers are read (`actuator.forwarded.headers`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Headers {
    /// `X-Forwarded-*` if one of them is there, else `Forwarded`.
    Auto,
    /// `Forwarded` alone.
    Forwarded,
    /// `X-Forwarded-*` alone.
    XForwarded,
}

impl FromSetting for Headers {
    fn from_setting(text: &str) -> Result<Self, String> {
        one_of(
            text,
            &[
                ("auto", Self::Auto),
                ("forwarded", Self::Forwarded),
                ("x-forwarded", Self::XForwarded),
            ],
        )
    }
}

/// Spring's three strategies; `native` and `framework` are the same thing here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct IsOn(bool);

impl FromSetting for IsOn {
    fn from_setting(text: &str) -> Result<Self, String> {
        let choices = [("none", Self(false)), ("native", Self(true)), ("framework", Self(true))];
        one_of(text, &choices)
    }
}

impl Forwarding {
    /// Reads the settings. Unlike in Spring nobody is believed on cloud platforms either, unless
    /// settings say so: within a cluster anybody may call the service.
    pub(crate) fn read(reader: &mut SettingsReader<'_>) -> Self {
        let is_on = reader.value_or(STRATEGY, IsOn(false)).0;
        let headers = reader.value_or("actuator.forwarded.headers", Headers::Auto);
        let named = reader.list(PROXIES).map(|listed| proxies(reader, &listed));
        if !is_on {
            return Self::default();
        }
        let proxies = named.or_else(|| of_tomcat(reader)).unwrap_or_else(private);
        Self { believed: Some(Arc::new(Believed { proxies, headers })) }
    }
}

fn proxies(reader: &mut SettingsReader<'_>, listed: &[String]) -> TrustedProxies {
    let mut proxies = TrustedProxies::default();
    for item in listed {
        match item.as_str() {
            "unix" => proxies.unix = true,
            "private" => proxies.networks.extend(private().networks),
            network => match Cidr::parse(network) {
                Ok(network) => proxies.networks.push(network),
                Err(expected) => {
                    let more = "or the words private (the default) and unix";
                    reader.reject(PROXIES, format_args!("{item}: {expected}, {more}"));
                }
            },
        }
    }
    proxies
}

fn of_tomcat(reader: &mut SettingsReader<'_>) -> Option<TrustedProxies> {
    let pattern: String = reader.value(TOMCAT)?;
    let networks = tomcat::networks(&pattern);
    if networks.is_none() {
        let remedy = "is no list of addresses that can be read here; name the networks of the \
                      proxies in actuator.forwarded.trusted-proxies=10.0.0.0/8,…";
        reader.reject(TOMCAT, remedy);
    }
    Some(TrustedProxies { networks: networks.unwrap_or_default(), unix: false })
}

fn private() -> TrustedProxies {
    let networks = PRIVATE.iter().filter_map(|network| Cidr::parse(network).ok()).collect();
    TrustedProxies { networks, unix: false }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;

    fn read(pairs: &[(&str, &str)]) -> Result<Option<TrustedProxies>, String> {
        let builder = pairs.iter().fold(Settings::builder(), |b, (k, v)| b.force(k, *v));
        let settings = builder.build().unwrap();
        let mut reader = SettingsReader::new(&settings);
        let read = Forwarding::read(&mut reader).believed;
        let read = read.map(|believed| believed.proxies.clone());
        reader.finish().map(|()| read).map_err(|error| error.to_string())
    }

    #[test]
    fn nobody_is_believed_unless_a_setting_says_so() {
        assert_eq!(read(&[]).unwrap(), None);
        assert_eq!(read(&[(STRATEGY, "none")]).unwrap(), None);
        assert_eq!(
            read(&[(PROXIES, "10.0.0.0/8"), ("spring.main.cloud-platform", "kubernetes")]),
            Ok(None)
        );
        for strategy in ["native", "FRAMEWORK"] {
            let proxies = read(&[(STRATEGY, strategy)]).unwrap().unwrap();
            assert!(proxies.includes("127.0.0.1".parse().unwrap()));
            assert!(!proxies.includes("8.8.8.8".parse().unwrap()) && !proxies.unix);
        }
    }

    #[test]
    fn proxies_are_those_of_the_list_alone() {
        let on = (STRATEGY, "native");
        let proxies = read(&[on, (PROXIES, "203.0.113.0/24, unix")]).unwrap().unwrap();
        assert!(proxies.unix && proxies.includes("203.0.113.9".parse().unwrap()));
        assert!(!proxies.includes("127.0.0.1".parse().unwrap()));
        assert!(
            !read(&[on, (PROXIES, "")]).unwrap().unwrap().includes("127.0.0.1".parse().unwrap())
        );
        let both = read(&[on, (PROXIES, "private,8.8.8.8")]).unwrap().unwrap();
        assert_eq!(both.networks.len(), PRIVATE.len() + 1);
        let tomcat = read(&[on, (TOMCAT, r"192\.168\.0\.10|10\.\d{1,3}\.\d{1,3}\.\d{1,3}")]);
        assert!(tomcat.unwrap().unwrap().includes("10.1.2.3".parse().unwrap()));
    }

    #[test]
    fn bad_settings_are_refused_by_name() {
        let on = (STRATEGY, "native");
        for (pairs, part) in [
            (vec![(STRATEGY, "maybe")], "native"),
            (vec![(PROXIES, "10.0.0.0/40")], "10.0.0.0/40"),
            (vec![("actuator.forwarded.headers", "via")], "x-forwarded"),
            (vec![on, (TOMCAT, "(proxy|other)")], PROXIES),
        ] {
            let error = read(&pairs).unwrap_err();
            assert!(error.contains(part), "{part} in {error}");
        }
    }
}
