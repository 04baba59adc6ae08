//! Registration over TLS: a private authority, and a server that asks who calls.

use std::{
    io::{Read, Write},
    net::TcpListener,
    sync::Arc,
};

use rustls::{
    RootCertStore, ServerConfig, ServerConnection, StreamOwned,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    server::WebPkiClientVerifier,
};

use super::registrar_tests::{start, until};

fn file(name: &str) -> String {
    format!("{}/tests/tls/{name}", env!("CARGO_MANIFEST_DIR"))
}

fn certificate(name: &str) -> CertificateDer<'static> {
    CertificateDer::from_pem_file(file(name)).unwrap()
}

/// A server that answers every call with an id; with `asks` only to callers with a certificate.
fn server(asks: bool) -> String {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .unwrap();
    let builder = if asks {
        let mut roots = RootCertStore::empty();
        roots.add(certificate("ca.pem")).unwrap();
        let verifier = WebPkiClientVerifier::builder_with_provider(roots.into(), provider);
        builder.with_client_cert_verifier(verifier.build().unwrap())
    } else {
        builder.with_no_client_auth()
    };
    let key = PrivateKeyDer::from_pem_file(file("server.key.pem")).unwrap();
    let config = Arc::new(builder.with_single_cert(vec![certificate("server.pem")], key).unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let session = ServerConnection::new(config.clone()).unwrap();
            let mut stream = StreamOwned::new(session, stream.unwrap());
            // One read is the head of a call of this size; a failed handshake ends it.
            if stream.read(&mut [0; 4096]).is_ok() {
                let body = r#"{"id":"a9"}"#;
                let head = format!("HTTP/1.1 201 Created\r\ncontent-length: {}", body.len());
                let _ = write!(stream, "{head}\r\nconnection: close\r\n\r\n{body}");
                let _ = stream.flush();
                // Until the caller is done: closing with unread bytes would reset the answer.
                let _ = stream.read_to_end(&mut Vec::new());
            }
        }
    });
    url
}

#[tokio::test]
async fn a_server_of_a_private_authority_is_trusted_only_by_its_certificate() {
    let handle = start(&server(false), &[("ca-certificate", &file("ca.pem"))]);
    until(&handle, |state| state.registered).await;
    drop(handle);

    let handle = start(&server(false), &[("ca-certificate", &file("client.pem"))]);
    let error = until(&handle, |state| state.error.is_some()).await.error.unwrap();
    assert!(error.contains("ca-certificate"), "{error}");
}

#[tokio::test]
async fn without_a_file_the_authorities_of_the_system_decide() {
    let handle = start(&server(false), &[]);
    let error = until(&handle, |state| state.error.is_some()).await.error.unwrap();
    assert!(error.contains("TLS") || error.contains("client cannot be made"), "{error}");
}

#[tokio::test]
async fn a_server_that_asks_who_calls_is_shown_the_certificate() {
    let authority = ("ca-certificate", &*file("ca.pem"));
    let certificate = ("client-certificate", &*file("client.pem"));
    let key = ("client-key", &*file("client.key.pem"));
    let handle = start(&server(true), &[authority, certificate, key]);
    until(&handle, |state| state.registered).await;
    drop(handle);

    let handle = start(&server(true), &[authority]);
    let state = until(&handle, |state| state.error.is_some()).await;
    assert!(!state.registered);
}
