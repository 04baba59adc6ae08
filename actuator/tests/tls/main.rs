//! TLS on the ports of a service, through its front door.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod bundles;
#[path = "../../src/server/tls/test_certificates.rs"]
mod certificates;
mod certs;
mod client;

use std::time::Duration;

use actuator::{Actuator, Builder, Running, security::Peer};
use axum::{Extension, Router, routing::get};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

use self::{
    certificates::{Authority, Folder, Identity},
    client::Client,
};

const PATIENCE: Duration = Duration::from_secs(30);

/// The authorities of a test, a server of one, and the files of both.
struct Scene {
    authority: Authority,
    clients: Authority,
    folder: Folder,
}

impl Scene {
    fn new() -> Self {
        let folder = Folder::new();
        let (authority, clients) = (Authority::new("authority"), Authority::new("clients"));
        folder.write_identity(&authority.server("shop"));
        folder.write("clients.pem", &clients.pem());
        Self { authority, clients, folder }
    }

    /// A service whose settings below this prefix name the files.
    fn service(&self, prefix: &str) -> Builder {
        let builder = Actuator::builder()
            .application("shop", "1.0.0")
            .isolated()
            .without_declarations()
            .router(Router::new().route("/peer", get(peer)))
            .force_setting("server.port", "0")
            .force_setting("server.address", "127.0.0.1")
            .force_setting("spring.ssl.bundle.watch.file.quiet-period", "0");
        [
            ("certificate", "tls.crt"),
            ("certificate-private-key", "tls.key"),
            ("trust-certificate", "clients.pem"),
        ]
        .into_iter()
        .fold(builder, |builder, (name, file)| {
            builder.force_setting(&format!("{prefix}.{name}"), self.folder.path(file))
        })
    }

    fn client(&self) -> Client {
        Client::new(&self.authority.der())
    }

    fn ada(&self) -> Identity {
        self.clients.client("ada")
    }
}

async fn peer(Extension(peer): Extension<Peer>) -> String {
    let name = peer.certificate.and_then(|certificate| certificate.common_name.clone());
    format!("{} {}", peer.is_secure, name.as_deref().unwrap_or("nobody"))
}

async fn start(builder: Builder) -> Running {
    builder.start().await.unwrap()
}

/// What a probe by this program says, or why it fails.
async fn probe(builder: Builder) -> Result<String, String> {
    tokio::task::spawn_blocking(move || {
        let report = builder.probe(Some("health"), PATIENCE);
        report.map(|report| report.to_string()).map_err(|error| error.to_string())
    })
    .await
    .unwrap()
}

