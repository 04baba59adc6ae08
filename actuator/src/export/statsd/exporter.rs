//! One step: a walk over the registry, whose news leave as datagrams.

use std::{sync::Arc, thread, time::Duration};

use super::{
    collector::Collector,
    ledger::{Ledger, News},
    lines::{Kind, Lines},
    naming::{Naming, Told},
    packet::Packets,
    pymicro,
    settings::StatsdSettings,
};
use crate::meter::{Counter, Family, MeterRegistry, Series};

/// How many series are looked at between two locks.
const BATCH: usize = 256;
/// So many datagrams leave at once; then the collector gets the time to read them.
const BURST: u32 = 32;
const PAUSE: Duration = Duration::from_millis(2);

/// Sends what is new, step by step.
pub(super) struct StatsdExporter {
    registry: Arc<MeterRegistry>,
    naming: Naming,
    publish_unchanged: bool,
    pymicro: bool,
    ledger: Ledger,
    packets: Packets,
    collector: Collector,
    too_long: Arc<Counter>,
    has_warned: bool,
}

impl StatsdExporter {
    /// Everything in the registry is new at first.
    pub(super) fn new(settings: StatsdSettings, registry: Arc<MeterRegistry>) -> Self {
        let StatsdSettings { target, style, prefix, tags, .. } = settings;
        let too_long = registry
            .meter("actuator.export.lines.dropped")
            .description("Lines that are longer than a datagram may be")
            .tag("exporter", "statsd")
            .counter();
        Self {
            naming: Naming { style, prefix, tags },
            publish_unchanged: settings.publish_unchanged,
            pymicro: settings.pymicro,
            ledger: Ledger::default(),
            packets: Packets::new(settings.max_packet_length, settings.buffered),
            collector: Collector::new(target, &registry),
            too_long,
            has_warned: false,
            registry,
        }
    }

    /// Sends what is new since the last step; without pauses if it is in a `hurry`.
    pub(super) fn step(&mut self, hurry: bool) {
        self.collector.begin(self.registry.now());
        let mut courier =
            Courier { collector: &mut self.collector, left: if hurry { u32::MAX } else { BURST } };
        let mut too_long = None;
        for family in self.registry.families() {
            let packets = &mut self.packets;
            let mut out = |lines: &str| {
                let mut send = |datagram: &[u8]| courier.send(datagram);
                if packets.add(lines, &mut send).is_err() {
                    self.too_long.increment();
                    too_long.get_or_insert_with(|| family.name().to_owned());
                }
            };
            let mut lines = Lines::new(self.naming.style, &mut out);
            let counts_once = self.naming.counts_once(family.name());
            let unchanged = self.publish_unchanged && !counts_once;
            let mut batch = Vec::with_capacity(BATCH);
            let mut next = Some(0);
            while let Some(from) = next {
                next = family.series(from, BATCH, &mut batch);
                for series in batch.drain(..) {
                    if let Some(news) = self.ledger.news(&series, unchanged) {
                        if self.pymicro {
                            pymicro::tell(&self.naming, &family, &series, &news, &mut lines);
                        }
                        tell(&self.naming, &family, &series, news, &mut lines);
                    }
                }
            }
        }
        self.packets.flush(&mut |datagram| courier.send(datagram));
        self.collector.end();
        self.ledger.sweep();
        self.warn(too_long);
    }

    fn warn(&mut self, too_long: Option<String>) {
        if let Some(meter) = too_long.filter(|_| !self.has_warned) {
            self.has_warned = true;
            tracing::warn!(
                target: "actuator::export",
                "a line of the meter {meter} is longer than \
                 management.statsd.metrics.export.max-packet-length and is not sent; the meter \
                 actuator.export.lines.dropped counts further ones",
                meter = meter.escape_debug()
            );
        }
    }
}

/// Hands datagrams to the collector, not all at once.
struct Courier<'c> {
    collector: &'c mut Collector,
    /// Until the next pause.
    left: u32,
}

impl Courier<'_> {
    fn send(&mut self, datagram: &[u8]) {
        if self.left == 0 {
            self.left = BURST;
            // Ends at once when the thread is told to stop.
            thread::park_timeout(PAUSE);
        }
        self.left -= 1;
        self.collector.send(datagram);
    }
}

/// The lines of what is new of a series.
fn tell(naming: &Naming, family: &Family, series: &Series, news: News, lines: &mut Lines<'_>) {
    let named = |told| naming.name(family.name(), series.tags(), told);
    match news {
        News::Counted(more) => lines.count(&named(Told::Count), more),
        News::Value(_) if naming.counts_once(family.name()) => {
            lines.count(&named(Told::Count), 1);
        }
        News::Value(value) => lines.gauge(&named(Told::Value), value),
        News::Times(samples) => {
            let named = named(Told::Sample);
            for sample in samples {
                lines.samples(&named, Kind::Time, sample);
            }
        }
        News::Amounts(samples) => {
            let named = named(Told::Sample);
            for sample in samples {
                lines.samples(&named, Kind::Amount, sample);
            }
        }
        News::Running(active, seconds) => {
            lines.gauge(&named(Told::Active), active);
            // Micrometer's are milliseconds, as everything that takes time is in statsd.
            lines.gauge(&named(Told::Duration), seconds * 1e3);
        }
    }
}
