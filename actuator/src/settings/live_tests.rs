//! What is changed, what is told, and that nothing is changed by halves.

use std::sync::atomic::AtomicUsize;

use super::*;

fn settings(pairs: &[(&str, &str)]) -> Settings {
    let builder = Settings::builder();
    pairs
        .iter()
        .fold(builder, |builder, (name, value)| builder.default_value(name, *value))
        .build()
        .unwrap()
}

/// Live settings whose next ones can be given.
fn live(first: &[(&str, &str)]) -> (Arc<LiveSettings>, Arc<Mutex<Settings>>) {
    let next = Arc::new(Mutex::new(settings(first)));
    let read = Arc::clone(&next);
    (LiveSettings::new(Arc::new(settings(first)), move || Ok(lock(&read).clone())), next)
}

fn value(live: &LiveSettings, name: &str) -> Option<String> {
    live.current().property(name).map(|property| property.value.clone())
}

#[test]
fn a_refresh_tells_the_sorted_names_that_are_new_gone_or_others() {
    let (live, next) = live(&[("z.gone", "1"), ("b.same", "1"), ("a.changed", "1")]);
    *lock(&next) = settings(&[("b.same", "1"), ("a.changed", "2"), ("c.new", "1")]);
    assert_eq!(live.refresh().unwrap(), ["a.changed", "c.new", "z.gone"]);
    assert_eq!(value(&live, "a.changed").as_deref(), Some("2"));
    assert_eq!(live.refresh().unwrap(), Vec::<String>::new());
}

#[test]
fn if_one_refuses_nobody_commits_and_all_refusals_are_told() {
    let (live, next) = live(&[("a", "1")]);
    let committed = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&committed);
    live.join(move |_| {
        let count = Arc::clone(&count);
        Ok(Box::new(move || {
            count.fetch_add(1, Ordering::SeqCst);
        }))
    });
    live.join(|new| match new.property("a") {
        Some(property) if property.value == "bad" => Err(refusal("a is bad")),
        _ => Ok(Box::new(|| ())),
    });
    live.join(|new| {
        assert!(new.property("a").unwrap().value != "bad", "for the test");
        Ok(Box::new(|| ()))
    });
    *lock(&next) = settings(&[("a", "bad")]);
    let refused = live.refresh().unwrap_err().to_string();
    assert_eq!(refused, "a is bad\na part of the service panicked over the new settings");
    assert_eq!(committed.load(Ordering::SeqCst), 0);
    assert_eq!(value(&live, "a").as_deref(), Some("1"));
    *lock(&next) = settings(&[("a", "2")]);
    assert_eq!(live.refresh().unwrap(), ["a"]);
    assert_eq!(committed.load(Ordering::SeqCst), 1);
}

/// Live settings with the policy to leave bad values out, and what was committed of `a`.
#[expect(clippy::type_complexity, reason = "each is looked at by its test")]
fn forgiving() -> (Arc<LiveSettings>, Arc<Mutex<Settings>>, Arc<Mutex<Option<u16>>>) {
    let (live, next) = live(&[("actuator.settings.on-invalid", "warn-and-keep"), ("a", "1")]);
    let committed = Arc::new(Mutex::new(None));
    let taken = Arc::clone(&committed);
    live.join(move |new| {
        let mut reader = crate::settings::SettingsReader::new(new);
        let value = reader.value::<u16>("a");
        reader.finish()?;
        let taken = Arc::clone(&taken);
        Ok(Box::new(move || *lock(&taken) = value))
    });
    (live, next, committed)
}

#[test]
fn a_refresh_leaves_bad_values_out_where_that_is_wanted_as_a_start_does() {
    let (live, next, committed) = forgiving();
    *lock(&next) = Settings::builder()
        .default_value("actuator.settings.on-invalid", "warn-and-keep")
        .default_value("a", "2")
        .arguments(["--a=many", "--b=3"])
        .build()
        .unwrap();
    assert_eq!(live.refresh().unwrap(), ["a", "b"]);
    assert_eq!(*lock(&committed), Some(2));
    assert_eq!(value(&live, "a").as_deref(), Some("2"));
    assert!(live.current().left_out_warnings().is_empty(), "they were told");
    // What was left out is not found bad again by the next change.
    assert_eq!(live.set("b", "4").unwrap(), ["b"]);
    assert_eq!(live.refresh().unwrap(), Vec::<String>::new());
}

