//! The names of settings about TLS on the listeners.

use super::{Entry, Kind, catalog};

#[rustfmt::skip]
pub(super) const ENTRIES: &[Entry] = catalog! {
    "server.ssl.enabled" Bool "true" "Whether the application's port speaks TLS, if anything below server.ssl is set.";
    "server.ssl.bundle" Text "" "Bundle of spring.ssl.bundle.pem to take certificates from.";
    "server.ssl.certificate" Text "" "PEM file (or PEM text) of the certificate, followed by those that vouch for it.";
    "server.ssl.certificate-private-key" Text "" "PEM file (or PEM text) of the private key, not encrypted.";
    "server.ssl.trust-certificate" Text "" "PEM file (or PEM text) of the authorities of client certificates.";
    "server.ssl.client-auth" Text "none" "Whether clients show a certificate: none, want (they may) or need (they must).";
    "server.ssl.enabled-protocols" List "TLSv1.2,TLSv1.3" "Versions of TLS that are spoken.";
    "server.ssl.ciphers" List "" "Ciphers that are spoken, by their names at IANA; all that are safe by default.";
    "server.ssl.reload-on-update" Bool "true" "Whether files that change are read again.";
    "server.ssl.key-store" Text "" "Refused: stores of Java are not read, PEM files are.";
    "server.ssl.key-password" Text "" "Refused: encrypted private keys are not read.";
    "server.ssl.trust-store" Text "" "Refused: stores of Java are not read, PEM files are.";
    "management.server.ssl.enabled" Bool "true" "Whether the management API's own port speaks TLS, if anything below management.server.ssl is set; else it does as the application's port.";
    "management.server.ssl.bundle" Text "" "As server.ssl.bundle, for the management API's own port.";
    "management.server.ssl.certificate" Text "" "As server.ssl.certificate, for the management API's own port.";
    "management.server.ssl.certificate-private-key" Text "" "As server.ssl.certificate-private-key, for the management API's own port.";
    "management.server.ssl.trust-certificate" Text "" "As server.ssl.trust-certificate, for the management API's own port.";
    "management.server.ssl.client-auth" Text "none" "As server.ssl.client-auth, for the management API's own port.";
    "management.server.ssl.enabled-protocols" List "TLSv1.2,TLSv1.3" "As server.ssl.enabled-protocols, for the management API's own port.";
    "management.server.ssl.ciphers" List "" "As server.ssl.ciphers, for the management API's own port.";
    "management.server.ssl.reload-on-update" Bool "true" "As server.ssl.reload-on-update, for the management API's own port.";
    "management.server.ssl.key-store" Text "" "Refused: stores of Java are not read, PEM files are.";
    "management.server.ssl.key-password" Text "" "Refused: encrypted private keys are not read.";
    "management.server.ssl.trust-store" Text "" "Refused: stores of Java are not read, PEM files are.";
    "spring.ssl.bundle.pem.*.keystore.certificate" Text "" "PEM file (or PEM text) of the bundle's certificate, followed by those that vouch for it.";
    "spring.ssl.bundle.pem.*.keystore.private-key" Text "" "PEM file (or PEM text) of its private key, not encrypted.";
    "spring.ssl.bundle.pem.*.key.alias" Text "ssl" "What the bundle's chain is called in info, in health and in meters.";
    "spring.ssl.bundle.pem.*.keystore.private-key-password" Text "" "Refused: encrypted private keys are not read.";
    "spring.ssl.bundle.pem.*.truststore.certificate" Text "" "PEM file (or PEM text) of the authorities of client certificates.";
    "spring.ssl.bundle.pem.*.options.enabled-protocols" List "TLSv1.2,TLSv1.3" "Versions of TLS that are spoken.";
    "spring.ssl.bundle.pem.*.options.ciphers" List "" "Ciphers that are spoken, by their names at IANA; all that are safe by default.";
    "spring.ssl.bundle.pem.*.reload-on-update" Bool "true" "Whether files that change are read again.";
    "spring.ssl.bundle.jks.*" Text "" "Refused where a listener names the bundle: stores of Java are not read, PEM files are.";
    "spring.ssl.bundle.watch.file.quiet-period" Duration "10s" "How long changed files of certificates have to be left alone before they are read again.";
};
