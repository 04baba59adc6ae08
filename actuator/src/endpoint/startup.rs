//! `startup`: the steps of the start with their durations. A read leaves them, a write takes them
//! away, as Spring's buffer does.

use std::sync::Arc;

use serde::Serialize;

use crate::{
    model::{
        call::Call,
        endpoint::{BoxFuture, Endpoint, EndpointResult, Operation, OperationKind},
        reply::Reply,
        sanitizer::{SanitizedText, Sanitizer},
    },
    startup::{MAX_NAME, MAX_TAG, StartupEvent, Timeline, TimelineShown},
    support::{
        text::shortened,
        time::{iso_duration, iso_instant},
    },
};

const OPERATIONS: [Operation; 2] = [
    Operation::read(&[]).doing("The steps of the start; they are kept."),
    Operation::write_without_body(&[]).doing("The steps of the start; they are not kept."),
];

/// The `startup` endpoint.
#[derive(Debug)]
pub(crate) struct StartupEndpoint {
    timeline: Arc<Timeline>,
    sanitizer: Sanitizer,
}

impl StartupEndpoint {
    /// The endpoint of these steps.
    pub(crate) fn new(timeline: Arc<Timeline>, sanitizer: Sanitizer) -> Self {
        Self { timeline, sanitizer }
    }
}

impl Endpoint for StartupEndpoint {
    fn id(&self) -> &'static str {
        "startup"
    }

    fn operations(&self) -> &[Operation] {
        &OPERATIONS
    }

    fn description(&self) -> &'static str {
        "What the service did until it was ready, step by step."
    }

    fn invoke<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, EndpointResult> {
        Box::pin(async move {
            let operation = OPERATIONS.get(call.operation).map(|operation| operation.kind);
            let shown = match operation {
                Some(OperationKind::Write) => self.timeline.drain(),
                _ => self.timeline.snapshot(),
            };
            Reply::json(&StartupDescriptor::new(&shown, &self.sanitizer))
        })
    }
}

/// Members in the order of Spring Boot 4 (recorded). There is no `springBootVersion`.
#[derive(Serialize)]
struct StartupDescriptor<'s> {
    timeline: TimelineDescriptor<'s>,
    /// How many found no room; Spring does not tell.
    #[serde(skip_serializing_if = "is_none")]
    dropped: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TimelineDescriptor<'s> {
    events: Vec<EventDescriptor<'s>>,
    start_time: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EventDescriptor<'s> {
    duration: String,
    end_time: String,
    start_time: String,
    startup_step: StepDescriptor<'s>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct StepDescriptor<'s> {
    id: u64,
    name: SanitizedText<'s>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent_id: Option<u64>,
    tags: Vec<TagDescriptor<'s>>,
}

#[derive(Serialize)]
struct TagDescriptor<'s> {
    key: SanitizedText<'s>,
    value: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_none(count: &u64) -> bool {
    *count == 0
}

impl<'s> StartupDescriptor<'s> {
    fn new(shown: &'s TimelineShown, sanitizer: &'s Sanitizer) -> Self {
        let events = shown.events.iter().map(|event| EventDescriptor::new(event, sanitizer));
        let timeline =
            TimelineDescriptor { events: events.collect(), start_time: iso_instant(shown.began) };
        Self { timeline, dropped: shown.dropped }
    }
}

impl<'s> EventDescriptor<'s> {
    fn new(event: &'s StartupEvent, sanitizer: &'s Sanitizer) -> Self {
        let tag = |(key, value): &'s (String, String)| TagDescriptor {
            key: sanitizer.shown(key),
            value: shortened(&sanitizer.sanitize(key, value), MAX_TAG.1).to_owned(),
        };
        let ended = event.started.checked_add(event.took).unwrap_or(event.started);
        Self {
            duration: iso_duration(event.took),
            end_time: iso_instant(ended),
            start_time: iso_instant(event.started),
            startup_step: StepDescriptor {
                id: event.id,
                name: sanitizer.shown_up_to(&event.name, MAX_NAME),
                parent_id: event.parent,
                tags: event.tags.iter().map(tag).collect(),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::*;
    use crate::{startup::StartupSteps, support::clock::Clock};

    async fn body(endpoint: &StartupEndpoint, operation: usize) -> String {
        match endpoint.invoke(Call::new(operation)).await.unwrap() {
            Reply::Json { status: 200, body } => String::from_utf8(body.to_vec()).unwrap(),
            other => panic!("{other:?}"),
        }
    }

    fn endpoint(steps: &StartupSteps) -> StartupEndpoint {
        StartupEndpoint::new(Arc::clone(steps.timeline()), Sanitizer::default())
    }

    #[tokio::test]
    async fn a_read_keeps_the_steps_and_a_write_takes_them_away() {
        let clock = Clock::manual(SystemTime::UNIX_EPOCH + Duration::from_millis(1_500));
        let steps = StartupSteps::begin(clock.clone());
        let outer = steps.step("outer");
        outer.step("inner").with_tag("rows", 7).end();
        clock.advance(Duration::from_millis(23));
        outer.end();
        let endpoint = endpoint(&steps);
        let recorded = concat!(
            r#"{"timeline":{"events":[{"duration":"PT0S","endTime":"1970-01-01T00:00:01.500Z","#,
            r#""startTime":"1970-01-01T00:00:01.500Z","startupStep":{"id":2,"name":"inner","#,
            r#""parentId":1,"tags":[{"key":"rows","value":"7"}]}},{"duration":"PT0.023S","#,
            r#""endTime":"1970-01-01T00:00:01.523Z","startTime":"1970-01-01T00:00:01.500Z","#,
            r#""startupStep":{"id":1,"name":"outer","tags":[]}}],"#,
            r#""startTime":"1970-01-01T00:00:01.500Z"}}"#,
        );
        assert_eq!(body(&endpoint, 0).await, recorded);
        assert_eq!(body(&endpoint, 1).await, recorded);
        let empty = r#"{"timeline":{"events":[],"startTime":"1970-01-01T00:00:01.500Z"}}"#;
        assert_eq!(body(&endpoint, 1).await, empty);
        assert_eq!(body(&endpoint, 0).await, empty);
    }

    #[tokio::test]
    async fn a_secret_at_the_place_where_a_text_is_cut_is_hidden_like_any_other() {
        let steps = StartupSteps::default();
        for length in 150..260 {
            let text = format!("{} redis://:s3cret@cache", "x".repeat(length));
            steps.step(&*text).with_tag("note", &text).end();
        }
        let body = body(&endpoint(&steps), 0).await;
        assert!(!body.contains("redis://:s"), "{body}");
        let longest = |key: &str| {
            let values = body.split(key).skip(1).map(|rest| rest.split('"').next().unwrap().len());
            values.max().unwrap()
        };
        assert_eq!((longest("\"name\":\""), longest("\"value\":\"")), (200, 256));
    }

    #[tokio::test]
    async fn secrets_are_masked_and_what_found_no_room_is_counted() {
        let steps = StartupSteps::default();
        steps.timeline().limit(1);
        steps.step("connect redis://:s3cret@cache").with_tag("password", "s3cret").end();
        steps.step("too many").end();
        let body = body(&endpoint(&steps), 0).await;
        assert!(body.contains("connect redis://:******@cache"), "{body}");
        assert!(!body.contains("s3cret") && body.ends_with(r#","dropped":1}"#), "{body}");
    }
}
