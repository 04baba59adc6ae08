//! Whose events they are: what all of them say.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::envelope::EventId;
use crate::model::request::RequestContext;

/// What Sentry takes as the value of a tag, in characters.
const LONGEST_TAG: usize = 200;

/// The service, as Sentry knows it.
#[derive(Clone, Debug, Default)]
pub(super) struct Identity {
    /// The release that was set.
    pub(super) release: Option<String>,
    /// The release that the build tells.
    pub(super) build: Option<String>,
    /// The environment.
    pub(super) environment: String,
    /// The machine.
    pub(super) server_name: Option<String>,
    /// Tags of all events.
    pub(super) tags: BTreeMap<String, String>,
    /// Whether fields about persons are sent.
    pub(super) send_default_pii: bool,
}

impl Identity {
    /// The members that events and transactions have in common.
    pub(super) fn members(
        &self,
        id: EventId,
        request: Option<&RequestContext>,
    ) -> Map<String, Value> {
        let release = self.release.as_deref().or(self.build.as_deref());
        let all = [
            ("event_id", Some(id.to_string().into())),
            ("platform", Some("native".into())),
            ("environment", Some(self.environment.as_str().into())),
            ("release", release.map(Value::from)),
            ("server_name", self.server_name.as_deref().map(Value::from)),
            ("tags", Some(json!(self.tags(request)))),
            ("sdk", Some(json!({ "name": "actuator.rust", "version": env!("CARGO_PKG_VERSION") }))),
        ];
        all.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
    }

    fn tags(&self, request: Option<&RequestContext>) -> BTreeMap<String, String> {
        let trace = request.and_then(RequestContext::trace_id);
        let own = [
            ("request_id", request.map(|request| request.id().to_owned())),
            ("trace_id", trace.map(|trace| format!("{trace:032x}"))),
        ];
        let own = own.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
        let tags = self.tags.clone().into_iter().chain(own);
        // The server throws longer ones away.
        let cut = |text: String| text.chars().take(LONGEST_TAG).collect::<String>();
        tags.map(|(name, value)| (name, cut(value))).collect()
    }
}
