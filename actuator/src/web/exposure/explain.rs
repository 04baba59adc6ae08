//! Why an endpoint exists over HTTP, or does not.

use super::{Exposed, Exposure, ExposureDefaults, comparable};
use crate::model::{
    access::Access,
    condition::{Condition, Outcome},
    endpoint::SharedEndpoint,
};

const EXPOSURE: &str = "OnExposure";
const ACCESS: &str = "OnAccess";

impl Exposure {
    /// What spoke for an endpoint and against it.
    pub(crate) fn explain(&self, endpoint: &SharedEndpoint) -> Condition {
        let id = endpoint.id();
        let exposure = Outcome::new(EXPOSURE, self.why_included(id));
        let access = Outcome::new(ACCESS, self.why_accessible(endpoint));
        let permitted =
            Exposed::new(SharedEndpoint::clone(endpoint), String::new(), self.access_to(endpoint));
        let (mut matched, mut not_matched) = (Vec::new(), Vec::new());
        for (holds, outcome) in [(self.includes(id), exposure), (permitted.is_some(), access)] {
            if holds { matched.push(outcome) } else { not_matched.push(outcome) }
        }
        Condition { part: format!("endpoint {id}"), matched, not_matched }
    }

    fn why_included(&self, id: &str) -> String {
        const INCLUDE: &str = "management.endpoints.web.exposure.include";
        let id = comparable(id);
        let lists = |list: &[String]| list.iter().any(|entry| entry == "*" || *entry == id);
        if lists(&self.exclude) {
            return "management.endpoints.web.exposure.exclude names it".to_owned();
        }
        match (self.defaults, lists(&self.include)) {
            (Some(ExposureDefaults::Everything), _) => {
                "only this machine reaches the management API, so everything is exposed".to_owned()
            }
            (Some(ExposureDefaults::Health), true) => "health is exposed everywhere".to_owned(),
            (Some(ExposureDefaults::Health), false) => format!(
                "others reach the management API, so only health is exposed; {INCLUDE} names more"
            ),
            (None, true) => format!("{INCLUDE} names it"),
            (None, false) => format!("{INCLUDE} does not name it"),
        }
    }

    fn why_accessible(&self, endpoint: &SharedEndpoint) -> String {
        let id = endpoint.id();
        let access = self.access_to(endpoint);
        let (wanted, why) = match (self.access.get(&comparable(id)), self.default_access) {
            (Some(set), _) => (*set, format!("management.endpoint.{id}.access")),
            (None, Some(default)) => (default, "management.endpoints.access.default".to_owned()),
            (None, None) => (endpoint.default_access(), "the endpoint's own default".to_owned()),
        };
        if wanted > self.max_permitted {
            return format!(
                "access is {access} by management.endpoints.access.max-permitted, less than the \
                 {wanted} of {why}"
            );
        }
        match access {
            Access::None => {
                format!("access is none by {why}; management.endpoint.{id}.access grants more")
            }
            _ => format!("access is {access} by {why}"),
        }
    }
}
