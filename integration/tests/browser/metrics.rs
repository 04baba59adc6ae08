//! What the UI makes of meters: its cards and its view of metrics show what `/actuator/metrics` says at that time.

use std::sync::Arc;

use actuator_integration::http::encoded;
use actuator_integration::wait;
use serde_json::{Value, json};

use crate::view::{Scene, View};

/// The first value of a meter; `query` may go on with tags.
fn told(scene: &Scene, query: &str) -> f64 {
    scene.actuator(&format!("metrics/{query}"))["measurements"][0]["value"].as_f64().unwrap()
}

/// Waits until a card shows under this label what the meter says at that time: `read` makes a number of the text,
/// which may be off by `tolerance`, as it is rounded.
#[track_caller]
fn agrees(
    view: &View,
    (card, label): (&str, &str),
    query: &str,
    read: impl Fn(&str) -> f64,
    tolerance: f64,
) {
    wait::until(&format!("{label} of the card {card} is {query}"), || {
        let shown = view.card(card);
        let shown = shown.get(label).unwrap_or_else(|| panic!("no {label} in {shown:?}"));
        ((read(shown) - told(&view.scene, query)).abs() <= tolerance).then_some(())
    });
}

fn number(text: &str) -> f64 {
    text.parse().unwrap_or_else(|_| panic!("{text:?} is no number"))
}

/// `12.34%` is 0.1234.
fn share(text: &str) -> f64 {
    number(text.strip_suffix('%').unwrap_or(text)) / 100.0
}

/// `0d 1h 2m 3s` is 3723.
fn seconds(text: &str) -> f64 {
    let parts = text.split(' ').zip([("d", 86_400.0), ("h", 3_600.0), ("m", 60.0), ("s", 1.0)]);
    parts.map(|(part, (unit, seconds))| number(part.trim_end_matches(unit)) * seconds).sum()
}

/// `12.3 MB` is 12,300,000.
fn bytes(text: &str) -> f64 {
    let (digits, unit) = text.split_once(' ').unwrap();
    let power = ["B", "kB", "MB", "GB", "TB"].iter().position(|known| *known == unit).unwrap();
    number(digits) * 1_000_f64.powi(i32::try_from(power).unwrap())
}

#[test]
fn the_cards_of_process_threads_and_memory_show_what_the_metrics_say() {
    let scene = Scene::steered(&[("actuator.metrics.jvm-aliases", "true")]);
    let view = View::of(scene, "details", "metrics-process");

    let info = view.scene.actuator("info")["process"].clone();
    let process = view.card("Process");
    assert_eq!(process["PID"], info["pid"].to_string());
    assert_eq!(process["Parent PID"], std::process::id().to_string());
    assert_eq!(process["Owner"], info["owner"].as_str().unwrap());
    agrees(&view, ("Process", "CPUs"), "system.cpu.count", number, 0.0);
    agrees(&view, ("Process", "Uptime"), "process.uptime", seconds, 2.0);
    let rounded = 0.000_051;
    agrees(&view, ("Process", "Process CPU Usage"), "process.cpu.usage", share, rounded);
    agrees(&view, ("Process", "System CPU Usage"), "system.cpu.usage", share, rounded);
    // A browser runs here; and 0% is what the UI shows of what it does not know.
    assert!(share(&view.card("Process")["System CPU Usage"]) > 0.0);

    for (label, meter) in [
        ("Live", "jvm.threads.live"),
        ("Daemon", "jvm.threads.daemon"),
        ("Peak Live", "jvm.threads.peak"),
    ] {
        agrees(&view, ("Threads", label), meter, number, 0.0);
    }
    memory_agrees(&view);
    // No collector of garbage among them.
    let process = ["Process", "Threads", "Memory: Heap", "Memory: Non heap"];
    let cards = view.cards();
    assert!(cards.windows(4).any(|cards| cards == process), "{cards:?}");
    view.close();
}

