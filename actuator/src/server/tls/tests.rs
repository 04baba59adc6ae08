//! Handshakes with real clients.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::{io, sync::Arc, time::Duration};

use rustls::{
    ClientConfig, RootCertStore, SupportedProtocolVersion,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, ServerName, pem::PemObject},
    sign::{CertifiedKey, SingleCertAndKey},
    version::{TLS12, TLS13},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex},
    runtime::Handle,
};
use tokio_rustls::{TlsConnector, client};

use super::{
    Tls, TlsSettings,
    settings::ListenersTls,
    test_certificates::{Authority, Folder, Identity},
};
use crate::{
    model::peer::ClientCertificate,
    server::listener::ListenerSettings,
    settings::{Settings, SettingsReader},
};

type Versions = &'static [&'static SupportedProtocolVersion];
static BOTH: Versions = &[&TLS12, &TLS13];
static OLD: Versions = &[&TLS12];
static NEW: Versions = &[&TLS13];

/// The settings of an application's port.
pub(super) fn settings(values: &[(&str, &str)]) -> TlsSettings {
    settings_with(values, true)
}

fn settings_with(values: &[(&str, &str)], http2: bool) -> TlsSettings {
    let builder = values.iter().fold(Settings::builder(), |builder, (name, value)| {
        builder.force(&format!("server.ssl.{name}"), *value)
    });
    let builder = builder.force("spring.ssl.bundle.watch.file.quiet-period", "0");
    let settings = builder.build().unwrap();
    let mut reader = SettingsReader::new(&settings);
    let mut limits = ListenerSettings::default();
    limits.application.http2 = http2;
    let read = ListenersTls::read(&mut reader, false, &limits);
    reader.finish().unwrap();
    read.application.unwrap()
}

/// A server of its own files, with further settings.
pub(super) struct Server {
    pub(super) tls: Tls,
    pub(super) folder: Folder,
}

impl Server {
    pub(super) fn new(identity: &Identity, more: &[(&str, &str)]) -> Self {
        let folder = Folder::new();
        let (certificate, key) = folder.write_identity(identity);
        let own = [("certificate", &*certificate), ("certificate-private-key", &*key)];
        let all: Vec<_> = own.into_iter().chain(more.iter().copied()).collect();
        Self { tls: Tls::load(&settings(&all)).unwrap(), folder }
    }
}

/// What a client wants.
struct Client<'a> {
    trusts: &'a Authority,
    shows: Option<&'a Identity>,
    speaks: Versions,
    offers: &'a [&'a [u8]],
}

impl<'a> Client<'a> {
    fn new(trusts: &'a Authority) -> Self {
        Self { trusts, shows: None, speaks: BOTH, offers: &[] }
    }

    fn config(&self) -> ClientConfig {
        let mut roots = RootCertStore::empty();
        roots.add(self.trusts.der().into()).unwrap();
        let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(self.speaks)
            .unwrap()
            .with_root_certificates(roots);
        let mut config = match self.shows {
            None => builder.with_no_client_auth(),
            Some(Identity { der, key, .. }) => {
                let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap();
                let key = ring::sign::any_supported_type(&key).unwrap();
                // A client may lie: whether the key fits is for the server to find out.
                let identity = CertifiedKey::new(vec![CertificateDer::from(der.clone())], key);
                let identity = SingleCertAndKey::from(identity);
                builder.with_client_cert_resolver(Arc::new(identity))
            }
        };
        config.alpn_protocols = self.offers.iter().map(|offer| offer.to_vec()).collect();
        config
    }

    /// Shakes hands, and says a word in each direction.
    async fn call(&self, tls: &Tls) -> io::Result<Met> {
        let (ours, theirs) = duplex(64 * 1024);
        let connector = TlsConnector::from(Arc::new(self.config()));
        let name = ServerName::try_from("localhost").unwrap();
        let client = async {
            let mut stream = connector.connect(name, ours).await?;
            stream.write_all(b"ping").await?;
            let mut answer = [0; 4];
            stream.read_exact(&mut answer).await?;
            assert_eq!(&answer, b"pong");
            Ok::<_, io::Error>(stream)
        };
        let server = async {
            let (mut stream, certificate) = tls.accept(theirs).await?;
            let mut word = [0; 4];
            stream.read_exact(&mut word).await?;
            stream.write_all(b"pong").await?;
            stream.flush().await?;
            Ok::<_, io::Error>((Tls::speaks_http2(&stream), certificate))
        };
        let (client, server) = tokio::join!(client, server);
        let (http2, certificate) = server?;
        Ok(Met { stream: client?, http2, certificate })
    }
}

#[derive(Debug)]
struct Met {
    stream: client::TlsStream<DuplexStream>,
    http2: bool,
    certificate: Option<Arc<ClientCertificate>>,
}

impl Met {
    /// The certificate that the server showed.
    fn shown(&self) -> &[u8] {
        self.stream.get_ref().1.peer_certificates().unwrap().first().unwrap()
    }
}

