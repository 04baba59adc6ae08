//! What files say of themselves, and what is wrong with them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::time::{Duration, SystemTime};

use super::{
    Complaint, Tls,
    material::Material,
    settings::ClientAuth,
    test_certificates::{Authority, Folder},
    tests::{Server, settings},
};

#[test]
fn what_cannot_be_used_is_named_with_what_to_do() {
    let authority = Authority::new("authority");
    let folder = Folder::new();
    let identity = authority.server("shop");
    let (certificate, key) = folder.write_identity(&identity);
    let foreign = folder.write("foreign.key", &authority.server("other").key);
    let encrypted = folder.write("encrypted.key", "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAA==\n");
    let load = |more: &[(&str, &str)]| -> Complaint {
        let own = [("certificate", &*certificate), ("certificate-private-key", &*key)];
        let all: Vec<_> = own.into_iter().chain(more.iter().copied()).collect();
        Tls::load(&settings(&all)).unwrap_err()
    };
    for (name, value, setting, words) in [
        ("certificate", "/nowhere.crt", "certificate", "cannot read /nowhere.crt"),
        ("certificate", &*key, "certificate", "no certificate in"),
        ("certificate-private-key", &*certificate, "certificate-private-key", "no private key in"),
        ("certificate-private-key", &*foreign, "certificate", "do not fit"),
        ("certificate-private-key", &*encrypted, "certificate-private-key", "openssl pkcs8"),
        ("ciphers", "TLS_NULL", "ciphers", "TLS_AES_128_GCM_SHA256"),
        ("ciphers", "TLS_AES_128_GCM_SHA256", "ciphers", "Tls12, which is enabled"),
    ] {
        let complaint = load(&[(name, value)]);
        assert_eq!(complaint.setting, format!("server.ssl.{setting}"), "{complaint:?}");
        assert!(complaint.text.contains(words), "{complaint:?}");
    }
}

#[test]
fn a_certificate_that_ends_soon_is_a_warning() {
    let server = Server::new(&Authority::new("authority").server_until("shop", 2030), &[]);
    let files = [
        ("certificate", &*server.folder.path("tls.crt")),
        ("certificate-private-key", &*server.folder.path("tls.key")),
    ];
    let settings = settings(&files);
    assert_eq!(settings.client_auth, ClientAuth::None);
    let material = Material::load(&settings).unwrap();
    let end = SystemTime::UNIX_EPOCH + Duration::from_hours(525_960);
    let days = |days: u64| Duration::from_hours(24 * days);
    assert_eq!(material.ends_soon(end - days(15)), None);
    let soon = material.ends_soon(end - days(13)).unwrap();
    assert!(soon.contains("CN=shop") && soon.contains("expires at 2030-01-01"), "{soon}");
    assert!(material.ends_soon(end + days(1)).unwrap().contains("expired since"));
    assert!(server.tls.certificate().ends_with("valid until 2030-01-01T00:00:00Z"));
}