/// The heap is the allocator's, which the service tells; the remaining memory is the system's to tell.
fn memory_agrees(view: &View) {
    let heap = view.card("Memory: Heap");
    assert_eq!((heap["Used"].as_str(), heap["Size"].as_str()), ("3.21 MB", "4.56 MB"));
    for (card, area) in [("Memory: Heap", "heap"), ("Memory: Non heap", "nonheap")] {
        for (label, meter) in [("Used", "jvm.memory.used"), ("Size", "jvm.memory.committed")] {
            let query = format!("{meter}?tag=area:{area}");
            assert!(told(&view.scene, &query) > 0.0);
            // Three digits are shown.
            let rounded = told(&view.scene, &query) * 0.005;
            agrees(view, (card, label), &query, bytes, rounded);
        }
        let query = format!("jvm.memory.max?tag=area:{area}");
        let max = told(&view.scene, &query);
        if max < 0.0 {
            assert!(!view.card(card).contains_key("Max"), "there is no limit");
        } else {
            agrees(view, (card, "Max"), &query, bytes, max * 0.005);
        }
    }
}

#[test]
fn the_cards_of_pools_and_caches_show_what_the_metrics_say() {
    let view = View::of(Scene::steered(&[]), "details", "metrics-pools");
    for (pool, active, min, max) in
        [("orders", "4", "1", "11"), ("unlimited", "1", "0", "unlimited")]
    {
        let card = view.card(&format!("Datasource: {pool}"));
        for (label, meter, expected) in [
            ("Active connections", "active", active),
            ("Min connections", "min", min),
            ("Max connections", "max", max),
        ] {
            let told = told(&view.scene, &format!("jdbc.connections.{meter}?tag=name:{pool}"));
            let told = if told < 0.0 { "unlimited".to_owned() } else { told.to_string() };
            assert_eq!(
                (card[label].as_str(), told.as_str()),
                (expected, expected),
                "{pool}: {label}"
            );
        }
    }
    let card = view.card("Cache: prices");
    for (label, query, expected) in [
        ("Hits", "cache.gets?tag=name:prices&tag=result:hit", "7"),
        ("Misses", "cache.gets?tag=name:prices&tag=result:miss", "3"),
        ("Size", "cache.size?tag=name:prices", "42"),
    ] {
        let told = told(&view.scene, query).to_string();
        assert_eq!((card[label].as_str(), told.as_str()), (expected, expected), "{label}");
    }
    assert_eq!(card["Hit ratio"], "70.00%");
    // What has the JVM's names is there only if it is asked for.
    view.card("Process");
    let cards = view.cards();
    let expected = ["Process", "Datasource: orders", "Datasource: unlimited", "Cache: prices"];
    assert!(cards.ends_with(&expected.map(str::to_owned)), "{cards:?}");
    view.close();
}

/// The view of metrics.
struct Metrics(View);

impl Metrics {
    fn of(scene: Arc<Scene>, name: &str) -> Self {
        Self(View::of(scene, "metrics", name))
    }

    /// Chooses a meter, and waits until its tags are offered.
    #[track_caller]
    fn choose_meter(&self, name: &str) {
        self.wait_for_tags();
        self.choose("Metrics", name);
        self.wait_for_tags();
    }

    /// Waits until the tags of the chosen meter are known: until then those chosen before are added.
    #[track_caller]
    fn wait_for_tags(&self) {
        let script = "return document.querySelector('#metric option') && !document.querySelector('main p.is-loading')";
        self.0.browser.wait_until("the tags are known", script, &[]);
    }

    /// Chooses an option of the list with this label, once it is offered.
    #[track_caller]
    fn choose(&self, label: &str, option: &str) {
        let script = "const label = [...document.querySelectorAll('main form label')].find(l => l.innerText === arguments[0]);
            const list = label?.parentElement.querySelector('select');
            const option = list && [...list.options].find(o => o.innerText === arguments[1]);
            if (!option) return false;
            list.value = option.value;
            list.dispatchEvent(new Event('change', {bubbles: true}));
            return true";
        let what = format!("{option} is offered as {label}");
        self.0.browser.wait_until(&what, script, &[json!(label), json!(option)]);
    }

    /// Adds what is chosen.
    #[track_caller]
    fn add(&self) {
        self.0.browser.wait_until(
            "the metric can be added",
            "const add = [...document.querySelectorAll('main button')].find(b => b.innerText.includes('Add Metric'));
             add && add.click(); return !!add",
            &[],
        );
    }

