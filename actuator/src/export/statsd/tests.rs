//! Whole steps against sockets that listen, read by a parser that shares nothing with the writer.

use std::{
    cell::Cell,
    net::UdpSocket,
    sync::Arc,
    time::{Duration, SystemTime},
};

use proptest::prelude::*;

use super::{exporter::StatsdExporter, naming::Style, settings::StatsdSettings, target::Target};
use crate::{
    meter::{MeterRegistry, MeterSettings, Tag},
    support::{clock::Clock, test_log::Log},
};

/// One line, as a collector takes it apart.
#[derive(Clone, Debug, PartialEq)]
struct Line {
    name: String,
    value: String,
    kind: String,
    rate: f64,
    tags: Vec<(String, String)>,
}

impl Line {
    /// By the grammar of dogstatsd: `name:value|type[|@rate][|#key:value,…]`.
    fn parse(line: &str) -> Self {
        let mut fields = line.split('|');
        let (name, value) = fields.next().unwrap().split_once(':').unwrap();
        let kind = fields.next().unwrap().to_owned();
        let (mut rate, mut tags) = (1.0, Vec::new());
        for field in fields {
            match field.split_at(1) {
                ("@", text) => rate = text.parse().unwrap(),
                ("#", text) => {
                    let pairs = text.split(',').map(|tag| tag.split_once(':').unwrap());
                    tags = pairs.map(|(k, v)| (k.to_owned(), v.to_owned())).collect();
                }
                _ => panic!("unknown field in {line}"),
            }
        }
        Self { name: name.to_owned(), value: value.to_owned(), kind, rate, tags }
    }

    fn number(&self) -> f64 {
        self.value.parse().unwrap()
    }

    /// How many samples it stands for.
    fn weight(&self) -> f64 {
        (1.0 / self.rate).trunc()
    }
}

/// A statsd server.
struct Listener {
    socket: UdpSocket,
    taken: Cell<f64>,
}

impl Listener {
    fn at(address: &str) -> Self {
        let socket = UdpSocket::bind(address).unwrap();
        // Only for a test that fails: what was sent arrives.
        socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        Self { socket, taken: Cell::new(0.0) }
    }

    fn port(&self) -> u16 {
        self.socket.local_addr().unwrap().port()
    }

    /// As many datagrams as the exporter counts as sent, without those taken before.
    fn datagrams(&self, registry: &MeterRegistry) -> Vec<String> {
        let mut buffer = [0; 2_000];
        let mut datagrams = Vec::new();
        while self.taken.get() < counted(registry, "sent") {
            let length = self.socket.recv(&mut buffer).unwrap();
            datagrams.push(String::from_utf8(buffer[..length].to_vec()).unwrap());
            self.taken.set(self.taken.get() + 1.0);
        }
        datagrams
    }

    fn lines(&self, registry: &MeterRegistry) -> Vec<Line> {
        let datagrams = self.datagrams(registry);
        datagrams.iter().flat_map(|datagram| datagram.split('\n')).map(Line::parse).collect()
    }

    /// The lines of one name.
    fn of(&self, name: &str, registry: &MeterRegistry) -> Vec<Line> {
        self.lines(registry).into_iter().filter(|line| line.name == name).collect()
    }
}

/// How many datagrams had this outcome.
fn counted(registry: &MeterRegistry, outcome: &str) -> f64 {
    let tags = [Tag::new("outcome", outcome)];
    registry.read("actuator.export.datagrams", &tags).unwrap().measurements[0].value
}

fn settings(host: &str, port: u16) -> StatsdSettings {
    StatsdSettings {
        target: Target::udp(host, port),
        style: Style::Datadog,
        prefix: String::new(),
        tags: Vec::new(),
        polling_frequency: Duration::from_hours(1),
        max_packet_length: 1400,
        publish_unchanged: false,
        buffered: true,
        pymicro: false,
    }
}

fn registry() -> (Arc<MeterRegistry>, Clock) {
    let mut settings = MeterSettings { max_series: 10_000, ..MeterSettings::default() };
    settings.distribution.exponential = true;
    let clock = Clock::manual(SystemTime::UNIX_EPOCH);
    (Arc::new(MeterRegistry::new(settings, clock.clone())), clock)
}

