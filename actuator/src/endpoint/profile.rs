//! `/profile`: where the processor's time goes, sampled while the caller waits. Off unless
//! `management.endpoint.profile.access` says otherwise.

use std::{
    borrow::Cow,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::sync::oneshot;

use super::not_now;
use crate::{
    model::{
        access::Access,
        call::Call,
        endpoint::{BoxFuture, Endpoint, EndpointResult, Operation, Produces},
        parameter::{Parameter, Shape},
        problem::Problem,
        reply::Reply,
    },
    thread::{ProfileFailure, ProfileFormat, ProfileRequest, STACKS_MISSING, ThreadRepository},
};

const OPERATIONS: &[Operation] = &[Operation::read(&[])
    .producing(Produces::Resource)
    .doing("Samples where the processor's time goes.")
    .taking(&[
        Parameter::query("seconds", Shape::Integer, "How long, 1 to 60; 10 by default."),
        Parameter::query(
            "frequency",
            Shape::Integer,
            "Samples for each second of processor time, 1 to 1000; 99 by default.",
        ),
        Parameter::query("format", Shape::Enumeration(&["pprof", "folded", "svg"]), "The form."),
    ])];
/// In seconds, and the default.
const SECONDS: (u32, u32, u32) = (1, 60, 10);
/// In Hertz, and the default, which meets no other rhythm.
const FREQUENCY: (u32, u32, u32) = (1, 1_000, 99);

/// Serves profiles.
#[derive(Debug)]
pub(crate) struct ProfileEndpoint {
    threads: Arc<ThreadRepository>,
    /// The name of the application.
    title: String,
}

impl ProfileEndpoint {
    /// Profiles of the process, by its threads.
    pub(crate) fn new(threads: Arc<ThreadRepository>, title: &str) -> Self {
        Self { threads, title: title.to_owned() }
    }

    async fn answer(&self, call: Call<'_>) -> EndpointResult {
        if let Some(missing) = STACKS_MISSING {
            return not_now::not_implemented(missing);
        }
        let request = request(&call)?;
        let (tell, told) = oneshot::channel();
        // Whoever goes away drops this future, and with it the wish for a profile.
        let wish = Wish(Arc::default());
        let (threads, title) = (Arc::clone(&self.threads), self.title.clone());
        let cancelled = Arc::clone(&wish.0);
        let thread = std::thread::Builder::new().name("actuator-profile".to_owned());
        thread
            .spawn(move || drop(tell.send(threads.profile(request, &title, &cancelled))))
            .map_err(|error| Problem::internal(format!("no thread for a profile: {error}")))?;
        let ended = told.await;
        drop(wish);
        match ended.map_err(|_| Problem::internal("the profile ended without a result"))? {
            Ok(body) => Ok(document(request.format, body)),
            Err(ProfileFailure::Busy) => {
                not_now::busy("another profile is being made; only one is made at a time")
            }
            Err(ProfileFailure::Unavailable(reason)) => not_now::unavailable(&reason),
        }
    }
}

/// Says when it is dropped that nobody waits any more.
struct Wish(Arc<AtomicBool>);

impl Drop for Wish {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

fn request(call: &Call<'_>) -> Result<ProfileRequest, Problem> {
    let format = match call.text("format").as_deref() {
        None | Some("pprof") => ProfileFormat::Pprof,
        Some("folded") => ProfileFormat::Folded,
        Some("svg") => ProfileFormat::FlameGraph,
        Some(other) => {
            return Err(Problem::bad_request(format!(
                "format is {other}; pprof, folded and svg are known"
            )));
        }
    };
    let seconds = number(call, "seconds", SECONDS)?;
    let frequency = number(call, "frequency", FREQUENCY)?;
    Ok(ProfileRequest { duration: Duration::from_secs(seconds.into()), frequency, format })
}

fn number(
    call: &Call<'_>,
    name: &str,
    (least, most, default): (u32, u32, u32),
) -> Result<u32, Problem> {
    let Some(text) = call.text(name) else { return Ok(default) };
    text.parse().ok().filter(|number| (least..=most).contains(number)).ok_or_else(|| {
        Problem::bad_request(format!("{name} is {text}; a number from {least} to {most} is taken"))
    })
}

fn document(format: ProfileFormat, body: Vec<u8>) -> Reply {
    const ATTACHED: &[(&str, Cow<'static, str>)] =
        &[("content-disposition", Cow::Borrowed("attachment; filename=\"profile.pb.gz\""))];
    let (content_type, headers) = match format {
        ProfileFormat::Pprof => ("application/octet-stream", ATTACHED),
        ProfileFormat::Folded => ("text/plain;charset=UTF-8", &[][..]),
        ProfileFormat::FlameGraph => ("image/svg+xml", &[][..]),
    };
    Reply::Document { status: 200, content_type, headers: headers.into(), body: body.into() }
}

impl Endpoint for ProfileEndpoint {
    fn id(&self) -> &'static str {
        "profile"
    }

    fn operations(&self) -> &[Operation] {
        OPERATIONS
    }

    fn description(&self) -> &'static str {
        "Where the processor's time goes: pprof, folded stacks, or a flame graph."
    }

    fn default_access(&self) -> Access {
        Access::None
    }

    fn invoke<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, EndpointResult> {
        Box::pin(self.answer(call))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(query: &[(&'static str, &'static str)]) -> Result<ProfileRequest, u16> {
        let mut call = Call::new(0);
        call.query = query.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        request(&call).map_err(|problem| problem.status())
    }

    #[test]
    fn what_is_asked_for_is_bounded_and_has_defaults() {
        let ten = Duration::from_secs(10);
        let request =
            |duration, frequency, format| Ok(ProfileRequest { duration, frequency, format });
        assert_eq!(asked(&[]), request(ten, 99, ProfileFormat::Pprof));
        assert_eq!(
            asked(&[("seconds", "60"), ("frequency", "1000"), ("format", "svg")]),
            request(Duration::from_mins(1), 1_000, ProfileFormat::FlameGraph)
        );
        for (name, value) in [
            ("seconds", "0"),
            ("seconds", "61"),
            ("seconds", "-1"),
            ("seconds", "ten"),
            ("seconds", ""),
            ("frequency", "0"),
            ("frequency", "1001"),
            ("frequency", "99999999999999"),
            ("format", "png"),
        ] {
            assert_eq!(asked(&[(name, value)]), Err(400), "{name}={value}");
        }
    }
}
