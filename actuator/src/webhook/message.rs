//! What is told of a change.

use serde::Serialize;

use super::template::{Placeholder, Template};
use crate::{
    health::HealthTransition,
    model::sanitizer::Sanitizer,
    support::{
        text::shortened,
        time::{iso_duration, iso_instant},
    },
};

/// How much of a cause is sent, in bytes.
const LONGEST_CAUSE: usize = 2000;

/// Who tells.
#[derive(Clone, Debug)]
pub struct Sender {
    /// The name of the application.
    pub application: String,
    /// Which of its instances: a host name, a host and a port.
    pub instance: String,
    /// What hides secrets in causes.
    pub sanitizer: Sanitizer,
}

/// The body, if nobody has chosen another.
#[derive(Serialize)]
struct Message<'a> {
    application: &'a str,
    instance: &'a str,
    check: &'a str,
    from: &'a str,
    to: &'a str,
    /// ISO 8601.
    at: String,
    cause: Option<String>,
    /// How long it was worse than UP, ISO 8601; `null` until it is over.
    outage: Option<String>,
}

/// The body that tells of this change.
pub fn body(sender: &Sender, change: &HealthTransition, template: Option<&Template>) -> String {
    let cause = change.cause.as_deref().map(|cause| shown(cause, &sender.sanitizer));
    let at = iso_instant(change.at);
    let outage = change.outage.map(iso_duration);
    let (from, to) = (change.from.code(), change.to.code());
    let Some(template) = template else {
        let message = Message {
            application: &sender.application,
            instance: &sender.instance,
            check: &change.path,
            from,
            to,
            at,
            cause,
            outage,
        };
        // Texts only: cannot fail.
        return serde_json::to_string(&message).unwrap_or_default();
    };
    let (check, cause) = (&*change.path, cause.unwrap_or_default());
    template.render(|placeholder| match placeholder {
        Placeholder::Application | Placeholder::Liveness => sender.application.clone(),
        Placeholder::Instance => sender.instance.clone(),
        Placeholder::Check => check.to_owned(),
        Placeholder::From => from.to_owned(),
        Placeholder::To => to.to_owned(),
        Placeholder::At => at.clone(),
        Placeholder::Cause => cause.clone(),
        Placeholder::Outage => outage.clone().unwrap_or_default(),
        Placeholder::Failure => format!("{check} went from {from} to {to}"),
        Placeholder::Descriptions if cause.is_empty() => check.to_owned(),
        Placeholder::Descriptions => format!("{check}: {cause}"),
    })
}

/// A cause leaves the process: shortened, and without the secrets in it.
fn shown(cause: &str, sanitizer: &Sanitizer) -> String {
    // First the secrets: half of one would not be known as such.
    let clean = sanitizer.sanitize_text(cause).into_owned();
    let start = shortened(&clean, LONGEST_CAUSE);
    if start.len() < clean.len() { format!("{start}…") } else { clean }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::*;
    use crate::health::Status;

    fn sender() -> Sender {
        let sanitizer = Sanitizer::default();
        Sender { application: "shop".to_owned(), instance: "web-1".to_owned(), sanitizer }
    }

    fn change(cause: Option<&str>, outage: Option<Duration>) -> HealthTransition {
        HealthTransition {
            sequence: 1,
            path: "db/primary".into(),
            from: Status::UP,
            to: Status::DOWN,
            at: SystemTime::UNIX_EPOCH,
            cause: cause.map(str::to_owned),
            outage,
        }
    }

    #[test]
    fn the_body_is_json_with_every_fact_unless_somebody_chose_another() {
        let told = change(Some("refused by postgres://u:hunter2@db"), None);
        assert_eq!(
            body(&sender(), &told, None),
            r#"{"application":"shop","instance":"web-1","check":"db/primary","from":"UP","to":"DOWN","at":"1970-01-01T00:00:00Z","cause":"refused by postgres://u:******@db","outage":null}"#
        );
        let template = "[[LIVENESS]]|[[FAILURE]]|[[DESCRIPTIONS]]|[[INSTANCE]]|[[OUTAGE]]";
        let template = Template::parse(template).unwrap();
        assert_eq!(
            body(&sender(), &change(None, Some(Duration::from_secs(90))), Some(&template)),
            "shop|db/primary went from UP to DOWN|db/primary|web-1|PT1M30S"
        );
    }

    #[test]
    fn a_long_cause_is_cut_between_characters() {
        let told = body(&sender(), &change(Some(&"ä".repeat(100_000)), None), None);
        assert!(told.len() < LONGEST_CAUSE + 300 && told.contains("ä…"), "{}", told.len());
    }
}
