//! One call to one admin server: POST a registration, DELETE it. Everything is bounded: time,
//! the size of an answer, and that no redirect leads elsewhere.

use bytes::Bytes;
use reqwest::{
    Method, RequestBuilder, Response, StatusCode,
    header::{self, HeaderMap, HeaderValue},
};
use serde::Deserialize;

use super::{
    address::ServerAddress, application::Application, failure::Failure,
    settings::AdminClientSettings,
};
use crate::support::outgoing::{Authorization, Timeouts, client_builder};

/// The answer to a registration is some forty bytes.
const LONGEST_ANSWER: usize = 16 * 1024;
const LONGEST_ID: usize = 256;

/// Sends one registration to admin servers.
#[derive(Clone, Debug)]
pub struct AdminClient {
    http: reqwest::Client,
    authorization: Authorization,
    /// Written once, so that every registration is equal to the one before.
    body: Bytes,
}

impl AdminClient {
    /// Makes the client. Blocks for some milliseconds if certificates have to be read.
    pub fn new(settings: &AdminClientSettings, application: &Application) -> Result<Self, Failure> {
        let body = serde_json::to_vec(application).map_err(Failure::of_client)?;
        let https = settings.servers.iter().any(ServerAddress::is_https);
        let timeouts = Timeouts {
            connect: settings.connect_timeout,
            read: settings.read_timeout,
            whole: settings.connect_timeout + settings.read_timeout,
        };
        let http = client_builder(&settings.trust, https, timeouts, default_headers(settings))
            .map_err(Failure::of_client)?
            .build()
            .map_err(|error| Failure::of_client(error.without_url()))?;
        let authorization = settings.authorization.clone();
        Ok(Self { http, authorization, body: body.into() })
    }

    /// Registers, and returns the id that the server gave.
    pub async fn register(&self, server: &ServerAddress) -> Result<String, Failure> {
        let request = self
            .request(Method::POST, server, server.instances())
            .header(header::CONTENT_TYPE, "application/json")
            .body(self.body.clone());
        let response = request.send().await.map_err(Failure::of_call)?;
        if response.status() != StatusCode::CREATED {
            return Err(Failure::of_answer(response).await);
        }
        id_of(response).await
    }

    /// Takes the registration with this id back. That it is not there any more is success.
    pub async fn deregister(&self, server: &ServerAddress, id: &str) -> Result<(), Failure> {
        let request = self.request(Method::DELETE, server, server.instance(id));
        let response = request.send().await.map_err(Failure::of_call)?;
        if response.status().is_success() || response.status() == StatusCode::NOT_FOUND {
            return Ok(());
        }
        Err(Failure::of_answer(response).await)
    }

    fn request(&self, method: Method, server: &ServerAddress, url: reqwest::Url) -> RequestBuilder {
        let request = self.http.request(method, url);
        match server.credentials() {
            Some(own) => Authorization::Basic(own.clone()).apply(request),
            None => self.authorization.apply(request),
        }
    }
}

fn default_headers(settings: &AdminClientSettings) -> HeaderMap {
    let accept = (header::ACCEPT, HeaderValue::from_static("application/json"));
    let mut headers = HeaderMap::from_iter([accept]);
    headers.extend(settings.headers.clone().into_map());
    headers
}

/// Reads `{"id":"…"}`.
async fn id_of(response: Response) -> Result<String, Failure> {
    #[derive(Deserialize)]
    struct Registered {
        id: String,
    }
    let body = body_of(response).await?.ok_or_else(Failure::no_id)?;
    serde_json::from_slice::<Registered>(&body)
        .ok()
        .map(|registered| registered.id)
        .filter(|id| !id.is_empty() && id.len() <= LONGEST_ID)
        // As a segment of a path these two would name something else than an instance.
        .filter(|id| id != "." && id != "..")
        .ok_or_else(Failure::no_id)
}

/// Reads an answer; none if it is longer than any could ever need to be.
pub(super) async fn body_of(mut response: Response) -> Result<Option<Vec<u8>>, Failure> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(Failure::of_call)? {
        if body.len() + chunk.len() > LONGEST_ANSWER {
            return Ok(None);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Some(body))
}
