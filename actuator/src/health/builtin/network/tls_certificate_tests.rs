//! Certificates made by openssl, in files and shown by real servers, near their end and past it.

use std::{
    process::Command,
    sync::atomic::{AtomicUsize, Ordering},
};

use proptest::prelude::*;
use rustls::{
    RootCertStore, ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    server::WebPkiClientVerifier,
};
use tokio_rustls::TlsAcceptor;

use super::*;
use crate::{
    health::{Status, builtin::Url},
    support::odd_text::odd_text,
};

/// A certificate of its own authority for localhost, made by openssl, and its key.
struct Made {
    folder: PathBuf,
}

impl Made {
    fn valid_for(days: u32) -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::SeqCst);
        let name = format!("actuator-certificate-{}-{number}", std::process::id());
        let made = Self { folder: std::env::temp_dir().join(name) };
        std::fs::create_dir_all(&made.folder).unwrap();
        let output = Command::new("openssl")
            .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"])
            .args(["-nodes", "-subj", "/O=Shop, Inc./CN=localhost"])
            .args(["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"])
            .args(["-addext", "basicConstraints=critical,CA:FALSE"])
            .args(["-days", &days.to_string()])
            .arg("-keyout")
            .arg(made.key())
            .arg("-out")
            .arg(made.certificate())
            .output()
            .expect("openssl is missing: apt-get install openssl");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        made
    }

    fn certificate(&self) -> PathBuf {
        self.folder.join("tls.crt")
    }

    fn key(&self) -> PathBuf {
        self.folder.join("tls.key")
    }

    /// Serves TLS with it; with `asks` only callers that have a certificate of it.
    async fn serve(
        &self,
        asks: bool,
        versions: &[&'static rustls::SupportedProtocolVersion],
    ) -> u16 {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let certificate = CertificateDer::from_pem_file(self.certificate()).unwrap();
        let key = PrivateKeyDer::from_pem_file(self.key()).unwrap();
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(versions)
            .unwrap();
        let builder = if asks {
            let mut roots = RootCertStore::empty();
            roots.add(certificate.clone()).unwrap();
            let verifier = WebPkiClientVerifier::builder_with_provider(roots.into(), provider);
            builder.with_client_cert_verifier(verifier.build().unwrap())
        } else {
            builder.with_no_client_auth()
        };
        let config = builder.with_single_cert(vec![certificate], key).unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
                    let Ok(mut stream) = acceptor.accept(stream).await else { return };
                    let _ = stream.read(&mut [0; 4096]).await;
                    let answer =
                        "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
                    let _ = stream.write_all(answer.as_bytes()).await;
                    let _ = stream.shutdown().await;
                });
            }
        });
        port
    }
}

