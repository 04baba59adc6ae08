//! Caches, sessions and migrations, as an admin server shows and changes them.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering::SeqCst},
        mpsc,
    },
    time::{Duration, Instant, SystemTime},
};

use actuator::{
    App, Caches,
    cache::{Clearing, ManagedCache},
    meter::cache::CacheStatistics,
    migration::{Migration, MigrationError, MigrationSource, MigrationState},
    security::BoxFuture,
    session::{RepositoryError, SessionDetails, SessionRepository},
};
use serde_json::{Value, json};
use testkit::Request;

use crate::app::{Service, app};

fn delete(service: &Service, path: &str) -> u16 {
    service.send(Request::new("DELETE", &format!("/actuator/{path}"))).status()
}

fn get(service: &Service, path: &str) -> Value {
    service.get(&format!("/actuator/{path}")).assert_status(200).json()
}

/// Entries that are counted, and clearings that can be made to fail or to wait.
#[derive(Default)]
struct Entries {
    count: AtomicU64,
    trouble: Option<&'static str>,
    gate: Option<Mutex<mpsc::Receiver<()>>>,
}

impl Entries {
    fn of(count: u64) -> Arc<Self> {
        Arc::new(Self { count: count.into(), ..Self::default() })
    }
}

impl ManagedCache for Entries {
    fn clear(self: Arc<Self>) -> Clearing {
        Clearing::blocking(move || {
            if let Some(gate) = &self.gate {
                gate.lock().unwrap().recv()?;
            }
            self.count.store(0, SeqCst);
            self.trouble.map_or(Ok(()), |trouble| Err(trouble.into()))
        })
    }
}

impl CacheStatistics for Entries {
    fn size(&self) -> Option<u64> {
        Some(self.count.load(SeqCst))
    }
}

fn caches(app: &mut App, caches: &[(&str, &str, &Arc<Entries>)]) {
    for (manager, name, cache) in caches {
        app.cache(manager, name, Arc::clone(cache));
    }
}

#[test]
fn a_cache_is_listed_measured_and_cleared_after_one_registration() {
    let (cities, users) = (Entries::of(3), Entries::of(4));
    let (held, kept) = (Arc::clone(&cities), Arc::clone(&users));
    let service = app()
        .with(move |app| caches(app, &[("moka", "cities", &held), ("own", "users", &kept)]))
        .start();
    let list = get(&service, "caches");
    let target = &list["cacheManagers"]["moka"]["caches"]["cities"]["target"];
    assert!(target.as_str().unwrap().ends_with("Entries"), "{list}");
    assert_eq!(list["cacheManagers"]["own"]["caches"].as_object().unwrap().len(), 1);
    let size = |name: &str| {
        get(&service, &format!("metrics/cache.size?tag=name:{name}"))["measurements"][0]["value"]
            .clone()
    };
    assert_eq!((size("cities"), size("users")), (json!(3.0), json!(4.0)));
    // As the button of the admin server does.
    assert_eq!(delete(&service, "caches/cities?cacheManager=moka"), 204);
    assert_eq!((size("cities"), size("users")), (json!(0.0), json!(4.0)));
    assert_eq!(delete(&service, "caches"), 204);
    assert_eq!(users.size(), Some(0));
    let writes = get(&service, "auditevents?type=ENDPOINT_WRITE");
    let last = writes["events"].as_array().unwrap().last().unwrap();
    assert_eq!(
        (&last["data"]["endpoint"], &last["data"]["status"]),
        (&json!("caches"), &json!(204))
    );
}