    /// Waits until the last row of a meter says which tags were chosen, `key:value` each, and shows all that the
    /// instance itself says of it.
    #[track_caller]
    fn agrees(&self, meter: &str, tags: &[&str]) -> Vec<f64> {
        let label = if tags.is_empty() { "(no tags)".to_owned() } else { tags.join("\n") };
        let query: Vec<_> = tags.iter().map(|tag| format!("tag={}", encoded(tag))).collect();
        // The first tag twice: a single one is split at commas.
        let again = query.first().cloned().into_iter().chain(query.clone());
        let path = format!("metrics/{meter}?{}", again.collect::<Vec<_>>().join("&"));
        wait::until(&format!("{tags:?} of {meter} are shown as they are"), || {
            let told = self.0.scene.actuator(&path);
            let (statistics, values) = (column(&told, "statistic"), column(&told, "value"));
            let shown = self.last_row(meter);
            let is_shown = shown["tags"] == label.as_str() && shown["statistics"] == statistics;
            let numbers = |values: &Value| -> Option<Vec<f64>> {
                values.as_array()?.iter().map(Value::as_f64).collect()
            };
            let (shown, told) = (numbers(&shown["values"])?, numbers(&values)?);
            (is_shown && shown == told).then_some(told)
        })
    }

    fn last_row(&self, meter: &str) -> Value {
        let script = "const title = [...document.querySelectorAll('main h3')].find(t => t.innerText === arguments[0]);
            const panel = title?.closest('header').parentElement;
            const tags = panel && [...panel.querySelectorAll('span.whitespace-pre')].pop();
            if (!tags) return null;
            const values = [...tags.closest('.grid').querySelectorAll('span.flex-1')].map(v => v.innerText);
            return {tags: tags.innerText,
                    statistics: [...panel.querySelectorAll('header span.px-3')].map(s => s.innerText),
                    values: values.map(v => v === '' ? null : Number(v))}";
        self.0.browser.run(script, &[json!(meter)])
    }
}

/// One field of all measurements.
fn column(told: &Value, field: &str) -> Value {
    told["measurements"].as_array().unwrap().iter().map(|one| one[field].clone()).collect()
}

#[test]
fn the_view_of_metrics_lists_all_and_shows_a_measurement() {
    let metrics = Metrics::of(Scene::shared(), "metrics");
    let names = metrics.0.scene.actuator("metrics")["names"].clone();
    let listed = metrics.0.browser.wait_until(
        "the metrics are listed",
        "const names = [...document.querySelectorAll('#metric option')].map(o => o.value); return names.length && names",
        &[],
    );
    assert_eq!(listed, names);
    metrics.choose_meter("tokio.workers");
    metrics.add();
    metrics.agrees("tokio.workers", &[]);
    metrics.0.close();
}

#[test]
fn the_view_of_metrics_drills_down_by_tags() {
    let scene = Scene::steered(&[]);
    for _ in 0..3 {
        scene.service.say("up");
    }
    let metrics = Metrics::of(scene, "metrics-tags");
    let posted = "http.server.requests";
    metrics.choose_meter(posted);
    metrics.choose("uri", "/say/{word}");
    metrics.add();
    let all = metrics.agrees(posted, &["uri:/say/{word}"]);
    assert_eq!(all[..1], [3.0], "as many were said");

    metrics.choose_meter("orders.placed");
    metrics.add();
    assert_eq!(metrics.agrees("orders.placed", &[]), [7.0]);
    for (kind, count) in [("books, used: 50% off", 3.0), ("tea & cups + saucers", 4.0)] {
        metrics.choose("kind", kind);
        metrics.add();
        let tags = [format!("kind:{kind}")];
        assert_eq!(metrics.agrees("orders.placed", &tags.each_ref().map(String::as_str)), [count]);
    }
    metrics.choose("paid", "by card");
    metrics.add();
    let both = ["kind:tea & cups + saucers", "paid:by card"];
    assert_eq!(metrics.agrees("orders.placed", &both), [4.0]);
    metrics.0.close();
}
