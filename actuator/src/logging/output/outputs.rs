//! All places that lines go to: each has a format, a threshold and a writer of its own.

use std::{
    io,
    sync::Arc,
    time::{Instant, SystemTime},
};

use tracing::{Level, Metadata, level_filters::LevelFilter};

use super::{
    super::recent::{LogLine, LogRing},
    callsite::Callsites,
    format::{About, FormatSettings, JsonFormat, LogFormat, TextFormat},
    line::{Line, Parts, Room},
    rate::{Rate, RateLimit},
    sink::Sink,
    writer::{DropCount, NonBlockingWriter, OWN_TARGET},
};
use crate::model::sanitizer::Sanitizer;

/// A place for lines, before anything was written to it.
pub(crate) struct Destination {
    /// A short word for thread and meter: `console`, `file`, `syslog`.
    pub(crate) name: &'static str,
    /// What lines look like there.
    pub(crate) look: Look,
    /// The least urgent level that goes there.
    pub(crate) threshold: LevelFilter,
    /// The place.
    pub(crate) sink: Box<dyn Sink>,
}

/// What lines look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Look {
    /// The format.
    pub(crate) format: LogFormat,
    /// Text has colours in its head.
    pub(crate) colours: bool,
}

/// What is the same for all destinations.
#[derive(Clone, Debug)]
pub(crate) struct Common {
    /// Details of the formats.
    pub(crate) formats: FormatSettings,
    /// How many bytes may wait for each destination.
    pub(crate) queue_size: usize,
    /// How many lines a place in the code may write.
    pub(crate) rate_limit: Option<RateLimit>,
    /// The name of this host.
    pub(crate) host: String,
    /// What hides secrets.
    pub(crate) sanitizer: Sanitizer,
}

/// All destinations of a layer, and the ring.
#[derive(Debug)]
pub(super) struct Outputs {
    formats: Arc<Formats>,
    all: Vec<Output>,
    ring: Option<Arc<LogRing>>,
    needs_text: bool,
    limit: Option<RateLimit>,
    /// Of records of the `log` crate, which have no callsites.
    log_rates: Box<[Rate]>,
}

#[derive(Debug)]
struct Output {
    name: &'static str,
    /// The index of the format.
    format: usize,
    threshold: LevelFilter,
    writer: NonBlockingWriter,
}

/// The formats in use. The first one is text without colours.
#[derive(Debug)]
struct Formats {
    all: Vec<(Look, Form)>,
    callsites: &'static Callsites,
}

#[derive(Debug)]
enum Form {
    Text(TextFormat),
    /// By its number among those of the callsites.
    Json(usize),
}

impl Look {
    /// Without colours.
    pub(crate) fn plain(format: LogFormat) -> Self {
        Self { format, colours: false }
    }
}

const PLAIN: Look = Look { format: LogFormat::Text, colours: false };
/// In how many groups records of the `log` crate are counted.
const LOG_RATES: usize = 256;

impl Outputs {
    /// Starts the writers.
    pub(super) fn start(
        common: &Common,
        destinations: Vec<Destination>,
        ring: Option<Arc<LogRing>>,
    ) -> io::Result<Self> {
        let formats = Arc::new(Formats::new(common, destinations.iter().map(|to| to.look)));
        let is_text = |to: &Destination| to.look.format == LogFormat::Text;
        let needs_text = ring.is_some() || destinations.iter().any(is_text);
        let start = |to: Destination| {
            let format = formats.index(to.look);
            let writer_formats = Arc::clone(&formats);
            let note = move |count: u64| {
                let lines = if count == 1 { "line was" } else { "lines were" };
                let text =
                    format!("{count} {lines} dropped here: the place was too slow, or failed");
                writer_formats.own_line(format, Level::WARN, &text)
            };
            let limit = common.queue_size;
            let writer = NonBlockingWriter::start(to.name, limit, to.sink, Box::new(note))?;
            Ok(Output { name: to.name, format, threshold: to.threshold, writer })
        };
        let outputs: io::Result<Vec<Output>> = destinations.into_iter().map(start).collect();
        Ok(Self {
            all: outputs?,
            ring,
            needs_text,
            limit: common.rate_limit,
            log_rates: (0..LOG_RATES).map(|_| Rate::default()).collect(),
            formats,
        })
    }

    /// The last lines in memory, if they are kept.
    pub(super) fn ring(&self) -> Option<Arc<LogRing>> {
        self.ring.clone()
    }

