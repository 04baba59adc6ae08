//! A client that speaks HTTP/1.1 over TLS, one request a connection.

use std::{io, net::SocketAddr, sync::Arc};

use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, ServerName, pem::PemObject as _},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use tokio_rustls::{TlsConnector, client::TlsStream};

use crate::certificates::Identity;

pub type Stream = TlsStream<TcpStream>;

/// Trusts one authority.
pub struct Client {
    roots: RootCertStore,
    config: Arc<ClientConfig>,
}

impl Client {
    pub fn new(authority: &[u8]) -> Self {
        let mut roots = RootCertStore::empty();
        roots.add(authority.to_vec().into()).unwrap();
        let config = Arc::new(builder(&roots).with_no_client_auth());
        Self { roots, config }
    }

    /// The same with a certificate of its own.
    pub fn showing(self, identity: &Identity) -> Self {
        let certificate = CertificateDer::from(identity.der.clone());
        let key = PrivateKeyDer::from_pem_slice(identity.key.as_bytes()).unwrap();
        let config = builder(&self.roots).with_client_auth_cert(vec![certificate], key).unwrap();
        Self { config: Arc::new(config), ..self }
    }

    pub async fn connect(&self, address: SocketAddr) -> io::Result<Stream> {
        let stream = TcpStream::connect(address).await?;
        let name = ServerName::from(address.ip());
        TlsConnector::from(Arc::clone(&self.config)).connect(name, stream).await
    }

    /// The certificate of the server.
    pub async fn certificate(&self, address: SocketAddr) -> Vec<u8> {
        let stream = self.connect(address).await.unwrap();
        stream.get_ref().1.peer_certificates().unwrap()[0].to_vec()
    }

    pub async fn get(&self, address: SocketAddr, target: &str) -> io::Result<(u16, String)> {
        get_on(self.connect(address).await?, target).await
    }

    pub async fn get_with(
        &self,
        address: SocketAddr,
        target: &str,
        header: &str,
    ) -> io::Result<(u16, String)> {
        ask(self.connect(address).await?, target, header).await
    }
}

fn builder(
    roots: &RootCertStore,
) -> rustls::ConfigBuilder<ClientConfig, rustls::client::WantsClientCert> {
    ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots.clone())
}

/// The status and the body of an answer.
pub async fn get_on(stream: Stream, target: &str) -> io::Result<(u16, String)> {
    ask(stream, target, "").await
}

async fn ask(mut stream: Stream, target: &str, header: &str) -> io::Result<(u16, String)> {
    let request =
        format!("GET {target} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{header}\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    let (head, body) = answer.split_once("\r\n\r\n").ok_or(io::ErrorKind::UnexpectedEof)?;
    Ok((head[9..12].parse().unwrap(), body.to_owned()))
}