async fn until_it_shows(client: &Client<'_>, tls: &Tls, der: &[u8]) {
    for _ in 0..1_000 {
        if client.call(tls).await.unwrap().shown() == der {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the new certificate was never shown");
}

#[tokio::test]
async fn both_versions_are_spoken_unless_a_setting_leaves_one_out() {
    let authority = Authority::new("authority");
    let identity = authority.server("shop");
    let server = Server::new(&identity, &[]);
    for version in [OLD, NEW] {
        let met = Client { speaks: version, ..Client::new(&authority) }.call(&server.tls).await;
        assert_eq!(met.unwrap().shown(), identity.der);
    }
    let modern = Server::new(&identity, &[("enabled-protocols", "TLSv1.3")]);
    let old = Client { speaks: OLD, ..Client::new(&authority) };
    assert!(old.call(&modern.tls).await.is_err());
    assert!(Client::new(&authority).call(&modern.tls).await.is_ok());
}

#[tokio::test]
async fn a_client_that_trusts_another_authority_hangs_up() {
    let server = Server::new(&Authority::new("ours").server("shop"), &[]);
    let error = Client::new(&Authority::new("theirs")).call(&server.tls).await.unwrap_err();
    assert!(error.to_string().contains("UnknownCA"), "{error}");
}

#[tokio::test]
async fn http2_is_agreed_upon_with_who_speaks_it() {
    let authority = Authority::new("authority");
    let server = Server::new(&authority.server("shop"), &[]);
    let both: &[&[u8]] = &[b"h2", b"http/1.1"];
    for (offers, http2) in [(both, true), (&both[1..], false), (&[], false)] {
        let met = Client { offers, ..Client::new(&authority) }.call(&server.tls).await.unwrap();
        assert_eq!(met.http2, http2, "{offers:?}");
    }
    let files = [
        ("certificate", &*server.folder.path("tls.crt")),
        ("certificate-private-key", &*server.folder.path("tls.key")),
    ];
    let old = Tls::load(&settings_with(&files, false)).unwrap();
    let met = Client { offers: both, ..Client::new(&authority) }.call(&old).await.unwrap();
    assert!(!met.http2, "the port does not speak it");
    let foreign = Client { offers: &[b"smtp"], ..Client::new(&authority) };
    assert!(foreign.call(&server.tls).await.is_err());
}

#[tokio::test]
async fn only_the_ciphers_of_the_setting_are_spoken() {
    let authority = Authority::new("authority");
    let cipher = "TLS_CHACHA20_POLY1305_SHA256";
    let more = [("ciphers", cipher), ("enabled-protocols", "TLSv1.3")];
    let server = Server::new(&authority.server("shop"), &more);
    let met = Client::new(&authority).call(&server.tls).await.unwrap();
    let suite = met.stream.get_ref().1.negotiated_cipher_suite().unwrap();
    assert_eq!(suite.suite().as_str(), Some("TLS13_CHACHA20_POLY1305_SHA256"));
}

#[tokio::test]
async fn clients_may_or_must_show_a_certificate_that_an_authority_vouches_for() {
    let (authority, clients) = (Authority::new("authority"), Authority::new("clients"));
    let folder = Folder::new();
    let trust = folder.write("clients.pem", &clients.pem());
    let identity = authority.server("shop");
    let server =
        |auth| Server::new(&identity, &[("client-auth", auth), ("trust-certificate", &trust)]);
    let (want, need, none) = (server("want"), server("need"), Server::new(&identity, &[]));
    let (known, stranger) = (clients.client("ada"), authority.client("eve"));
    for version in [OLD, NEW] {
        let anonymous = Client { speaks: version, ..Client::new(&authority) };
        let ada = Client { shows: Some(&known), speaks: version, ..Client::new(&authority) };
        let eve = Client { shows: Some(&stranger), speaks: version, ..Client::new(&authority) };
        for server in [&want, &need] {
            let met = ada.call(&server.tls).await.unwrap();
            let certificate = met.certificate.unwrap();
            assert_eq!(certificate.common_name.as_deref(), Some("ada"));
            assert_eq!(certificate.subject, "O=shop,CN=ada");
            let names = ["DNS:ada.example", "URI:spiffe://test/x"];
            assert_eq!(certificate.alternative_names, names);
            assert_eq!(certificate.fingerprint.len(), 64);
            assert!(eve.call(&server.tls).await.is_err());
        }
        assert_eq!(anonymous.call(&want.tls).await.unwrap().certificate, None);
        assert!(anonymous.call(&need.tls).await.is_err());
        assert_eq!(ada.call(&none.tls).await.unwrap().certificate, None);
    }
}

#[tokio::test]
async fn the_service_itself_may_connect_where_clients_must_show_a_certificate() {
    let (authority, clients) = (Authority::new("authority"), Authority::new("clients"));
    let folder = Folder::new();
    let trust = folder.write("clients.pem", &clients.pem());
    let identity = authority.server("shop");
    let more = [("client-auth", "need"), ("trust-certificate", &*trust)];
    let server = Server::new(&identity, &more);
    let own = Client { shows: Some(&identity), ..Client::new(&authority) };
    // Without any right: it is told as nobody.
    assert_eq!(own.call(&server.tls).await.unwrap().certificate, None);
    // The certificate alone, which everybody can see, is no proof.
    let thief = Identity { key: authority.server("thief").key, ..identity.clone() };
    for version in [OLD, NEW] {
        let thief = Client { shows: Some(&thief), speaks: version, ..Client::new(&authority) };
        assert!(thief.call(&server.tls).await.is_err());
    }
}

#[tokio::test(start_paused = true)]
async fn who_says_nothing_is_hung_up_on_after_ten_seconds() {
    let server = Server::new(&Authority::new("authority").server("shop"), &[]);
    let (_silent, theirs) = duplex(64);
    let began = tokio::time::Instant::now();
    let error = server.tls.accept(theirs).await.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    assert_eq!(began.elapsed().as_secs(), 10);
}

#[tokio::test]
async fn who_says_nothing_keeps_nobody_out() {
    let authority = Authority::new("authority");
    let server = Server::new(&authority.server("shop"), &[]);
    let mut silent = Vec::new();
    for _ in 0..1_200 {
        let (ours, theirs) = duplex(64);
        let tls = server.tls.clone();
        silent.push((ours, tokio::spawn(async move { tls.accept(theirs).await.map(drop) })));
    }
    Client::new(&authority).call(&server.tls).await.unwrap();
    // The silent end is kept: what it hears is not that the other side left.
    let (_silent, oldest) = silent.remove(0);
    let error = oldest.await.unwrap().unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::ConnectionAborted);
}

#[tokio::test]
async fn plain_http_is_no_handshake() {
    let server = Server::new(&Authority::new("authority").server("shop"), &[]);
    let (mut ours, theirs) = duplex(1024);
    ours.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    assert!(server.tls.accept(theirs).await.is_err());
}

#[tokio::test]
async fn a_renewed_certificate_is_taken_up_and_a_broken_one_is_not() {
    let authority = Authority::new("authority");
    let (first, second) = (authority.server("first"), authority.server("second"));
    let third = authority.server("third");
    let server = Server::new(&first, &[]);
    let client = Client::new(&authority);
    assert_eq!(client.call(&server.tls).await.unwrap().shown(), first.der);
    let mut looks = server.tls.looks();

    server.folder.write_identity(&second);
    looks();
    assert_eq!(client.call(&server.tls).await.unwrap().shown(), second.der);

    // Half of a pair, and then nonsense: the old one goes on.
    server.folder.write("tls.crt", &third.certificate);
    server.folder.write("tls.key", "-----BEGIN PRIVATE KEY-----\nnonsense");
    looks();
    assert_eq!(client.call(&server.tls).await.unwrap().shown(), second.der);

    server.folder.write_identity(&third);
    looks();
    assert_eq!(client.call(&server.tls).await.unwrap().shown(), third.der);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_is_swapped_brings_a_new_certificate() {
    use std::os::unix::fs::symlink;

    let authority = Authority::new("authority");
    let (first, second) = (authority.server("first"), authority.server("second"));
    let folder = Folder::new();
    let mut files = Vec::new();
    for (name, identity) in [("..1", &first), ("..2", &second)] {
        std::fs::create_dir(folder.folder().join(name)).unwrap();
        folder.write(&format!("{name}/tls.crt"), &identity.certificate);
        folder.write(&format!("{name}/tls.key"), &identity.key);
    }
    symlink("..1", folder.folder().join("..data")).unwrap();
    for file in ["tls.crt", "tls.key"] {
        symlink(format!("..data/{file}"), folder.folder().join(file)).unwrap();
        files.push(folder.path(file));
    }
    let own = [("certificate", &*files[0]), ("certificate-private-key", &*files[1])];
    let tls = Tls::load(&settings(&own)).unwrap();
    tls.watch(&Handle::current());
    let client = Client::new(&authority);
    assert_eq!(client.call(&tls).await.unwrap().shown(), first.der);
    symlink("..2", folder.folder().join("..data_tmp")).unwrap();
    std::fs::rename(folder.folder().join("..data_tmp"), folder.folder().join("..data")).unwrap();
    until_it_shows(&client, &tls, &second.der).await;
}

#[tokio::test]
async fn other_settings_come_into_force_all_or_not_at_all() {
    let authority = Authority::new("authority");
    let (first, second) = (authority.server("first"), authority.server("second"));
    let server = Server::new(&first, &[]);
    let other = Server::new(&second, &[]);
    let client = Client::new(&authority);
    let mut wanted = settings(&[
        ("certificate", &other.folder.path("tls.crt")),
        ("certificate-private-key", &other.folder.path("tls.key")),
    ]);
    let commit = server.tls.prepare(&wanted).unwrap();
    assert_eq!(client.call(&server.tls).await.unwrap().shown(), first.der);
    commit();
    assert_eq!(client.call(&server.tls).await.unwrap().shown(), second.der);
    wanted.key = settings(&[
        ("certificate", &other.folder.path("tls.crt")),
        ("certificate-private-key", &server.folder.path("tls.key")),
    ])
    .key;
    assert!(server.tls.prepare(&wanted).is_err());
    assert_eq!(client.call(&server.tls).await.unwrap().shown(), second.der);
}