#[test]
fn a_bad_value_that_somebody_sets_is_refused_whatever_is_left_out_elsewhere() {
    let (live, _, committed) = forgiving();
    assert!(live.set("a", "many").unwrap_err().to_string().contains('a'));
    assert_eq!((value(&live, "a").as_deref(), *lock(&committed)), (Some("1"), None));
    assert_eq!(live.set("a", "7").unwrap(), ["a"]);
    assert_eq!(*lock(&committed), Some(7));
}

#[test]
fn a_commit_that_panics_leaves_nobody_behind() {
    let (live, next) = live(&[("a", "1")]);
    let reached = Arc::new(AtomicUsize::new(0));
    live.join(|_| Ok(Box::new(|| panic!("for the test"))));
    let count = Arc::clone(&reached);
    live.join(move |_| {
        let count = Arc::clone(&count);
        Ok(Box::new(move || {
            count.fetch_add(1, Ordering::SeqCst);
        }))
    });
    *lock(&next) = settings(&[("a", "2")]);
    assert_eq!(live.refresh().unwrap(), ["a"]);
    assert_eq!(reached.load(Ordering::SeqCst), 1);
}

#[test]
fn what_is_set_stands_above_all_places_and_survives_a_refresh_until_it_is_removed() {
    let (live, next) = live(&[("demo.color", "red"), ("demo.secret", "x")]);
    assert_eq!(live.set("demo.color", "${demo.secret}").unwrap(), ["demo.color"]);
    assert_eq!(value(&live, "demo.color").as_deref(), Some("${demo.secret}"));
    assert_eq!(live.current().sources()[0].name, "manager");
    *lock(&next) = settings(&[("demo.color", "blue")]);
    assert_eq!(live.refresh().unwrap(), ["demo.secret"]);
    let removed = live.remove_all().unwrap();
    assert_eq!(
        removed.into_iter().collect::<Vec<_>>(),
        [("demo.color".to_owned(), "${demo.secret}".to_owned())]
    );
    assert_eq!(value(&live, "demo.color").as_deref(), Some("blue"));
    assert!(live.current().sources().iter().all(|source| source.name != "manager"));
}

#[test]
fn what_is_set_is_bounded_and_a_refused_value_changes_nothing() {
    let (live, _) = live(&[]);
    for (name, value) in [("", "x"), ("a b", "x"), (&*"n".repeat(257), "x"), ("a", "x\ny")] {
        assert!(live.set(name, value).is_err(), "{name}");
    }
    assert!(live.set("a", &"v".repeat(4097)).is_err());
    for number in 0..100 {
        live.set(&format!("n{number}"), "x").unwrap();
    }
    assert!(live.set("n100", "x").is_err());
    assert_eq!(live.set("n99", "y").unwrap(), ["n99"]);
    live.join(|_| Err(refusal("no")));
    assert!(live.set("n99", "z").is_err());
    assert_eq!(value(&live, "n99").as_deref(), Some("y"));
}

#[test]
fn a_second_refresh_waits_for_the_first_and_sees_what_was_written_meanwhile() {
    let written = Arc::new(AtomicUsize::new(1));
    let (began, begins) = std::sync::mpsc::channel();
    let (release, hang) = std::sync::mpsc::channel::<()>();
    let (hang, read) = (Mutex::new(hang), Arc::clone(&written));
    let live = LiveSettings::new(Arc::new(settings(&[])), move || {
        let found = settings(&[("a", &read.load(Ordering::SeqCst).to_string())]);
        began.send(()).unwrap();
        lock(&hang).recv().unwrap();
        Ok(found)
    });
    let refresh = || {
        let live = Arc::clone(&live);
        std::thread::spawn(move || live.refresh().unwrap())
    };
    let first = refresh();
    begins.recv().unwrap();
    assert_eq!(live.rounds(), 1);
    written.store(2, Ordering::SeqCst);
    let second = refresh();
    assert!(begins.try_recv().is_err(), "only one at a time");
    release.send(()).unwrap();
    assert_eq!(first.join().unwrap(), ["a"]);
    release.send(()).unwrap();
    assert_eq!(second.join().unwrap(), ["a"]);
    assert_eq!(value(&live, "a").as_deref(), Some("2"));
}

#[test]
fn known_names_that_nobody_applies_need_a_restart() {
    let (live, _) = live(&[]);
    live.join_for(["logging.level", "logging.group"], |_| Ok(Box::new(|| ())));
    let changed = ["logging.group.web[0]", "logging.level.a::b", "my.own", "server.port"];
    let changed: Vec<String> = changed.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(live.waiting_for_restart(&changed), ["server.port"]);
}
