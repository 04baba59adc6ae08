//! From an error answer of the application to its document: which answers are turned into one, in
//! which form, and what it shows.

use axum::{body::Body, response::Response};
use bytes::Bytes;
use http::{HeaderValue, Method, Request, StatusCode, Uri, header};
use http_body_util::{BodyExt as _, Limited};

use axum::extract::{MatchedPath, OriginalUri};

use super::{
    OfManagement,
    document::{ErrorDocument, ProblemMembers, page},
    http_error::Thrown,
    settings::{Disclosure, ErrorFormat, ErrorSettings},
    told::Told,
    without_sql::without_sql,
};
use crate::{
    model::{principal::Principal, request::RequestContext},
    support::text::shortened,
    web::{
        caller::CallerSlot,
        media_type::{Accept, ErrorForm},
    },
};

/// The largest text that is taken for the words of an error, in bytes.
const MAX_TEXT: u64 = 8 * 1024;
/// Bytes of a message that are shown.
const MAX_MESSAGE: usize = 1024;
const PROBLEM: &str = "application/problem+json";

/// What has to be known of a request once it has gone wrong. Nothing here costs more than counting
/// a reference.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) method: Method,
    uri: Uri,
    accept: Option<HeaderValue>,
    is_matched: bool,
    /// Where the application says who calls, if that is asked for.
    caller: Option<CallerSlot>,
}

/// What an error answer has to say for itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    /// Something of its own: it stays as it is.
    Own,
    /// Nothing.
    Empty,
    /// A short text.
    Text,
}

/// The form in which the caller is told.
enum Form {
    /// What the application sent, or a page if it sent nothing.
    Page,
    /// What the application sent.
    Nothing,
    Spring(String),
    Problem,
}

impl Asked {
    /// Remembers a request.
    pub(super) fn of<B>(request: &mut Request<B>, settings: &ErrorSettings) -> Self {
        let wants_caller = !settings.roles.is_empty();
        let caller = wants_caller.then(|| CallerSlot::of(request.extensions_mut()));
        let extensions = request.extensions();
        // A router that nests us shows the path below its prefix; callers know all of it.
        let original = extensions.get::<OriginalUri>().map(|original| &original.0);
        Self {
            method: request.method().clone(),
            uri: original.unwrap_or(request.uri()).clone(),
            accept: request.headers().get(header::ACCEPT).cloned(),
            is_matched: extensions.get::<MatchedPath>().is_some(),
            caller,
        }
    }

    /// The path as it was sent.
    pub(super) fn path(&self) -> &str {
        self.uri.path()
    }

    fn caller(&self) -> Option<Principal> {
        self.caller.as_ref()?.get()
    }

    fn query(&self) -> &str {
        self.uri.query().unwrap_or_default()
    }

    fn form(&self, settings: &ErrorSettings) -> Form {
        let accept = self.accept.as_ref().and_then(|accept| accept.to_str().ok());
        match Accept::parse(accept).error_form() {
            ErrorForm::Html => Form::Page,
            ErrorForm::Empty => Form::Nothing,
            ErrorForm::Json(media_type) => {
                let essence = media_type.split(';').next().unwrap_or_default().trim();
                let asked = essence.eq_ignore_ascii_case(PROBLEM);
                if asked || settings.format == ErrorFormat::Problem {
                    Form::Problem
                } else {
                    Form::Spring(media_type.to_owned())
                }
            }
        }
    }
}

/// What an answer has to say, if it is one that becomes a document.
pub(super) fn content<R: http_body::Body>(response: &http::Response<R>) -> Content {
    let is_error = response.status().is_client_error() || response.status().is_server_error();
    let headers = response.headers();
    let is_own = response.extensions().get::<OfManagement>().is_some()
        || headers.contains_key(header::CONTENT_ENCODING);
    let Some(length) = response.body().size_hint().exact().filter(|_| is_error && !is_own) else {
        return Content::Own;
    };
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let is_text = content_type.is_some_and(|content_type| {
        let essence = content_type.split(';').next().unwrap_or_default();
        essence.trim().eq_ignore_ascii_case("text/plain")
    });
    match length {
        0 if is_text || !headers.contains_key(header::CONTENT_TYPE) => Content::Empty,
        1..=MAX_TEXT if is_text => Content::Text,
        _ => Content::Own,
    }
}

/// The answer as the caller reads it. `response` is one whose content is not its own.
pub(super) async fn rewritten<R>(
    response: http::Response<R>,
    asked: Asked,
    settings: &ErrorSettings,
) -> Response
where
    R: http_body::Body<Data = Bytes> + Send + 'static,
    R::Error: Into<axum::BoxError>,
{
    let (mut parts, body) = response.into_parts();
    let body = Limited::new(body, usize::try_from(MAX_TEXT).unwrap_or(usize::MAX)).collect().await;
    // What breaks off while it is read is nothing.
    let bytes = body.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let thrown = parts.extensions.remove::<Thrown>();
    if thrown.is_none() {
        Told {
            status: parts.status,
            request: Some((&asked.method, asked.path())),
            is_matched: asked.is_matched,
            reason: Some(&*text).filter(|text| !text.is_empty()),
            error: None,
        }
        .write();
    }
    let form = asked.form(settings);
    if matches!(form, Form::Page | Form::Nothing) {
        return Response::from_parts(parts, Body::from(bytes));
    }
    let caller = parts.extensions.get::<Principal>().cloned().or_else(|| asked.caller());
    let answer = Answer {
        status: parts.status,
        asked: &asked,
        settings,
        caller: caller.as_ref(),
        thrown: thrown.as_ref(),
        text: &text,
        is_panic: false,
    };
    let (content_type, document) = answer.write(&form);
    let headers = &mut parts.headers;
    headers.remove(header::CONTENT_LENGTH);
    if let Ok(content_type) = HeaderValue::try_from(content_type) {
        headers.insert(header::CONTENT_TYPE, content_type);
    }
    headers.append(header::VARY, HeaderValue::from_static("accept"));
    Response::from_parts(parts, Body::from(document))
}