#[test]
fn trap_seed_17_a_collector_may_have_an_ipv6_address_or_a_name() {
    for (bind, host) in
        [("127.0.0.1:0", "127.0.0.1"), ("[::1]:0", "::1"), ("127.0.0.1:0", "localhost")]
    {
        let listener = Listener::at(bind);
        let (registry, _) = registry();
        registry.meter("orders").tag("url", "http://[::1]:80/a:b").counter().add(2);
        let settings = settings(host, listener.port());
        StatsdExporter::new(settings, Arc::clone(&registry)).step(false);
        let line = &listener.of("orders", &registry)[0];
        assert_eq!((line.number(), line.kind.as_str()), (2.0, "c"), "{host} at {bind}");
        assert!(line.tags.contains(&("url".to_owned(), "http://[::1]:80/a:b".to_owned())));
    }
}

#[test]
fn steps_tell_deltas_that_add_up_to_what_was_recorded() {
    let listener = Listener::at("127.0.0.1:0");
    let (registry, _) = registry();
    let mut exporter =
        StatsdExporter::new(settings("127.0.0.1", listener.port()), Arc::clone(&registry));
    let (counter, timer) = (registry.meter("c").counter(), registry.meter("t").timer());
    let summary = registry.meter("s").summary();
    let (mut counts, mut samples, mut millis, mut amount) = (Vec::new(), 0.0, 0.0, 0.0);
    for step in 0..5_u32 {
        counter.add(u64::from(step));
        for sample in 0..step * 7 {
            timer.record(Duration::from_micros(u64::from(900 + sample * sample * 50)));
            summary.record(f64::from(sample));
        }
        exporter.step(false);
        let lines = listener.lines(&registry);
        counts.extend(lines.iter().filter(|line| line.name == "c").map(Line::number));
        for line in &lines {
            match (line.name.as_str(), line.kind.as_str()) {
                ("t", "ms") => {
                    samples += line.weight();
                    millis += line.weight() * line.number();
                }
                ("s", "h") => amount += line.weight() * line.number(),
                _ => {}
            }
        }
        assert!((samples - f64::from(u32::try_from(timer.count()).unwrap())).abs() < 1e-9);
        assert!((millis - timer.total().as_secs_f64() * 1e3).abs() < 1e-3, "{millis}");
        assert!((amount - summary.total()).abs() < 1e-3, "{amount}");
    }
    assert_eq!(counts, [1.0, 2.0, 3.0, 4.0], "nothing new is not told");
}

#[test]
fn a_single_request_is_told_exactly() {
    let listener = Listener::at("127.0.0.1:0");
    let (registry, _) = registry();
    let mut exporter =
        StatsdExporter::new(settings("127.0.0.1", listener.port()), Arc::clone(&registry));
    let timer = registry.meter("t").timer();
    for (micros, millis) in [(12_345, "12.345"), (999, "0.999"), (3, "0.003")] {
        timer.record(Duration::from_micros(micros));
        exporter.step(false);
        let lines = listener.of("t", &registry);
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert_eq!(lines[0].value, millis);
    }
}

#[test]
fn datagrams_stay_below_the_limit_and_hold_only_whole_lines() {
    let listener = Listener::at("127.0.0.1:0");
    let (registry, _) = registry();
    // Not more than the listener's buffer holds.
    let orders = || (0..300).step_by(5);
    for order in orders() {
        let value = format!("{order}{}", "x".repeat(order));
        registry.meter("orders").tag("k", value).counter().increment();
    }
    let settings =
        StatsdSettings { max_packet_length: 300, ..settings("127.0.0.1", listener.port()) };
    let mut exporter = StatsdExporter::new(settings, Arc::clone(&registry));
    let log = Log::default();
    let listening = log.listen();
    exporter.step(true);
    drop(listening);
    let datagrams = listener.datagrams(&registry);
    assert!(datagrams.iter().all(|datagram| datagram.len() <= 300));
    let lines: Vec<Line> = datagrams.iter().flat_map(|d| d.split('\n')).map(Line::parse).collect();
    let told = lines.iter().filter(|line| line.name == "orders").count();
    let tags = "orders:1|c|#k:,statistic:count".len();
    let fit = orders().filter(|order| tags + order.to_string().len() + order <= 300).count();
    assert_eq!(told, fit);
    assert_eq!(log.count("orders"), 1, "{}", log.text());
    let dropped = registry.read("actuator.export.lines.dropped", &[]).unwrap();
    let missing = f64::from(u32::try_from(60 - fit).unwrap());
    assert!((dropped.measurements[0].value - missing).abs() < f64::EPSILON);
}