impl Drop for Made {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// The check as it would answer so many days from now.
fn in_days(check: &TlsCertificate, days: i64) -> TlsCertificate {
    let offset = Duration::from_hours(24 * days.unsigned_abs());
    let now = SystemTime::now();
    let then = if days < 0 { now - offset } else { now + offset };
    check.clone().with(|plan| plan.clock = Clock::manual(then))
}

fn details(health: &Health) -> String {
    let details: Vec<String> =
        health.details().map(|(key, value)| format!("{key}={}", value.get())).collect();
    details.join(" ")
}

async fn expect(check: &TlsCertificate, status: &str, parts: &[&str]) {
    let health = check.check().await;
    let details = details(&health);
    assert_eq!(health.status(), &Status::custom(status.to_owned()), "{details}");
    for part in parts {
        assert!(details.contains(part), "{part} is not in: {details}");
    }
}

#[tokio::test]
async fn a_file_is_up_then_a_warning_then_down_as_its_end_comes_nearer() {
    let made = Made::valid_for(90);
    let check = TlsCertificate::file(made.certificate());
    let subject = r#"subject="CN=localhost,O=Shop\\, Inc." issuer="CN=localhost,O=Shop\\, Inc.""#;
    expect(&check, "UP", &["file=\"", subject, "daysLeft=89", "notBefore=\"20", "notAfter=\"20"])
        .await;
    assert!(!details(&check.check().await).contains("trusted"));
    expect(&in_days(&check, 75), "UP", &["daysLeft=14"]).await;
    expect(
        &in_days(&check, 76),
        "RESTRICTED",
        &["daysLeft=13", "expires in 13 days", "fewer than 14"],
    )
    .await;
    expect(&in_days(&check, 91), "DOWN", &["daysLeft=-", "expired on 20"]).await;
    expect(&in_days(&check, -1), "DOWN", &["not valid before 20"]).await;
    expect(&check.warn_below_days(100), "RESTRICTED", &["fewer than 100"]).await;
}

#[tokio::test]
async fn of_a_chain_in_a_file_the_certificate_that_ends_first_decides() {
    let (long, short) = (Made::valid_for(900), Made::valid_for(5));
    let mut chain = std::fs::read(long.certificate()).unwrap();
    chain.extend(std::fs::read(short.certificate()).unwrap());
    std::fs::write(long.certificate(), chain).unwrap();
    let check = TlsCertificate::file(long.certificate());
    expect(&check, "RESTRICTED", &["daysLeft=4"]).await;
}

#[tokio::test]
async fn a_file_that_is_not_there_or_holds_no_certificate_is_down_with_the_reason() {
    let made = Made::valid_for(90);
    for (path, reason) in [
        (made.folder.join("none.crt"), "cannot read "),
        (made.key(), "no certificate in the PEM file"),
        (PathBuf::from("/dev/zero"), "is larger than 1 MiB"),
    ] {
        expect(&TlsCertificate::file(path), "DOWN", &[reason, "file=\""]).await;
    }
    std::fs::write(
        made.certificate(),
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    )
    .unwrap();
    expect(&TlsCertificate::file(made.certificate()), "DOWN", &["not a certificate"]).await;
}

#[tokio::test]
async fn the_certificate_of_a_server_is_read_whether_or_not_it_is_trusted() {
    let made = Made::valid_for(5);
    let tls = [&rustls::version::TLS12, &rustls::version::TLS13];
    for version in tls {
        for asks in [false, true] {
            let port = made.serve(asks, &[version]).await;
            let check = TlsCertificate::server(&format!("localhost:{port}")).unwrap();
            let address = format!("address=\"localhost:{port}\"");
            let expected = [&*address, "daysLeft=4", "trusted=false", "trustError=\""];
            expect(&check, "RESTRICTED", &expected).await;
            expect(&check.clone().require_trust(), "DOWN", &["not trusted: "]).await;

            let trusting = check.trust_only(made.certificate()).unwrap();
            expect(&trusting, "RESTRICTED", &["daysLeft=4", "trusted=true"]).await;
            let other = trusting.clone().server_name("other.example");
            expect(&other, "RESTRICTED", &["trusted=false", "other.example"]).await;
            let soon = in_days(&trusting, 6);
            expect(&soon, "DOWN", &["expired on "]).await;
        }
    }
}

#[tokio::test]
async fn a_server_without_tls_or_that_hangs_or_is_gone_is_down_with_the_reason() {
    let limit = Duration::from_millis(50);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let check = TlsCertificate::server(&address).unwrap();
    let hanging = check.clone().timeout(limit);
    expect(&hanging, "DOWN", &["no answer within 50ms"]).await;
    // Accepts what came before as well.
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = tokio::io::AsyncWriteExt::write_all(&mut stream, b"220 mail.example\r\n").await;
        }
    });
    expect(&check, "DOWN", &["no TLS handshake"]).await;

    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let check = TlsCertificate::server(&gone.to_string()).unwrap();
    expect(&check, "DOWN", &["Connection refused"]).await;
}

#[tokio::test]
async fn a_url_over_tls_is_up_only_if_its_authority_is_trusted() {
    let made = Made::valid_for(5);
    let port = made.serve(false, rustls::DEFAULT_VERSIONS).await;
    let check = Url::new(&format!("https://localhost:{port}/")).unwrap();
    let trusting = check.clone().trust_only(made.certificate()).unwrap().check().await;
    assert_eq!(trusting.status(), &Status::UP, "{}", details(&trusting));
    let health = check.check().await;
    assert_eq!(health.status(), &Status::DOWN);
    assert!(details(&health).contains("no TLS connection ("), "{}", details(&health));
}

#[test]
fn a_setting_is_a_server_or_a_file() {
    for file in ["/etc/tls/tls.crt", "tls.pem", "./certs/server"] {
        let check = TlsCertificate::parse(file).unwrap();
        assert!(matches!(&check.plan.source, Source::File { path, .. } if path == Path::new(file)));
    }
    let check = TlsCertificate::parse("example.org:443").unwrap();
    assert!(matches!(&check.plan.source, Source::Server { name, .. } if name == "example.org"));
    for bad in ["example.org", "", "example.org:x"] {
        let error = TlsCertificate::parse(bad).unwrap_err();
        assert!(error.contains("example.org:443") && error.contains("/etc/tls/tls.crt"), "{error}");
    }
}

proptest! {
    #[test]
    fn an_address_is_a_server_or_a_file_or_refused(
        odd in odd_text("[a-z0-9.:\\[\\]_-]{0,16}(/[a-z]{0,5}|\\\\|\\.(pem|crt|cer))?"),
        name in "([a-z]{1,8}\\.){0,3}example",
        port in 1_u16..,
    ) {
        if let Err(expected) = TlsCertificate::parse(&odd) {
            prop_assert!(expected.starts_with("expected a host and a port"));
        }
        let read = |text: &str| TlsCertificate::parse(text).unwrap().plan.source.clone();
        let (server, file) = (format!("{name}:{port}"), format!("{name}.pem"));
        let is_server = matches!(read(&server), Source::Server { target, .. } if target.to_string() == server);
        prop_assert!(is_server);
        let is_file = matches!(read(&file), Source::File { path, .. } if path.as_os_str() == &*file);
        prop_assert!(is_file);
    }
}
