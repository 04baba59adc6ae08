//! The walk-through: users, their traces, and a Redis that goes and comes back.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::{
    net::TcpStream,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use testkit::{Program, Request, free_port};

/// A Redis server that ends with its test.
struct Redis(Child);

impl Redis {
    fn start(port: u16) -> Self {
        let child = Command::new("redis-server")
            .args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", ""])
            .args(["--appendonly", "no"])
            .current_dir(std::env::temp_dir())
            .stdout(Stdio::null())
            .spawn()
            .expect("redis-server is missing; install it: sudo apt-get install redis-server");
        let redis = Self(child);
        let deadline = Instant::now() + testkit::PATIENCE;
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(Instant::now() < deadline, "redis-server does not listen on port {port}");
            std::thread::sleep(Duration::from_millis(10));
        }
        redis
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn users_are_served_traced_and_their_redis_is_watched() {
    let port = free_port();
    let redis = Redis::start(port);
    let service = Program::at(env!("CARGO_BIN_EXE_users"))
        .arg(&format!("--redis.url=redis://127.0.0.1:{port}"))
        .arg("--actuator.errors.enabled=true")
        .arg("--actuator.errors.format=problem")
        .serve();

    let created = service.send(Request::post("/users", r#"{"name":"Ada"}"#)).assert_status(201);
    assert_eq!(created.json()["id"], 1);
    assert_eq!(service.get("/users/1").assert_status(200).json()["name"], "Ada");
    assert_eq!(service.get("/users").json().as_array().unwrap().len(), 1);
    let known = service.get("/actuator/users?start=A").assert_status(200).json();
    assert_eq!(known[0]["name"], "Ada");
    let problem = service.get("/users/2").assert_status(404);
    assert_eq!(problem.media_type(), "application/problem+json");
    assert_eq!(problem.json()["detail"], "There is no user 2.");
    let successful = "users.visit?tag=outcome:SUCCESS";
    for name in ["users.created", "users.known", "users.visits", successful] {
        let counted = service.get(&format!("/actuator/metrics/{name}")).assert_status(200).json();
        assert_eq!(counted["measurements"][0]["value"], 1.0, "{counted}");
    }

    // The first look at Ada was a miss; nobody else is kept.
    for (result, count) in [("hit", 0.0), ("miss", 2.0)] {
        let name = format!("cache.gets?tag=name:users&tag=result:{result}");
        let gets = service.get(&format!("/actuator/metrics/{name}")).json();
        assert_eq!(gets["measurements"][0]["value"], count, "{gets}");
    }
    let caches = service.get("/actuator/caches").json();
    let target = &caches["cacheManagers"]["moka"]["caches"]["users"]["target"];
    assert_eq!(target, "moka::future::Cache");
    let cleared = service.send(Request::new("DELETE", "/actuator/caches/users?cacheManager=moka"));
    assert_eq!(cleared.status(), 204);

    let redis_health = || service.get("/actuator/health/redis");
    let up = redis_health().assert_status(200).json();
    assert!(!up["details"]["version"].as_str().unwrap().is_empty(), "{up}");
    assert_eq!(up["details"]["mode"], "standalone");

    drop(redis);
    let down = redis_health().assert_status(503).json();
    assert!(down["details"]["error"].is_string(), "{down}");
    service.get("/actuator/health").assert_status(503);
    service.get("/users/1").assert_status(200);

    let _redis = Redis::start(port);
    redis_health().assert_status(200);

    let traces = service.get("/actuator/httpexchanges").json();
    let traces = traces["exchanges"].as_array().unwrap();
    let of_users = |method: &str, status: u16| {
        traces.iter().any(|trace| {
            let (request, response) = (&trace["request"], &trace["response"]);
            request["uri"].as_str().unwrap().contains("/users")
                && request["method"] == method
                && response["status"] == status
        })
    };
    assert!(of_users("POST", 201) && of_users("GET", 200) && of_users("GET", 404), "{traces:?}");
    let metric = service.get("/actuator/metrics/http.server.requests?tag=uri:/users/{id}");
    assert!(metric.assert_status(200).text().contains("404"));
    service.stop();
}

#[test]
fn without_redis_it_starts_and_says_that_it_is_down() {
    let service = Program::at(env!("CARGO_BIN_EXE_users"))
        .arg(&format!("--redis.url=redis://127.0.0.1:{}", free_port()))
        .serve();
    let health = service.get("/actuator/health").assert_status(503).json();
    assert_eq!(health["components"]["redis"]["status"], "DOWN");
}
