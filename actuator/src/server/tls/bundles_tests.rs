//! Bundles, from settings and files.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use super::{
    super::test_certificates::{Authority, Folder},
    *,
};
use crate::{settings::Settings, support::certificate::CertificateRole};

fn settings(values: &[(&str, &str)]) -> Settings {
    let builder = values.iter().fold(Settings::builder(), |builder, (name, value)| {
        builder.force(&format!("spring.ssl.bundle.{name}"), *value)
    });
    builder.force("spring.ssl.bundle.watch.file.quiet-period", "0").build().unwrap()
}

fn read_again(files: &BundleFiles, values: &[(&str, &str)]) -> Result<BundleFiles, String> {
    let settings = settings(values);
    let mut reader = SettingsReader::new(&settings);
    let files = files.read_again(&mut reader);
    reader.finish().map(|()| files).map_err(|error| error.to_string())
}

fn read(values: &[(&str, &str)]) -> Result<BundleFiles, String> {
    read_again(&BundleFiles::default(), values)
}

/// `name keystore[alias: subjects …] truststore[…]` of each bundle.
fn told(bundles: &[Bundle]) -> Vec<String> {
    let chains = |chains: &[CertificateChain]| -> String {
        let chains = chains.iter().map(|chain| {
            let names = chain.certificates.iter().map(|one| &*one.subject);
            let names: Vec<_> = names.filter_map(|name| name.split("CN=").nth(1)).collect();
            format!("{}: {}", chain.alias, names.join(" "))
        });
        chains.collect::<Vec<_>>().join(", ")
    };
    let bundles = bundles.iter();
    bundles
        .map(|one| {
            let (name, keys, trusts) =
                (&one.name, chains(&one.key_store), chains(&one.trust_store));
            format!("{name} [{keys}] [{trusts}]")
        })
        .collect()
}

#[test]
fn every_bundle_is_read_in_the_order_of_the_names_and_its_key_is_not() {
    let (folder, authority) = (Folder::new(), Authority::new("authority"));
    let shop = authority.server("shop");
    let chain = folder.write("chain.pem", &format!("{}{}", shop.certificate, authority.pem()));
    let authorities = format!("{}{}", authority.pem(), Authority::new("other").pem());
    let authorities = folder.write("authorities.pem", &authorities);
    let files = read(&[
        ("pem.web.keystore.certificate", &chain),
        ("pem.web.keystore.private-key", "/nowhere/tls.key"),
        ("pem.web.truststore.certificate", &authorities),
        ("pem.web.key.alias", "Shop"),
        ("pem.calls.keystore.certificate", &shop.certificate),
        ("pem.empty.reload-on-update", "false"),
        ("jks.store.keystore.location", "/nowhere/store.jks"),
    ]);
    assert_eq!(
        told(&files.unwrap().bundles(&[])),
        [
            "calls [ssl: shop] []",
            "empty [] []",
            "web [shop: shop authority] [ssl-0: authority, ssl-1: other]"
        ]
    );
}

#[test]
fn what_a_listener_has_in_force_is_what_is_told() {
    let (folder, authority) = (Folder::new(), Authority::new("authority"));
    let file = folder.write("tls.crt", &authority.server("shop").certificate);
    let files = read(&[("pem.web.keystore.certificate", &file)]).unwrap();
    let in_force = |setting: &str| LoadedChain {
        role: CertificateRole::Server,
        used_by: Some("application".to_owned()),
        setting: setting.to_owned(),
        file: file.clone(),
        certificates: vec![Certificate::of_der(&authority.server("old").der).unwrap()],
        problem: None,
    };
    let told = |setting| told(&files.bundles(&[in_force(setting)]));
    assert_eq!(told("spring.ssl.bundle.pem.web.keystore.certificate"), ["web [ssl: old] []"]);
    assert_eq!(told("server.ssl.certificate"), ["web [ssl: shop] []"]);
}

#[test]
fn files_that_change_are_read_again_and_bad_ones_leave_what_was() {
    let (folder, authority) = (Folder::new(), Authority::new("authority"));
    let file = folder.write("tls.crt", &authority.server("first").certificate);
    let kept = folder.write("kept.crt", &authority.server("kept").certificate);
    let mut files = read(&[
        ("pem.web.keystore.certificate", &file),
        ("pem.old.keystore.certificate", &kept),
        ("pem.old.reload-on-update", "false"),
    ])
    .unwrap();
    let mut shown = |text: &str| {
        folder.write("tls.crt", text);
        folder.write("kept.crt", text);
        files.look(&[]);
        told(&files.bundles(&[]))
    };
    assert_eq!(shown("no PEM"), ["old [ssl: kept] []", "web [ssl: first] []"]);
    let renewed = authority.server("renewed").certificate;
    assert_eq!(shown(&renewed), ["old [ssl: kept] []", "web [ssl: renewed] []"]);
}

#[test]
fn a_bad_file_refuses_other_settings_and_not_the_same_ones() {
    let (folder, authority) = (Folder::new(), Authority::new("authority"));
    let file = folder.write("tls.crt", &authority.server("shop").certificate);
    let same = [("pem.web.keystore.certificate", &*file)];
    let files = read(&same).unwrap();
    folder.write("tls.crt", "no PEM");
    let again = read_again(&files, &same).unwrap();
    assert_eq!(told(&again.bundles(&[])), ["web [ssl: shop] []"]);
    let other = [("pem.web.truststore.certificate", &*file)];
    let error = read_again(&files, &other).unwrap_err();
    assert!(error.contains("spring.ssl.bundle.pem.web.truststore.certificate"), "{error}");
    assert!(read(&same).unwrap_err().contains("no certificate in "));
}

#[test]
fn a_file_with_a_key_is_one_chain_and_one_without_is_a_chain_for_each_certificate() {
    let certificate = Certificate::of_der(&Authority::new("a").server("shop").der).unwrap();
    let aliases = |alias, has_key, count| -> Vec<(String, usize)> {
        let chains = chains_of_pem(alias, has_key, vec![certificate.clone(); count]);
        chains.into_iter().map(|chain| (chain.alias, chain.certificates.len())).collect()
    };
    let named = |expected: &[(&str, usize)]| -> Vec<(String, usize)> {
        expected.iter().map(|(alias, count)| ((*alias).to_owned(), *count)).collect()
    };
    assert_eq!(aliases(None, true, 3), named(&[("ssl", 3)]));
    assert_eq!(aliases(Some("Shop"), true, 2), named(&[("shop", 2)]));
    assert_eq!(aliases(None, false, 1), named(&[("ssl", 1)]));
    assert_eq!(aliases(Some("ca"), false, 2), named(&[("ca-0", 1), ("ca-1", 1)]));
    assert_eq!(aliases(None, false, 0), []);
}
