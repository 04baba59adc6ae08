//! Servers that take a connection and never say a word.

use actuator::checks::{Database, Redis};
use actuator_backends::Silent;
use actuator_integration::wait;
use sqlx::{MySql, Postgres};

use crate::service::{DEADLINE, Service, pool, runtime};

#[test]
fn servers_that_never_answer_cost_one_deadline_together_and_leave_nothing_behind() {
    let runtime = runtime();
    let inside = runtime.enter();
    let postgres = pool::<Postgres>(&inside, &Silent::start().url("postgres"), 2);
    let mysql = pool::<MySql>(&inside, &Silent::start().url("mysql"), 2);
    let redis = redis::Client::open(Silent::start().url("redis").replace("/app", "/0")).unwrap();
    let (first, second) = (postgres.clone(), mysql.clone());
    let service = Service::start(&runtime, DEADLINE, |app| {
        app.health_check("postgres", Database::new(first));
        app.health_check("mysql", Database::new(second));
        app.health_check("redis", Redis::new(redis));
    });
    let ask = || {
        let health = service.whole();
        assert_eq!(health["status"], "DOWN");
        let components = &health["components"];
        for (name, what) in
            [("postgres", "the database"), ("mysql", "the database"), ("redis", "Redis")]
        {
            let details = &components[name]["details"];
            let expected = format!("timeout after 1500 ms: waited for a connection to {what}");
            assert_eq!(details["error"], expected, "{name}");
            // Each was given up when its own time was over, not when that of another was.
            assert_eq!(details["age"].as_str().unwrap().split(' ').next_back(), Some("ms"));
        }
        assert_eq!(components["ping"]["status"], "UP");
    };
    ask();
    // What the service itself needs is there after the first round; another one adds nothing.
    let tasks = runtime.metrics().num_alive_tasks();
    ask();
    assert_eq!((postgres.size(), mysql.size()), (0, 0));
    wait::until("no task is left", || (runtime.metrics().num_alive_tasks() <= tasks).then_some(()));
}