#[cfg(feature = "quick-cache")]
#[test]
fn a_cache_of_quick_cache_is_listed_measured_and_cleared() {
    let prices = Arc::new(quick_cache::sync::Cache::new(100));
    (0..7).for_each(|key| prices.insert(key, "cheap"));
    assert_eq!((prices.get(&3), prices.get(&99)), (Some("cheap"), None));
    let held = Arc::clone(&prices);
    let service = app().with(move |app| {
        app.cache("quick", "prices", held);
    });
    let service = service.start();
    let expected = json!({
        "name": "prices",
        "cacheManager": "quick",
        "target": "quick_cache::sync::Cache",
    });
    assert_eq!(get(&service, "caches/prices"), expected);
    let list = json!({"prices": {"target": "quick_cache::sync::Cache"}});
    assert_eq!(get(&service, "caches")["cacheManagers"]["quick"]["caches"], list);
    let meter = |meter: &str| {
        get(&service, &format!("metrics/{meter}"))["measurements"][0]["value"].clone()
    };
    let size = || meter("cache.size?tag=name:prices");
    let gets = |result: &str| meter(&format!("cache.gets?tag=name:prices&tag=result:{result}"));
    assert_eq!((size(), gets("hit"), gets("miss")), (json!(7.0), json!(1.0), json!(1.0)));
    assert_eq!(delete(&service, "caches/prices"), 204);
    assert_eq!((prices.len(), size()), (0, json!(0.0)));
}

#[test]
fn a_name_that_two_managers_have_is_refused_until_one_of_them_is_named() {
    let (one, other) = (Entries::of(1), Entries::of(1));
    let (held, kept) = (Arc::clone(&one), Arc::clone(&other));
    let service = app()
        .with(move |app| caches(app, &[("a", "cities", &held), ("b", "cities", &kept)]))
        .start();
    let refused = service.get("/actuator/caches/cities").assert_status(400);
    assert!(refused.text().contains("?cacheManager= with one of a, b"), "{}", refused.text());
    assert_eq!(delete(&service, "caches/cities"), 400);
    assert_eq!((one.size(), other.size()), (Some(1), Some(1)), "a refused request changes nothing");
    for path in ["caches/nosuch", "caches/cities?cacheManager=c", "caches/cities?cacheManager="] {
        assert_eq!(service.status(&format!("/actuator/{path}")), 404, "{path}");
        assert_eq!(delete(&service, path), 404, "{path}");
    }
    assert_eq!(get(&service, "caches/cities?cacheManager=b")["cacheManager"], "b");
    assert_eq!(delete(&service, "caches/cities?cacheManager=b"), 204);
    assert_eq!((one.size(), other.size()), (Some(1), Some(0)));
}

#[test]
fn a_cache_that_cannot_be_cleared_in_time_or_at_all_is_500_and_the_others_are_cleared() {
    let (open, gate) = mpsc::channel();
    let slow =
        Arc::new(Entries { count: 1.into(), gate: Some(Mutex::new(gate)), ..Entries::default() });
    let broken = Arc::new(Entries { trouble: Some("no connection"), ..Entries::default() });
    let good = Entries::of(1);
    let held = [Arc::clone(&slow), broken, Arc::clone(&good)];
    let service = app()
        .setting("actuator.caches.clear-timeout", "300ms")
        .setting("server.error.include-message", "always")
        .with(move |app| {
            let [slow, broken, good] = &held;
            caches(app, &[("x", "slow", slow), ("x", "broken", broken), ("x", "good", good)]);
        })
        .start();
    let answer = service.send(Request::new("DELETE", "/actuator/caches")).assert_status(500);
    let message = answer.json()["message"].as_str().unwrap().to_owned();
    assert!(message.contains("broken of x was not cleared: no connection"), "{message}");
    assert!(message.contains("slow of x was not cleared within 300ms"), "{message}");
    assert_eq!(good.size(), Some(0));
    assert_eq!(service.status("/actuator/caches"), 200, "nothing else waits for it");
    open.send(()).unwrap();
    let deadline = Instant::now() + testkit::PATIENCE;
    while slow.size() != Some(0) {
        assert!(Instant::now() < deadline, "the clearing did not go on");
        std::thread::yield_now();
    }
}