/// The answer to a request whose handler panicked.
pub(super) fn of_panic(asked: &Asked, settings: &ErrorSettings) -> Response {
    let status = StatusCode::INTERNAL_SERVER_ERROR;
    let caller = asked.caller();
    let answer = Answer {
        status,
        asked,
        settings,
        caller: caller.as_ref(),
        thrown: None,
        text: "",
        is_panic: true,
    };
    let (content_type, document) = answer.write(&asked.form(settings));
    let mut response = Response::new(Body::from(document));
    *response.status_mut() = status;
    if let Ok(content_type) = HeaderValue::try_from(content_type)
        && !content_type.is_empty()
    {
        response.headers_mut().insert(header::CONTENT_TYPE, content_type);
    }
    response.headers_mut().append(header::VARY, HeaderValue::from_static("accept"));
    response
}

/// All that an answer is written from.
struct Answer<'a> {
    status: StatusCode,
    asked: &'a Asked,
    settings: &'a ErrorSettings,
    caller: Option<&'a Principal>,
    thrown: Option<&'a Thrown>,
    /// What the application sent.
    text: &'a str,
    is_panic: bool,
}

impl Answer<'_> {
    /// The media type and the document.
    fn write(&self, form: &Form) -> (String, Vec<u8>) {
        let (asked, settings) = (self.asked, self.settings);
        let is_problem = matches!(form, Form::Problem);
        let message = self.message(is_problem);
        let path_is_shown = settings.includes.path.shows("path", asked.query());
        let shown = |disclosure: Disclosure, parameter: &str| {
            disclosure.shows(parameter, asked.query(), self.caller, &settings.roles)
        };
        let trace = self.thrown.filter(|_| shown(settings.stacktrace, "trace"));
        let trace = trace.and_then(Thrown::trace);
        let trace = trace.as_deref().map(|trace| settings.sanitizer.sanitize_text(trace));
        let request_id = (is_problem || settings.request_id)
            .then(|| RequestContext::with_current(|request| request.id().to_owned()))
            .flatten();
        let document = ErrorDocument {
            exception: self.exception().filter(|_| shown(settings.exception, "exception")),
            trace: trace.as_deref(),
            request_id: request_id.as_deref(),
            ..ErrorDocument::new(
                self.status,
                message.as_deref(),
                Some(asked.path()).filter(|_| path_is_shown),
            )
        };
        match form {
            Form::Spring(media_type) => (media_type.clone(), document.spring()),
            Form::Problem => {
                let members = self.thrown.map(Thrown::problem_members);
                let members: ProblemMembers<'_> = members.unwrap_or_default();
                (PROBLEM.to_owned(), document.problem(&members))
            }
            Form::Page => ("text/html;charset=UTF-8".to_owned(), page(self.status)),
            Form::Nothing => (String::new(), Vec::new()),
        }
    }

    fn exception(&self) -> Option<&'static str> {
        if self.is_panic { Some("panic") } else { self.thrown.and_then(Thrown::exception) }
    }

    /// What is wrong, if it may be said: without statements and secrets, and not too long.
    fn message(&self, is_problem: bool) -> Option<String> {
        let allowed = self.settings.includes.message.shows("message", self.asked.query());
        let detail = self.thrown.and_then(Thrown::detail);
        // Problem details are for the caller; but the text of a failure that nobody wrote as a
        // detail may be an error's own.
        let is_meant = is_problem && (detail.is_some() || self.status.is_client_error());
        if !allowed && !is_meant {
            return None;
        }
        let words = detail.map(str::to_owned).or_else(|| self.words());
        let Some(words) = words else {
            return (!is_problem).then(|| "No message available".to_owned());
        };
        let clean = self.settings.sanitizer.sanitize_text(&words).into_owned();
        Some(shortened(&without_sql(&clean), MAX_MESSAGE).to_owned())
    }

    /// The text of the answer, else what its status says, in Spring's words.
    fn words(&self) -> Option<String> {
        if !self.text.is_empty() {
            return Some(self.text.to_owned());
        }
        let path = self.asked.path().trim_start_matches('/');
        match self.status {
            StatusCode::NOT_FOUND if !self.asked.is_matched => {
                Some(format!("No static resource {path}."))
            }
            StatusCode::METHOD_NOT_ALLOWED => {
                Some(format!("Method '{}' is not supported.", self.asked.method))
            }
            _ => None,
        }
    }
}
