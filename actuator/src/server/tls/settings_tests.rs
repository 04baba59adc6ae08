//! What the settings of both listeners come to, and which are refused.

use super::*;
use crate::settings::Settings;

fn read(values: &[(&str, &str)], own_management: bool) -> Result<ListenersTls, String> {
    let builder = values
        .iter()
        .fold(Settings::builder(), |builder, (name, value)| builder.force(name, *value));
    let settings = builder.build().unwrap();
    let mut reader = SettingsReader::new(&settings);
    let read = ListenersTls::read(&mut reader, own_management, &ListenerSettings::default());
    reader.finish().map(|()| read).map_err(|error| error.to_string())
}

const OWN: [(&str, &str); 2] =
    [("server.ssl.certificate", "/tls.crt"), ("server.ssl.certificate-private-key", "/tls.key")];

#[test]
fn nothing_set_is_plain_http_and_so_is_what_is_switched_off() {
    assert_eq!(read(&[], true).unwrap(), ListenersTls::default());
    let off = [OWN.as_slice(), &[("server.ssl.enabled", "false")]].concat();
    assert_eq!(read(&off, true).unwrap(), ListenersTls::default());
}

#[test]
fn the_management_port_does_as_the_application_unless_it_is_told_otherwise() {
    let both = read(&OWN, true).unwrap();
    assert!(both.application.is_some());
    assert_eq!(both.management, both.application);
    assert_eq!(read(&OWN, false).unwrap().management, None);

    let plain = [OWN.as_slice(), &[("management.server.ssl.enabled", "false")]].concat();
    let plain = read(&plain, true).unwrap();
    assert!(plain.application.is_some() && plain.management.is_none());

    let other = [
        ("management.server.ssl.certificate", "/m.crt"),
        ("management.server.ssl.certificate-private-key", "/m.key"),
    ];
    let other = read(&other, true).unwrap();
    assert!(other.application.is_none() && other.management.is_some());
}

#[test]
fn settings_for_a_port_that_is_not_there_are_refused() {
    let error = read(&[("management.server.ssl.certificate", "/m.crt")], false).unwrap_err();
    assert!(error.contains("management.server.ssl.certificate"), "{error}");
    assert!(error.contains("set management.server.port"), "{error}");
}

#[test]
fn a_bundle_gives_what_the_settings_of_the_port_do_not_say() {
    let bundle =
        |name: &str, value: &'static str| (format!("spring.ssl.bundle.pem.web.{name}"), value);
    let values = [
        bundle("keystore.certificate", "/b.crt"),
        bundle("keystore.private-key", "/b.key"),
        bundle("truststore.certificate", "/ca.crt"),
        bundle("options.enabled-protocols", "TLSv1.3"),
        bundle("reload-on-update", "false"),
    ];
    let mut values: Vec<(&str, &str)> =
        values.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    values.extend([("server.ssl.bundle", "web"), ("server.ssl.client-auth", "need")]);
    let read = read(&values, false).unwrap().application.unwrap();
    assert_eq!(read.certificate.to_string(), "/b.crt");
    assert_eq!(read.key.to_string(), "/b.key");
    assert_eq!(read.trust.unwrap().to_string(), "/ca.crt");
    assert_eq!(read.client_auth, ClientAuth::Need);
    assert_eq!(read.protocols, [Protocol::Tls13]);
    assert!(!read.reload);
    assert_eq!(read.quiet, Duration::from_secs(10));
}

#[test]
fn what_is_missing_or_cannot_be_read_is_named_with_what_to_do() {
    for (values, words) in [
        (vec![("server.ssl.enabled", "true")], &["server.ssl.certificate", "enabled=false"][..]),
        (vec![OWN[0]], &["server.ssl.certificate-private-key", "PEM file"]),
        (vec![("server.ssl.key-store", "classpath:k.p12")], &["openssl pkcs12", "server.ssl.cert"]),
        (vec![OWN[0], OWN[1], ("server.ssl.trust-store", "t.jks")], &["trust-certificate"]),
        (vec![OWN[0], OWN[1], ("server.ssl.client-auth", "need")], &["server.ssl.trust-cert"]),
        (vec![OWN[0], OWN[1], ("server.ssl.client-auth", "maybe")], &["none, want, need"]),
        (vec![OWN[0], OWN[1], ("server.ssl.enabled-protocols", "TLSv1.1")], &["TLSv1.3"]),
        (vec![OWN[0], OWN[1], ("server.ssl.key-password", "hunter2")], &["openssl pkcs8"]),
        (vec![("server.ssl.bundle", "web")], &["spring.ssl.bundle.pem.web.keystore.certificate"]),
        (
            vec![
                ("server.ssl.bundle", "web"),
                ("spring.ssl.bundle.jks.web.keystore.location", "x"),
            ],
            &["spring.ssl.bundle.jks.web", "openssl pkcs12"],
        ),
    ] {
        let error = read(&values, false).unwrap_err();
        assert!(!error.contains("hunter2"), "{error}");
        for word in words {
            assert!(error.contains(word), "{error}");
        }
    }
}