#[tokio::test]
async fn the_port_of_the_application_speaks_tls_and_tells_handlers_so() {
    let scene = Scene::new();
    let service = start(scene.service("server.ssl")).await;
    let client = scene.client();
    let (status, body) = client.get(service.address(), "/actuator/health").await.unwrap();
    assert_eq!(status, 200);
    assert!(body.ends_with(r#""status":"UP"}"#), "{body}");
    assert_eq!(client.get(service.address(), "/peer").await.unwrap().1, "true nobody");

    // Whoever speaks plain HTTP, or trusts somebody else, gets no answer, and harms nobody.
    let mut plain = TcpStream::connect(service.address()).await.unwrap();
    plain.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    let _ = plain.read_to_end(&mut answer).await;
    assert!(!answer.starts_with(b"HTTP"), "{}", String::from_utf8_lossy(&answer));
    let stranger = Client::new(&Authority::new("other").der());
    assert!(stranger.get(service.address(), "/peer").await.is_err());
    assert_eq!(client.get(service.address(), "/peer").await.unwrap().0, 200);
}

#[tokio::test]
async fn handlers_see_the_certificate_of_a_client() {
    let scene = Scene::new();
    let service = scene.service("server.ssl").force_setting("server.ssl.client-auth", "want");
    let service = start(service).await;
    let ada = scene.client().showing(&scene.ada());
    assert_eq!(ada.get(service.address(), "/peer").await.unwrap().1, "true ada");
    let anonymous = scene.client();
    assert_eq!(anonymous.get(service.address(), "/peer").await.unwrap().1, "true nobody");
}

#[tokio::test]
async fn each_port_speaks_as_its_own_settings_say() {
    let scene = Scene::new();
    let apart = |builder: Builder| {
        builder
            .force_setting("management.server.port", "0")
            .force_setting("management.server.address", "127.0.0.1")
    };
    let both = start(apart(scene.service("server.ssl"))).await;
    let plain = scene.service("server.ssl");
    let plain = plain.force_setting("management.server.ssl.enabled", "false");
    let plain = start(apart(plain)).await;
    let only = start(apart(scene.service("management.server.ssl"))).await;
    let client = scene.client();
    for (service, secure) in
        [(&both, (true, true)), (&plain, (true, false)), (&only, (false, true))]
    {
        let answer = client.get(service.address(), "/peer").await;
        assert_eq!(answer.is_ok(), secure.0);
        let answer = client.get(service.management_address(), "/actuator/health").await;
        assert_eq!(answer.is_ok(), secure.1);
    }
}

#[tokio::test]
async fn a_renewed_certificate_is_shown_without_a_restart() {
    let scene = Scene::new();
    let service = start(scene.service("server.ssl")).await;
    let client = scene.client();
    let kept = client.connect(service.address()).await.unwrap();
    let renewed = scene.authority.server("renewed");
    scene.folder.write_identity(&renewed);
    let shown = async {
        while client.certificate(service.address()).await != renewed.der {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, shown).await.unwrap();
    // Connections that are there go on.
    assert_eq!(client::get_on(kept, "/peer").await.unwrap().1, "true nobody");
}

/// A service that reads the names of its files from a file in the folder.
fn refreshable(scene: &Scene, text: &str) -> Builder {
    scene.folder.write("actuator.toml", text);
    Actuator::builder()
        .application("shop", "1.0.0")
        .isolated()
        .without_declarations()
        .with(|app| {
            app.refreshable();
        })
        .settings_directory(std::path::Path::new(&scene.folder.path("")))
        .force_setting("server.port", "0")
        .force_setting("server.address", "127.0.0.1")
        .force_setting("management.server.port", "0")
        .force_setting("management.server.address", "127.0.0.1")
        .force_setting("management.server.ssl.enabled", "false")
        .force_setting("management.endpoint.refresh.access", "unrestricted")
}

/// What `/actuator/refresh` answers on a plain port.
async fn refresh(service: &Running) -> String {
    let mut stream = TcpStream::connect(service.management_address()).await.unwrap();
    let request = "POST /actuator/refresh HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\
                   content-length: 0\r\n\r\n";
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn a_refresh_takes_over_other_certificates_and_refuses_those_that_cannot_be_used() {
    let scene = Scene::new();
    let other = scene.authority.server("other");
    scene.folder.write("other.crt", &other.certificate);
    scene.folder.write("other.key", &other.key);
    let named = |certificate: &str, key: &str| {
        let path = |file| scene.folder.path(file);
        format!(
            "server.ssl.certificate = '{}'\nserver.ssl.certificate-private-key = '{}'\n\
             server.ssl.reload-on-update = false\n",
            path(certificate),
            path(key)
        )
    };
    let service = start(refreshable(&scene, &named("tls.crt", "tls.key"))).await;
    let client = scene.client();
    let first = client.certificate(service.address()).await;
    assert_ne!(first, other.der);

    scene.folder.write("actuator.toml", &named("other.crt", "tls.key"));
    let answer = refresh(&service).await;
    assert!(!answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert_eq!(client.certificate(service.address()).await, first);

    scene.folder.write("actuator.toml", &named("other.crt", "other.key"));
    let answer = refresh(&service).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.contains("server.ssl.certificate-private-key"), "{answer}");
    assert_eq!(client.certificate(service.address()).await, other.der);

    // The same settings: the files are read again, and what is bad in them refuses nothing.
    let renewed = scene.authority.server("renewed");
    scene.folder.write("other.crt", &renewed.certificate);
    assert!(refresh(&service).await.ends_with("[]"));
    assert_eq!(client.certificate(service.address()).await, other.der);
    scene.folder.write("other.key", &renewed.key);
    assert!(refresh(&service).await.ends_with("[]"));
    assert_eq!(client.certificate(service.address()).await, renewed.der);
}

#[tokio::test]
async fn what_cannot_be_used_refuses_the_start_with_all_that_is_wrong() {
    let scene = Scene::new();
    scene.folder.write("tls.key", "no key");
    let service = scene.service("server.ssl").force_setting("management.server.port", "x");
    let error = service.start().await.unwrap_err();
    assert!(error.is_setting(), "{error}");
    for word in ["server.ssl.certificate-private-key", "tls.key", "management.server.port"] {
        assert!(error.to_string().contains(word), "{error}");
    }
}

#[tokio::test]
async fn the_command_line_probe_asks_over_tls() {
    let scene = Scene::new();
    for auth in ["none", "want", "need"] {
        let builder = || scene.service("server.ssl").force_setting("server.ssl.client-auth", auth);
        let service = start(builder()).await;
        let asked = probe(builder().listening_on(service.address())).await;
        assert_eq!(asked.as_deref(), Ok("UP"), "{auth}");
    }
    // A certificate that is renewed on the disk, and not in force yet, is no reason to fail.
    let builder = || scene.service("server.ssl").force_setting("server.ssl.reload-on-update", "no");
    let service = start(builder()).await;
    scene.folder.write_identity(&scene.authority.server("renewed"));
    let asked = probe(builder().listening_on(service.address())).await;
    assert_eq!(asked.as_deref(), Ok("UP"));
    // A service that speaks plain HTTP there is another one.
    let plain = start(
        Actuator::builder().isolated().without_declarations().force_setting("server.port", "0"),
    )
    .await;
    let error = probe(builder().listening_on(plain.address())).await.unwrap_err();
    assert!(error.contains("https://127.0.0.1:"), "{error}");
}

#[cfg(unix)]
#[tokio::test]
async fn the_command_line_probe_asks_a_unix_socket() {
    let folder = Folder::new();
    let builder = || {
        Actuator::builder()
            .isolated()
            .without_declarations()
            .force_setting("server.port", "0")
            .force_setting("actuator.management.unix-socket.path", folder.path("management.sock"))
    };
    let _service = start(builder()).await;
    assert_eq!(probe(builder()).await.as_deref(), Ok("UP"));
    let nobody = Actuator::builder()
        .isolated()
        .force_setting("actuator.management.unix-socket.path", folder.path("nobody.sock"));
    assert!(probe(nobody).await.unwrap_err().contains("unix:"));
}

#[tokio::test]
async fn admin_servers_are_given_https_addresses() {
    let admin = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let scene = Scene::new();
    let service = scene
        .service("server.ssl")
        .force_setting(
            "spring.boot.admin.client.url",
            format!("http://{}", admin.local_addr().unwrap()),
        )
        .force_setting("management.server.port", "0")
        .force_setting("management.server.ssl.enabled", "false");
    let service = start(service).await;
    let (mut stream, _) = tokio::time::timeout(PATIENCE, admin.accept()).await.unwrap().unwrap();
    let mut asked = String::new();
    while !asked.ends_with("}}") {
        let mut buffer = [0; 4096];
        let read = stream.read(&mut buffer).await.unwrap();
        assert!(read > 0, "{asked}");
        asked += &String::from_utf8_lossy(&buffer[..read]);
    }
    let port = service.address().port();
    assert!(asked.contains(r#""serviceUrl":"https://"#), "{asked}");
    assert!(asked.contains(&format!(":{port}/\"")), "{asked}");
    assert!(asked.contains(r#""managementUrl":"http://"#), "{asked}");
}

#[tokio::test]
async fn the_management_api_knows_callers_by_their_certificates() {
    let scene = Scene::new();
    let service = scene
        .service("server.ssl")
        .force_setting("server.ssl.client-auth", "want")
        .force_setting("actuator.security.certificates.boss.common-name", "ada")
        .force_setting("actuator.security.certificates.boss.roles", "auditor")
        .force_setting("actuator.security.read-roles", "auditor")
        .force_setting("spring.security.user.password", "{noop}secret")
        .force_setting("spring.security.user.roles", "auditor");
    let service = start(service).await;
    let address = service.address();
    let status = async |client: &Client, header: &str| {
        client.get_with(address, "/actuator/info", header).await.unwrap().0
    };
    let (ada, bob) = (scene.ada(), scene.clients.client("bob"));
    let (ada, bob) = (scene.client().showing(&ada), scene.client().showing(&bob));
    assert_eq!(status(&ada, "").await, 200);
    assert_eq!(status(&bob, "").await, 401, "nobody described this certificate");
    assert_eq!(status(&scene.client(), "").await, 401);
    // A certificate that nobody described is no wrong credential.
    let basic = "authorization: Basic dXNlcjpzZWNyZXQ=\r\n";
    assert_eq!(status(&bob, basic).await, 200);
    // The service's own certificate, that of its probe, is nobody's.
    let own = Identity {
        certificate: std::fs::read_to_string(scene.folder.path("tls.crt")).unwrap(),
        key: std::fs::read_to_string(scene.folder.path("tls.key")).unwrap(),
        der: scene.client().certificate(address).await,
    };
    assert_eq!(status(&scene.client().showing(&own), "").await, 401);
}