#[test]
fn a_collector_that_is_missing_is_said_once_and_found_again() {
    let listener = Listener::at("127.0.0.1:0");
    let port = listener.port();
    drop(listener);
    let (registry, _) = registry();
    let counter = registry.meter("c").counter();
    let mut exporter = StatsdExporter::new(settings("127.0.0.1", port), Arc::clone(&registry));
    let log = Log::default();
    let _listening = log.listen();
    for _ in 0..3 {
        counter.increment();
        exporter.step(false);
    }
    assert_eq!(log.count("WARN"), 1, "{}", log.text());
    assert!(counted(&registry, "dropped") >= 3.0 && counted(&registry, "sent") < 1.0);
    let listener = Listener::at(&format!("127.0.0.1:{port}"));
    counter.increment();
    exporter.step(false);
    assert_eq!(listener.of("c", &registry)[0].value, "1", "what was dropped is not told later");
    exporter.step(false);
    assert_eq!((log.count("WARN"), log.count("there again")), (1, 1), "{}", log.text());
    assert!(counted(&registry, "sent") >= 1.0);
}

#[test]
fn a_name_that_cannot_be_looked_up_drops_what_there_is_to_send() {
    let (registry, _) = registry();
    registry.meter("c").counter().increment();
    let log = Log::default();
    let _listening = log.listen();
    // A label must not be empty, so nobody has to be asked.
    let settings = settings("no..such..name", 8125);
    let mut exporter = StatsdExporter::new(settings, Arc::clone(&registry));
    exporter.step(false);
    exporter.step(false);
    assert_eq!(log.count("no..such..name:8125 are dropped"), 1, "{}", log.text());
}

#[cfg(unix)]
#[test]
fn a_socket_of_the_file_system_will_do() {
    let path = std::env::temp_dir().join(format!("statsd-{}.sock", std::process::id()));
    let _ = std::fs::remove_file(&path);
    let listener = std::os::unix::net::UnixDatagram::bind(&path).unwrap();
    let (registry, _) = registry();
    registry.meter("c").counter().add(5);
    let target = Target::Unix(path.clone());
    let settings = StatsdSettings { target, ..settings("", 0) };
    StatsdExporter::new(settings, registry).step(false);
    let mut buffer = [0; 2_000];
    let length = listener.recv(&mut buffer).unwrap();
    std::fs::remove_file(path).unwrap();
    assert!(String::from_utf8_lossy(&buffer[..length]).contains("c:5|c|#statistic:count"));
}

#[test]
fn pymicros_counter_is_told_beside_the_requests_it_is_made_of() {
    let listener = Listener::at("127.0.0.1:0");
    let (registry, _) = registry();
    for (status, requests) in [("200", 3), ("500", 1)] {
        let timer = registry.meter("http.server.requests").tag("status", status).timer();
        (0..requests).for_each(|_| timer.record(Duration::from_millis(5)));
    }
    let settings = StatsdSettings { pymicro: true, ..settings("127.0.0.1", listener.port()) };
    StatsdExporter::new(settings, Arc::clone(&registry)).step(false);
    let datagrams = listener.datagrams(&registry).join("\n");
    let lines: Vec<&str> = datagrams.lines().filter(|l| l.starts_with("pymicro")).collect();
    assert_eq!(lines, ["pymicro_req_total:3|c|#code:200", "pymicro_req_total:1|c|#code:500"]);
}

