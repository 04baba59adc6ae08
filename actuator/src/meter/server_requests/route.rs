//! The series of one route, found again without asking the registry.

use std::sync::{Arc, OnceLock};

use super::{METHODS, Outcome, RequestMethod};
use crate::meter::{DistributionSummary, Timer};

/// The series of one route, method and outcome.
#[derive(Clone, Debug)]
pub(super) struct RequestSeries {
    pub(super) duration: Arc<Timer>,
    /// `None` if sizes are not measured.
    pub(super) sizes: Option<BodySizes>,
}

/// The sizes of bodies.
#[derive(Clone, Debug)]
pub(super) struct BodySizes {
    pub(super) request: Arc<DistributionSummary>,
    pub(super) response: Arc<DistributionSummary>,
}

/// How many outcomes of one method of one route are remembered; further ones are looked up in the
/// registry each time.
const OUTCOMES: usize = 12;

type OutcomeSeries = [OnceLock<(Outcome, RequestSeries)>; OUTCOMES];

/// The series of one route.
#[derive(Debug)]
pub(crate) struct RouteMeters {
    template: Arc<str>,
    methods: [OnceLock<Box<OutcomeSeries>>; METHODS],
}

impl RouteMeters {
    pub(super) fn new(template: Arc<str>) -> Self {
        Self { template, methods: Default::default() }
    }

    /// The route's template, `/orders/{id}`.
    pub(crate) fn template(&self) -> &str {
        &self.template
    }

    /// The first slots hold what was seen first, which is what is seen most.
    pub(super) fn known(&self, method: RequestMethod, outcome: Outcome) -> Option<&RequestSeries> {
        let series = self.methods.get(method as usize)?.get()?;
        series
            .iter()
            .map_while(OnceLock::get)
            .find_map(|(known, series)| (*known == outcome).then_some(series))
    }

    pub(super) fn remember(&self, method: RequestMethod, outcome: Outcome, series: &RequestSeries) {
        let Some(slots) = self.methods.get(method as usize) else { return };
        let mut entry = (outcome, series.clone());
        for slot in slots.get_or_init(Box::default).iter() {
            match slot.set(entry) {
                Ok(()) => return,
                Err(back) if slot.get().is_some_and(|(known, _)| *known == back.0) => return,
                Err(back) => entry = back,
            }
        }
    }
}