#[test]
fn caches_come_and_go_while_the_service_runs() {
    let (give, given) = mpsc::channel::<Caches>();
    let service = app().with(move |app| give.send(app.caches()).unwrap()).start();
    assert_eq!(get(&service, "caches"), json!({"cacheManagers": {}}));
    let caches = given.recv().unwrap();
    caches.register("tenants", "acme", Entries::of(2));
    assert_eq!(get(&service, "caches/acme")["cacheManager"], "tenants");
    assert_eq!(get(&service, "metrics/cache.size?tag=name:acme")["measurements"][0]["value"], 2.0);
    // A new one in its place is the one that is measured.
    caches.register("tenants", "acme", Entries::of(7));
    assert_eq!(get(&service, "metrics/cache.size?tag=name:acme")["measurements"][0]["value"], 7.0);
    caches.remove("tenants", "acme");
    assert_eq!(service.status("/actuator/caches/acme"), 404);
    assert_eq!(service.status("/actuator/metrics/cache.size?tag=name:acme"), 404);
}

#[test]
fn two_caches_of_one_name_refuse_the_start_with_both_places() {
    let refused = app().with(|app| {
        app.cache("a", "cities", Entries::of(1));
        app.cache("a", "cities", Entries::of(1));
    });
    let refused = refused.refused().to_string();
    let places = refused.matches("stores.rs:").count();
    assert!(refused.contains("a/cities") && places == 2, "{refused}");
}

#[test]
fn nothing_that_was_not_registered_is_there_and_it_is_said_why() {
    let service = app().start();
    for id in ["caches", "sessions", "migrations", "flyway"] {
        assert_eq!(service.status(&format!("/actuator/{id}")), 404);
    }
    let conditions = get(&service, "conditions").to_string();
    assert!(conditions.contains("no cache is registered: App::cache registers one"));
}

/// One session of alice, and troubles by name.
struct Sessions(Mutex<Vec<SessionDetails>>);

impl Sessions {
    fn new() -> Self {
        let created = SystemTime::UNIX_EPOCH + Duration::from_millis(1_700_000_000_123);
        Self(Mutex::new(vec![SessionDetails {
            id: "shown".to_owned(),
            attribute_names: vec!["cart".to_owned()],
            created,
            last_accessed: created + Duration::from_secs(1),
            max_inactive: Duration::from_millis(1_799_990),
            is_expired: false,
        }]))
    }
}

impl SessionRepository for Sessions {
    fn find_by_username(
        &self,
        username: &str,
    ) -> BoxFuture<'_, Result<Vec<SessionDetails>, RepositoryError>> {
        let username = username.to_owned();
        Box::pin(async move {
            match username.as_str() {
                "alice" => Ok(self.0.lock().unwrap().clone()),
                "broken" => Err("redis://app:s3cr3t@db.example is down".into()),
                "hangs" => std::future::pending().await,
                "panics" => panic!("for the test"),
                _ => Ok(Vec::new()),
            }
        })
    }

    fn find_by_id(
        &self,
        id: &str,
    ) -> BoxFuture<'_, Result<Option<SessionDetails>, RepositoryError>> {
        let found = self.0.lock().unwrap().iter().find(|session| session.id == id).cloned();
        Box::pin(std::future::ready(Ok(found)))
    }

    fn delete_by_id(&self, id: &str) -> BoxFuture<'_, Result<(), RepositoryError>> {
        self.0.lock().unwrap().retain(|session| session.id != id);
        Box::pin(std::future::ready(Ok(())))
    }
}

#[test]
fn the_sessions_of_a_user_are_shown_and_ended() {
    let service = app()
        .with(|app| {
            app.session_repository(Sessions::new());
        })
        .start();
    let shown = json!({
        "id": "shown",
        "attributeNames": ["cart"],
        "creationTime": "2023-11-14T22:13:20.123Z",
        "lastAccessedTime": "2023-11-14T22:13:21.123Z",
        "maxInactiveInterval": 1800,
        "expired": false,
    });
    assert_eq!(get(&service, "sessions?username=alice"), json!({"sessions": [shown]}));
    assert_eq!(get(&service, "sessions/shown"), shown);
    for nobody in ["sessions?username=", "sessions?username=zed"] {
        assert_eq!(get(&service, nobody), json!({"sessions": []}));
    }
    for missing in ["sessions", "sessions?user=alice"] {
        assert_eq!(service.status(&format!("/actuator/{missing}")), 400, "{missing}");
    }
    assert_eq!(delete(&service, "sessions/nosuch"), 204);
    assert_eq!(delete(&service, "sessions/shown"), 204);
    assert_eq!(service.status("/actuator/sessions/shown"), 404);
    assert_eq!(get(&service, "sessions?username=alice"), json!({"sessions": []}));
    let writes = get(&service, "auditevents?type=ENDPOINT_WRITE");
    assert_eq!(writes["events"].as_array().unwrap().len(), 2);
}

