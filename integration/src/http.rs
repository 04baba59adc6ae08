//! A plain HTTP exchange as a test wants it: any status is an answer, and bodies are small.

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::time::Duration;

use serde_json::Value;
use ureq::Agent;

use crate::wait::PATIENCE;

/// What the web UI of admin server 4.1.2 (and every line since 3.4.7) accepts.
pub const ACCEPT_V3: &str = "application/vnd.spring-boot.actuator.v3+json,\
    application/vnd.spring-boot.actuator.v2+json,application/vnd.spring-boot.actuator.v1+json,application/json";

/// What the web UI of admin server 2.7.16 accepts: no v3.
pub const ACCEPT_V2: &str = "application/vnd.spring-boot.actuator.v2+json,\
    application/vnd.spring-boot.actuator.v1+json,application/json";

/// One answer.
#[derive(Debug)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body as text.
    pub body: String,
}

impl Answer {
    /// The first header of this name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The media type without parameters.
    pub fn media_type(&self) -> &str {
        self.header("content-type").and_then(|value| value.split(';').next()).unwrap_or_default()
    }

    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error} in {self:?}"))
    }
}

/// Sends one request, with these headers and perhaps a JSON body. `None` if nobody answers.
pub fn send(
    method: &str,
    url: &str,
    headers: &[(&str, &str)],
    body: Option<&Value>,
) -> Option<Answer> {
    let agent: Agent = Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(Duration::from_secs(30)))
        .max_redirects(0)
        .build()
        .into();
    let mut request = ureq::http::Request::builder().method(method).uri(url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut response = match body {
        Some(body) => {
            let request = request.header("Content-Type", "application/json").body(body.to_string());
            agent.run(request.expect("a valid request"))
        }
        None => agent.run(request.body(()).expect("a valid request")),
    }
    .ok()?;
    let headers = response.headers().iter();
    let headers = headers
        .map(|(k, v)| (k.to_string(), String::from_utf8_lossy(v.as_bytes()).into_owned()))
        .collect();
    let status = response.status().as_u16();
    let body = response.body_mut().read_to_string().ok()?;
    Some(Answer { status, headers, body })
}

/// A GET that must be answered.
#[track_caller]
pub fn get(url: &str, headers: &[(&str, &str)]) -> Answer {
    send("GET", url, headers, None).unwrap_or_else(|| panic!("nobody answers GET {url}"))
}

/// The lines of an answer that has no end, as they come; it is given up after [`PATIENCE`], and there are none of one
/// that is not 200. The head has come when this returns.
pub fn lines(url: &str, headers: &[(&str, &str)]) -> impl Iterator<Item = String> + use<> {
    let agent: Agent = Agent::config_builder().timeout_global(Some(PATIENCE)).build().into();
    let request =
        headers.iter().fold(agent.get(url), |request, (name, value)| request.header(*name, *value));
    let body =
        request.call().ok().map(|response| BufReader::new(response.into_body().into_reader()));
    body.into_iter().flat_map(|body| body.lines().map_while(Result::ok))
}

/// The port in a URL that names one.
#[track_caller]
pub fn port(url: &str) -> &str {
    let (_, rest) = url.split_once("://").expect("a URL");
    let authority = rest.split('/').next().unwrap_or_default();
    authority.rsplit(':').next().expect("a port")
}

/// A port at which nobody listens now, for a program that cannot say which one it got.
#[track_caller]
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("a bound address").port()
}

/// As a segment of a path, or the value of a parameter, in a URL.
pub fn encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}