    /// The callsites that these formats know.
    pub(super) fn callsites(&self) -> &'static Callsites {
        self.formats.callsites
    }

    /// The limit of lines of one place.
    pub(super) fn limit(&self) -> Option<RateLimit> {
        self.limit
    }

    /// What is counted of records of the `log` crate that come from here.
    pub(super) fn log_rate(&self, target: &str, line: Option<u32>) -> Option<&Rate> {
        // FNV-1a: short, and good enough to tell a few hundred places apart.
        let line = line.unwrap_or_default().to_le_bytes();
        let hash = target.bytes().chain(line).fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        self.log_rates.get(usize::try_from(hash % LOG_RATES as u64).ok()?)
    }

    /// Whether somebody reads lines of text.
    pub(super) fn needs_text(&self) -> bool {
        self.needs_text
    }

    /// How many lines each place has lost.
    pub(super) fn drops(&self) -> Vec<(&'static str, DropCount)> {
        self.all.iter().map(|output| (output.name, output.writer.drops())).collect()
    }

    /// Writes a line to every place that takes its level: once in each format.
    pub(super) fn write(&self, metadata: &Metadata<'_>, parts: &Parts, out: &mut String) {
        let line = Line::new(metadata, parts);
        for (index, (look, _)) in self.formats.all.iter().enumerate() {
            let takes = |output: &&Output| output.format == index && output.threshold >= line.level;
            let ring = self.ring.as_ref().filter(|_| *look == PLAIN);
            let mut outputs = self.all.iter().filter(takes).peekable();
            if ring.is_none() && outputs.peek().is_none() {
                continue;
            }
            out.clear();
            self.formats.write(index, &line, out);
            for output in outputs {
                output.writer.push(line.level, out);
            }
            if let Some(ring) = ring {
                ring.append(&LogLine {
                    level: line.level,
                    target: line.target,
                    request_id: line.request_id(),
                    text: out,
                });
            }
        }
    }

    /// Waits until all lines are written, but not for long.
    pub(super) fn flush(&self, deadline: Instant) {
        self.tell_left_out();
        for output in &self.all {
            output.writer.flush(deadline);
        }
    }

    /// Tells which places wrote more than they may since this was last called.
    pub(super) fn tell_left_out(&self) {
        let Some(limit) = self.limit else { return };
        for callsite in self.callsites().all() {
            let count = callsite.rate.take_left_out();
            if count > 0 {
                let metadata = callsite.metadata;
                let file = metadata.file().unwrap_or(metadata.target());
                let line = metadata.line().unwrap_or_default();
                self.tell(metadata, &left_out(count, &format!("{file}:{line}"), limit));
            }
        }
        let count = self.log_rates.iter().map(Rate::take_left_out).sum();
        if count > 0 {
            let from = "places that log through the `log` crate";
            tracing::warn!(target: OWN_TARGET, "{}", left_out(count, from, limit));
        }
    }

    /// Writes a line of our own, in the name of somebody else's callsite.
    fn tell(&self, metadata: &Metadata<'_>, text: &str) {
        Room::with(|Room { parts, out, .. }| {
            parts.clear();
            parts.at.set(SystemTime::now());
            parts.fields.message.push_str(text);
            self.write(metadata, parts, out);
        });
    }
}

fn left_out(count: u64, place: &str, limit: RateLimit) -> String {
    let lines = if count == 1 { "line" } else { "lines" };
    let period = limit.period.as_secs();
    format!("left out {count} {lines} from {place}: more than {} in {period} s", limit.lines)
}

impl Formats {
    fn new(common: &Common, looks: impl Iterator<Item = Look>) -> Self {
        let settings = &common.formats;
        let shown = |name: &Option<String>, hidden: bool| name.clone().filter(|_| !hidden);
        let about = About {
            process: std::process::id(),
            host: common.host.clone(),
            application: shown(&settings.application, settings.hides_application),
            group: shown(&settings.group, settings.hides_group),
        };
        let mut all: Vec<(Look, Form)> = Vec::new();
        let mut json = Vec::new();
        for look in std::iter::once(PLAIN).chain(looks) {
            if all.iter().any(|(known, _)| *known == look) {
                continue;
            }
            let form = match JsonFormat::new(look.format, json.len(), &about, settings) {
                Some(format) => {
                    json.push(format);
                    Form::Json(json.len() - 1)
                }
                None => Form::Text(TextFormat::new(&about, look.colours)),
            };
            all.push((look, form));
        }
        Self { all, callsites: Callsites::new(json, common.sanitizer.clone()) }
    }

    fn index(&self, look: Look) -> usize {
        self.all.iter().position(|(known, _)| *known == look).unwrap_or(0)
    }

    fn write(&self, index: usize, line: &Line<'_>, to: &mut String) {
        match self.all.get(index) {
            Some((_, Form::Text(text))) => text.write(line, to),
            Some((_, Form::Json(number))) => {
                if let Some(json) = self.callsites.formats().get(*number) {
                    json.write(line, to);
                }
            }
            None => {}
        }
    }

    fn own_line(&self, index: usize, level: Level, text: &str) -> String {
        Room::with(|Room { parts, .. }| {
            parts.clear();
            parts.at.set(SystemTime::now());
            parts.fields.message.push_str(text);
            let line =
                Line { level, target: OWN_TARGET, file: None, row: None, module: None, parts };
            let mut written = String::new();
            self.write(index, &line, &mut written);
            written
        })
    }
}