#[test]
fn a_store_of_sessions_that_is_down_hangs_or_panics_is_500_in_time_and_tells_no_secret() {
    let service = app()
        .setting("actuator.sessions.timeout", "200ms")
        .setting("server.error.include-message", "always")
        .with(|app| {
            app.session_repository(Sessions::new());
        })
        .start();
    for (username, told) in [
        ("broken", "is down"),
        ("hangs", "within 200ms (actuator.sessions.timeout)"),
        ("panics", "looking them up panicked"),
    ] {
        let answer = service.get(&format!("/actuator/sessions?username={username}"));
        let message = answer.assert_status(500).text();
        assert!(message.contains(told) && !message.contains("s3cr3t"), "{message}");
    }
    get(&service, "sessions?username=alice");
}

/// Answers, or has a trouble.
struct History(&'static str);

impl MigrationSource for History {
    fn migrations(&self) -> BoxFuture<'_, Result<Vec<Migration>, MigrationError>> {
        Box::pin(async {
            match self.0 {
                "down" => Err("postgres://app:s3cr3t@db.example refused".into()),
                "hangs" => std::future::pending().await,
                _ => {
                    let mut first = Migration::new("1", "init", MigrationState::Success);
                    first.installed_rank = Some(1);
                    first.is_changed = true;
                    Ok(vec![first, Migration::new("2", "more", MigrationState::Pending)])
                }
            }
        })
    }

    fn waits_for(&self) -> Option<String> {
        Some("a connection".to_owned())
    }
}

#[test]
fn migrations_are_shown_under_both_ids_and_flyway_can_be_left_out() {
    let start = |flyway: &str| {
        let service = app().setting("actuator.compat.flyway", flyway);
        service
            .with(|app| {
                app.migrations("orders", History("well"));
            })
            .start()
    };
    let service = start("true");
    let mut list = json!({"migrations": [
        {"type": "SQL", "version": "1", "description": "init", "script": "", "state": "SUCCESS",
         "changed": true, "installedRank": 1},
        {"type": "SQL", "version": "2", "description": "more", "script": "", "state": "PENDING"},
    ]});
    assert_eq!(get(&service, "migrations"), json!({"sources": {"orders": list}}));
    let flyway = get(&service, "flyway");
    let (_, context) = flyway["contexts"].as_object().unwrap().iter().next().unwrap();
    // Flyway has a time for each, and the admin server shows no other form.
    for migration in list["migrations"].as_array_mut().unwrap() {
        migration["executionTime"] = json!(0);
    }
    assert_eq!(context, &json!({"flywayBeans": {"orders": list}}));
    let service = start("false");
    assert_eq!(service.status("/actuator/flyway"), 404);
    get(&service, "migrations");
}

#[test]
fn a_database_that_is_down_or_hangs_is_told_in_time_without_its_password() {
    let service = app()
        .setting("actuator.migrations.timeout", "200ms")
        .setting("server.error.include-message", "always")
        .with(|app| {
            for name in ["down", "hangs", "well"] {
                app.migrations(name, History(name));
            }
        })
        .start();
    let all = get(&service, "migrations");
    let error = |name: &str| all["sources"][name]["error"].as_str().unwrap_or_default().to_owned();
    assert!(error("down").contains("refused") && !error("down").contains("s3cr3t"), "{all}");
    let hangs = "no answer within 200ms (actuator.migrations.timeout): waited for a connection";
    assert_eq!(error("hangs"), hangs);
    assert_eq!(all["sources"]["well"]["migrations"].as_array().unwrap().len(), 2);
    // Spring's form has no place for errors.
    let flyway = service.get("/actuator/flyway").assert_status(500).text();
    assert!(flyway.contains("the migrations of down are not known") && !flyway.contains("s3cr3t"));
}
