//! A walk over all meters, in requests of a bounded number of points.

use std::{sync::Arc, time::SystemTime, vec};

use opentelemetry_proto::tonic::metrics::v1::Metric;

use super::{
    points::{About, FamilyPoints, Form, Point, attribute},
    reading::Reading,
    taken::{Sent, Taken},
};
use crate::meter::{Family, MeterKind, Series};

/// How many series are taken from a family at once.
const STRIDE: usize = 256;

/// Where a walk is.
#[derive(Debug)]
pub(super) struct Walk {
    form: Form,
    at: SystemTime,
    /// When the last walk began that was taken.
    told: SystemTime,
    families: vec::IntoIter<Arc<Family>>,
    /// The family in hand, and where to go on in it.
    current: Option<(Arc<Family>, usize)>,
}

/// What goes into one request.
#[derive(Debug, Default)]
pub(super) struct Batch {
    /// The metrics; a family that does not fit goes on in the next batch.
    pub(super) metrics: Vec<Metric>,
    /// What to remember once they are taken.
    pub(super) sent: Vec<Sent>,
}

impl Walk {
    /// Begins at the first of these families.
    pub(super) fn new(
        families: Vec<Arc<Family>>,
        form: Form,
        at: SystemTime,
        told: SystemTime,
    ) -> Self {
        Self { form, at, told, families: families.into_iter(), current: None }
    }

    /// The next series, at most `limit`; `None` at the end.
    pub(super) fn next(&mut self, taken: &Taken, limit: usize) -> Option<Batch> {
        let mut batch = Batch::default();
        let (mut room, mut families) = (limit.max(1), 0);
        while room > 0 {
            let current = self.current.take();
            let next = current.or_else(|| self.families.next().map(|family| (family, 0)));
            let Some((family, from)) = next else { break };
            families += 1;
            let rest = self.append(&mut batch, &family, from, &mut room, taken);
            self.current = rest.map(|from| (family, from));
        }
        (families > 0).then_some(batch)
    }

    /// Appends a family from this series on, while there is room, and gives where to go on.
    fn append(
        &self,
        batch: &mut Batch,
        family: &Family,
        mut from: usize,
        room: &mut usize,
        taken: &Taken,
    ) -> Option<usize> {
        let timed = matches!(family.kind(), MeterKind::Timer | MeterKind::LongTask);
        let mut points = FamilyPoints::new(self.form, timed);
        let mut series = Vec::with_capacity(STRIDE);
        let rest = loop {
            let next = family.series(from, STRIDE.min(*room), &mut series);
            // What is removed meanwhile leaves less, and never nothing to be done for ever.
            *room = room.saturating_sub(series.len().max(1));
            for series in series.drain(..) {
                if let Some(point) = self.point(family, &series, &mut batch.sent, taken) {
                    points.add(point);
                }
            }
            match next {
                Some(next) if *room > 0 => from = next,
                rest => break rest,
            }
        };
        let (name, description) = (family.name(), family.description());
        let about = About { name, description, base_unit: family.base_unit() };
        batch.metrics.extend(points.into_metrics(about));
        rest
    }

    fn point(
        &self,
        family: &Family,
        series: &Series,
        sent: &mut Vec<Sent>,
        taken: &Taken,
    ) -> Option<Point> {
        let reading = Reading::of(series, self.form.exponential)?;
        let created = series.created();
        let (reading, start) = if self.form.delta {
            let key = (family.name().to_owned(), series.labels().to_owned());
            let (news, since, remembered) = taken.news(key, reading, self.at, created);
            sent.extend(remembered);
            (news, since)
        } else {
            (reading, created)
        };
        let tags = series.tags().into_iter();
        let attributes = tags.map(|tag| attribute(tag.key, tag.value)).collect();
        Some(Point { attributes, reading, start, at: self.at, told: self.told })
    }
}
