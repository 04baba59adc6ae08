//! The one service of this process, and what it shows.

use std::{net::SocketAddr, sync::OnceLock};

use actuator::{Actuator, Builder};
use serde_json::Value;
use tokio::runtime::Runtime;

/// A service on a free port that reads nothing from its surroundings, and has what is declared:
/// the recorder goes with that.
pub(crate) fn builder() -> Builder {
    Actuator::builder()
        .application("facade", "1.0.0")
        .isolated()
        .force_setting("server.port", "0")
        .force_setting("server.address", "127.0.0.1")
        .force_setting("actuator.metrics.max-series", "50")
}

/// Starts a service that runs until the process ends.
pub(crate) fn start(builder: Builder) -> Shown {
    let runtime = Box::leak(Box::new(Runtime::new().unwrap()));
    let running = runtime.block_on(builder.start()).unwrap();
    let address = running.address();
    std::mem::forget(running);
    Shown(address)
}

/// The service that all tests of this process share.
pub(crate) fn service() -> Shown {
    static SERVICE: OnceLock<Shown> = OnceLock::new();
    *SERVICE.get_or_init(|| start(builder().with(|_| metrics::counter!("set.up").increment(1))))
}

/// What a service shows.
#[derive(Clone, Copy)]
pub(crate) struct Shown(pub(crate) SocketAddr);

impl Shown {
    /// A meter, with what follows its name in the query; `None` if there is none.
    pub(crate) fn find(self, meter: &str) -> Option<Value> {
        let answer = testkit::get(self.0, &format!("/actuator/metrics/{meter}"));
        (answer.status() == 200).then(|| answer.json())
    }

    #[track_caller]
    pub(crate) fn meter(self, meter: &str) -> Value {
        self.find(meter).unwrap_or_else(|| panic!("{meter} is not there"))
    }

    /// The values of a meter, in the order in which they are shown.
    #[track_caller]
    pub(crate) fn values(self, meter: &str) -> Vec<(String, f64)> {
        let shown = self.meter(meter);
        let measurements = shown["measurements"].as_array().unwrap().iter();
        measurements
            .map(|one| (one["statistic"].as_str().unwrap().into(), one["value"].as_f64().unwrap()))
            .collect()
    }

    #[track_caller]
    pub(crate) fn assert_values(self, meter: &str, expected: &[(&str, f64)]) {
        let values = self.values(meter);
        let values: Vec<_> = values.iter().map(|(name, value)| (name.as_str(), *value)).collect();
        assert_eq!(values, expected, "{meter}");
    }

    /// How many lines of the log hold this.
    pub(crate) fn logged(self, text: &str) -> usize {
        let log = testkit::get(self.0, "/actuator/logfile").assert_status(200).text();
        log.lines().filter(|line| line.contains(text)).count()
    }
}