proptest! {
    #[test]
    fn whatever_names_and_tags_hold_the_numbers_arrive_in_every_flavor(
        meters in prop::collection::vec(
            (
                "\\PC{1,12}|[a-z:|#@,\n]{1,12}",
                ".{0,12}",
                "(?s).{0,20}|[,#|:@\n\r\\x00=]{0,8}",
                1..1_000_u32,
            ),
            1..20,
        ),
        limit in 256..1_400_usize,
        style in prop::sample::select(vec![
            Style::Datadog,
            Style::Etsy,
            Style::Telegraf,
            Style::C2c { tags: false },
            Style::C2c { tags: true },
        ]),
    ) {
        let listener = Listener::at("127.0.0.1:0");
        let (registry, _) = registry();
        for (name, key, value, count) in &meters {
            registry.meter(format!("c.{name}")).tag(key, value).counter().add(u64::from(*count));
            registry.meter(format!("g.{name}")).tag(key, value).gauge().set(-f64::from(*count));
        }
        let to = settings("127.0.0.1", listener.port());
        let expected = registered(&registry);
        let settings = StatsdSettings { max_packet_length: limit, style, ..to };
        StatsdExporter::new(settings, Arc::clone(&registry)).step(true);
        let datagrams = listener.datagrams(&registry);
        prop_assert!(datagrams.iter().all(|datagram| datagram.len() <= limit));
        let (mut counters, mut gauges) = (Vec::new(), Vec::new());
        for datagram in &datagrams {
            let lines: Vec<Line> = datagram.split('\n').map(Line::parse).collect();
            for (index, line) in lines.iter().enumerate() {
                let name = plain_name(style, line);
                prop_assert!(name.chars().all(|c| c.is_ascii_alphanumeric() || "_.".contains(c)));
                match line.kind.as_str() {
                    "c" => counters.push(line.number()),
                    "g" if style == Style::Datadog => gauges.push(line.number()),
                    // A collector that reads signs as changes comes to the same.
                    "g" if line.value.starts_with('-') => {
                        prop_assert_eq!((&lines[index - 1].name, lines[index - 1].number()), (&line.name, 0.0));
                        gauges.push(line.number());
                    }
                    "g" => prop_assert!(line.number().abs() < f64::EPSILON),
                    kind => prop_assert!(false, "{kind}"),
                }
            }
        }
        counters.sort_by(f64::total_cmp);
        gauges.sort_by(f64::total_cmp);
        prop_assert_eq!((counters, gauges), expected);
    }
}

/// The name without tags, however the flavor writes them; each tag is a key and a value.
fn plain_name(style: Style, line: &Line) -> &str {
    match style {
        Style::Datadog => assert_eq!(line.tags.len(), 2, "{line:?}"),
        Style::C2c { tags: true } => assert_eq!(line.tags.len(), 1, "{line:?}"),
        _ => assert!(line.tags.is_empty(), "{line:?}"),
    }
    if style != Style::Telegraf {
        return &line.name;
    }
    let mut parts = line.name.split(',');
    let name = parts.next().unwrap();
    let tags: Vec<(&str, &str)> = parts.map(|tag| tag.split_once('=').unwrap()).collect();
    assert_eq!(tags.len(), 2, "{line:?}");
    assert!(tags.iter().all(|(key, value)| !key.is_empty() && !value.contains('=')), "{line:?}");
    name
}

/// All numbers above nothing that counters have, and all of gauges, sorted.
fn registered(registry: &MeterRegistry) -> (Vec<f64>, Vec<f64>) {
    use crate::meter::Series;
    let mut series = Vec::new();
    for family in registry.families() {
        family.series(0, 10_000, &mut series);
    }
    let (mut counters, mut gauges) = (Vec::new(), Vec::new());
    for series in series {
        match series {
            Series::Counter(counter) if counter.count() > 0 => {
                counters.push(f64::from(u32::try_from(counter.count()).unwrap()));
            }
            Series::Gauge(gauge) => gauges.push(gauge.value()),
            _ => {}
        }
    }
    counters.sort_by(f64::total_cmp);
    gauges.sort_by(f64::total_cmp);
    (counters, gauges)
}
