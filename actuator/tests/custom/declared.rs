//! What `#[endpoint]` declares, asked over HTTP.

use std::{
    io,
    sync::{Arc, Mutex},
};

use actuator::{
    App, Health,
    custom::{ApiVersion, EndpointError, LocalDate, Resource, WebEndpointResponse, WebRequest},
    endpoint, gauge, health_check, info_source,
    security::Principal,
};
use serde::Serialize;
use serde_json::{Value, json};
use testkit::{OpenApi, Request};

use crate::app::{Service, TestApp, app_with_declarations};

/// Jobs that wait; it has a default, so nobody has to register it.
#[derive(Default)]
struct Jobs(Mutex<Vec<String>>);

/// A component that jobs ask for.
struct Prefix(&'static str);

#[derive(Serialize)]
struct Job {
    name: String,
}

/// Jobs that wait.
#[endpoint(id = "my-jobs")]
impl Jobs {
    /// All of them.
    #[read]
    fn all(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }

    /// One of them.
    #[read]
    async fn one(
        self: Arc<Self>,
        /// Its place, from 0.
        #[selector]
        at: usize,
    ) -> Option<Job> {
        let name = self.0.lock().unwrap().get(at).cloned();
        std::future::ready(()).await;
        name.map(|name| Job { name })
    }

    /// Adds one.
    #[write]
    fn add(
        &self,
        prefix: &Prefix,
        /// What it is called.
        job_name: &str,
        #[argument(name = "dry_run")] dry_run: Option<bool>,
        by: Option<&str>,
        caller: Option<&Principal>,
    ) -> Result<String, EndpointError> {
        if job_name.is_empty() {
            return Err(EndpointError::conflict("there is one without a name"));
        }
        let by = by.or(caller.map(|caller| caller.name.as_str())).unwrap_or("nobody");
        let job = format!("{}{job_name} by {by}", prefix.0);
        if dry_run != Some(true) {
            self.0.lock().unwrap().push(job.clone());
        }
        Ok(job)
    }

    /// Takes all away.
    #[delete]
    async fn clear(&self, #[selector] which: String) -> io::Result<()> {
        if which != "all" {
            return Err(io::Error::other("secret path /srv/x"));
        }
        self.0.lock().unwrap().clear();
        Ok(())
    }

    /// The same component, as a check.
    #[health_check(name = "jobs", on = Jobs)]
    fn healthy(jobs: &Self) -> Health {
        Health::up().with_detail("waiting", jobs.0.lock().unwrap().len())
    }
}

#[gauge("jobs.waiting")]
fn waiting(jobs: &Jobs) -> usize {
    jobs.0.lock().unwrap().len()
}

#[info_source(name = "jobs")]
fn jobs_info(jobs: &Jobs) -> Vec<String> {
    jobs.0.lock().unwrap().clone()
}

#[derive(Default)]
struct Odd;

/// What else there is.
#[endpoint(id = "odd", access = "read-only")]
impl Odd {
    #[read]
    fn panics() -> Value {
        panic!("in the operation")
    }

    #[read]
    async fn of_kind(#[selector] kind: &str, version: ApiVersion) -> WebEndpointResponse {
        match kind {
            "version" => WebEndpointResponse::text(format!("{version:?}")),
            "teapot" => WebEndpointResponse::text("short")
                .with_status(418)
                .with_content_type("text/plain")
                .with_header("x-pot", "1"),
            _ => WebEndpointResponse::not_found(),
        }
    }

    #[read(produces = ["text/csv"])]
    fn file(#[selector] folder: &str, #[selector] name: &str) -> io::Result<Resource> {
        assert_eq!(folder, "files");
        let path = std::env::temp_dir().join(name);
        Ok(Resource::file(path)?.named("report \u{e4}.csv"))
    }

    #[read]
    fn stream(#[selector] _a: &str, #[selector] _b: &str, #[selector] _c: &str) -> Resource {
        Resource::stream(io::Cursor::new(vec![b'x'; 200_000])).with_media_type("text/x")
    }

    #[write]
    fn locked() {}
}

#[derive(Default)]
struct Hooks;

/// Takes requests as they come.
#[endpoint(id = "hooks")]
impl Hooks {
    #[write]
    fn hook(
        #[selector] name: &str,
        request: WebRequest,
        /// Who sends it.
        from: Option<String>,
    ) -> Value {
        json!({
            "name": name,
            "method": request.method(),
            "path": request.path(),
            "signature": request.header("X-Signature"),
            "body": String::from_utf8_lossy(request.body()),
            "from": from,
        })
    }
}

#[derive(Default)]
struct Shifts;

/// Who works when.
#[endpoint(id = "shifts")]
impl Shifts {
    /// The days from one to another, both of them.
    #[read]
    fn between(
        /// The first day.
        from: LocalDate,
        until: Option<LocalDate>,
        without: Option<Vec<LocalDate>>,
    ) -> Value {
        let days = until.map(|until| until.day() - from.day() + 1);
        json!({"from": from, "until": until, "days": days, "without": without})
    }
}

fn app() -> TestApp {
    app_with_declarations().with(|app: &mut App| {
        app.component(Prefix("job "));
    })
}

fn start() -> Service {
    app().start()
}

fn reason(service: &Service, target: &str, json: &str) -> (u16, Value) {
    let answer = service.post(target, json);
    (answer.status(), answer.json()["message"].clone())
}

#[test]
fn a_declared_endpoint_is_served_and_shares_its_component_with_checks_gauges_and_info() {
    let service = start();
    assert_eq!(service.get("/actuator/my-jobs").assert_status(200).json(), json!([]));
    let added = service.post("/actuator/my-jobs", r#"{"jobName":"a"}"#).assert_status(200);
    assert_eq!(added.text(), "job a by nobody");
    service.post("/actuator/my-jobs?by=kim&dry_run=yes", r#"{"jobName":"b"}"#).assert_status(200);
    assert_eq!(service.get("/actuator/my-jobs").json(), json!(["job a by nobody"]));
    assert_eq!(service.get("/actuator/my-jobs/0").json(), json!({"name": "job a by nobody"}));
    assert_eq!(service.get("/actuator/my-jobs/7").assert_status(404).body(), b"");
    let health = service.get("/actuator/health/jobs").json();
    assert_eq!(health["details"]["waiting"], 1);
    let gauge = service.get("/actuator/metrics/jobs.waiting").json();
    assert_eq!(gauge["measurements"][0]["value"], 1.0);
    assert_eq!(service.get("/actuator/info").json()["jobs"], json!(["job a by nobody"]));
    service.send(Request::new("DELETE", "/actuator/my-jobs/all")).assert_status(204);
    assert_eq!(service.get("/actuator/my-jobs").json(), json!([]));
}

#[test]
fn all_that_is_wrong_with_a_call_is_400_and_changes_nothing() {
    let service = app().setting("server.error.include-message", "always").start();
    let missing = reason(&service, "/actuator/my-jobs", "{}");
    assert_eq!(missing, (400, "Missing parameters: jobName".into()));
    let (status, why) = reason(&service, "/actuator/my-jobs", r#"{"jobName":"a","dry_run":2}"#);
    assert_eq!((status, why), (400, "dry_run: expected true or false".into()));
    let other_name = reason(&service, "/actuator/my-jobs", r#"{"job_name":"a"}"#);
    assert_eq!(other_name.0, 400);
    let conflict = reason(&service, "/actuator/my-jobs", r#"{"jobName":""}"#);
    assert_eq!(conflict, (409, "there is one without a name".into()));
    service.get("/actuator/my-jobs/x").assert_status(400);
    let named = service.get("/actuator/my-jobs/0?at=1").assert_status(400).json();
    let words = "at is a part of the path; the query and the body must not name it";
    assert_eq!(named["message"], words);
    assert_eq!(service.get("/actuator/my-jobs").json(), json!([]));
}

#[test]
fn an_error_and_a_panic_are_500_and_the_caller_is_not_told_why() {
    let service = start();
    let failed = service.send(Request::new("DELETE", "/actuator/my-jobs/some")).assert_status(500);
    assert!(!failed.text().contains("secret"), "{}", failed.text());
    let panicked = service.get("/actuator/odd").assert_status(500);
    assert_eq!(panicked.json()["error"], "Internal Server Error");
    service.get("/actuator/my-jobs").assert_status(200);
}

#[test]
fn settings_access_links_options_conditions_and_beans_know_it() {
    let service = start();
    let links = service.get("/actuator").json()["_links"].clone();
    assert!(links["my-jobs"].is_object() && links["odd-folder-name"].is_object(), "{links}");
    let options = service.send(Request::new("OPTIONS", "/actuator/my-jobs"));
    assert_eq!(options.header("allow"), Some("GET,HEAD,POST,OPTIONS"));
    service.post("/actuator/odd", "{}").assert_status(405);
    let beans = service.get("/actuator/beans").json()["contexts"]["it"]["beans"].clone();
    assert_eq!(beans["my-jobs"]["description"], "Jobs that wait.");

    let limited = app()
        .setting("management.endpoint.my-jobs.access", "read-only")
        .setting("management.endpoints.web.exposure.include", "conditions,myJobs")
        .start();
    limited.get("/actuator/my-jobs").assert_status(200);
    limited.post("/actuator/my-jobs", r#"{"jobName":"a"}"#).assert_status(405);
    limited.get("/actuator/odd").assert_status(404);
    let conditions = limited.get("/actuator/conditions").text();
    assert!(conditions.contains("management.endpoint.my-jobs.access"), "{conditions}");
}

#[test]
fn days_of_the_calendar_are_arguments() {
    let service = app().setting("server.error.include-message", "always").start();
    let asked = "/actuator/shifts?from=2024-02-28&until=2024-02-29&without=2024-03-01,2024-03-02";
    let told = service.get(asked).assert_status(200).json();
    let without = ["2024-03-01", "2024-03-02"];
    let expected =
        json!({"from": "2024-02-28", "until": "2024-02-29", "days": 2, "without": without});
    assert_eq!(told, expected);
    let one = service.get("/actuator/shifts?from=2026-11-22&until=").assert_status(200).json();
    assert_eq!((&one["from"], &one["until"]), (&json!("2026-11-22"), &Value::Null));
    for bad in ["2026-02-29", "22.11.2026", "2026-11-22T10:00:00Z", "20261122"] {
        let refused = service.get(&format!("/actuator/shifts?from={bad}")).assert_status(400);
        let message = refused.json()["message"].clone();
        assert_eq!(message, "from: expected a day such as 2026-08-21", "{bad}");
    }
    let api = service.get("/actuator/openapi").assert_status(200).json();
    let from = &api["paths"]["/actuator/shifts"]["get"]["parameters"][0];
    assert_eq!(from["schema"], json!({"type": "string", "format": "date"}), "{from}");
    assert_eq!((&from["required"], &from["description"]), (&json!(true), &json!("The first day.")));
}

#[test]
fn the_document_of_the_api_tells_it_in_the_words_of_its_comments() {
    let service = start();
    let api = OpenApi::new(service.get("/actuator/openapi").assert_status(200).json());
    let tags = api.document()["tags"].as_array().unwrap();
    assert!(tags.contains(&json!({"name": "my-jobs", "description": "Jobs that wait."})));
    let operation = |path: &str, method: &str| &api.document()["paths"][path][method];
    let summary = |path: &str, method: &str| operation(path, method)["summary"].clone();
    assert_eq!(summary("/actuator/my-jobs", "get"), "All of them.");
    assert_eq!(summary("/actuator/my-jobs", "post"), "Adds one.");
    assert_eq!(summary("/actuator/my-jobs/{at}", "get"), "One of them.");
    assert_eq!(summary("/actuator/my-jobs/{at}", "delete"), "Takes all away.");
    assert_eq!(operation("/actuator/odd/{folder}/{name}", "get")["summary"], "Reads.");

    let at = &operation("/actuator/my-jobs/{at}", "get")["parameters"];
    assert_eq!((&at[0]["name"], &at[0]["in"]), (&json!("at"), &json!("path")), "{at}");
    assert_eq!(at[0]["description"], "Its place, from 0.");
    assert_eq!(at[0]["schema"]["type"], "integer", "{at}");
    let hook = &operation("/actuator/hooks/{name}", "post")["parameters"];
    let from = hook.as_array().unwrap().iter().find(|parameter| parameter["in"] == "query");
    let from = from.unwrap_or_else(|| panic!("{hook}"));
    assert_eq!((&from["name"], &from["required"]), (&json!("from"), &json!(false)));
    assert_eq!(from["description"], "Who sends it.");

    let body = &operation("/actuator/my-jobs", "post")["requestBody"];
    let schema = api.schema(body, "application/json").unwrap();
    let place = schema["$ref"].as_str().unwrap().trim_start_matches('#');
    let schema = api.document().pointer(place).unwrap();
    let members = &schema["properties"];
    assert_eq!(members["jobName"]["description"], "What it is called.", "{body}");
    let dry_run = &members["dry_run"]["anyOf"];
    assert_eq!(dry_run, &json!([{"type": "boolean"}, {"type": "null"}]), "{members}");
    assert_eq!(schema["required"], json!(["jobName"]));
    for others in ["prefix", "caller"] {
        assert!(members.get(others).is_none(), "{others} is sent by nobody: {members}");
    }
}

#[test]
fn who_calls_is_known_roles_decide_and_writes_are_audited() {
    let service = app()
        .setting("spring.security.user.name", "kim")
        .setting("spring.security.user.password", "{noop}secret")
        .setting("actuator.security.permit-all", "odd")
        .setting("management.endpoint.my-jobs.write-roles", "boss")
        .start();
    service.get("/actuator/my-jobs").assert_status(401);
    service.get("/actuator/odd/version").assert_status(200);
    let kim = "Basic a2ltOnNlY3JldA==";
    let post = Request::post("/actuator/my-jobs", r#"{"jobName":"a"}"#);
    service.send(post.header("authorization", kim)).assert_status(403);

    let service = app()
        .setting("spring.security.user.name", "kim")
        .setting("spring.security.user.password", "{noop}secret")
        .start();
    let post = Request::post("/actuator/my-jobs", r#"{"jobName":"a"}"#);
    let added = service.send(post.header("authorization", kim)).assert_status(200);
    assert_eq!(added.text(), "job a by kim");
    let events = Request::get("/actuator/auditevents?type=ENDPOINT_WRITE");
    let events = service.send(events.header("authorization", kim)).json();
    assert_eq!(events["events"][0]["data"]["endpoint"], "my-jobs");
    assert_eq!(events["events"][0]["principal"], "kim");
}

#[test]
fn answers_have_the_status_the_type_and_the_headers_that_a_method_wants() {
    let service = start();
    let v2 = Request::get("/actuator/odd/version")
        .header("accept", "application/vnd.spring-boot.actuator.v2+json");
    assert_eq!(service.send(v2).text(), "V2");
    let teapot = service.get("/actuator/odd/teapot").assert_status(418);
    assert_eq!((teapot.media_type(), teapot.header("x-pot")), ("text/plain", Some("1")));
    service.get("/actuator/odd/nosuch").assert_status(404);
}

#[test]
fn files_are_served_in_ranges_and_streams_to_their_end() {
    let name = format!("actuator-custom-{}.csv", std::process::id());
    std::fs::write(std::env::temp_dir().join(&name), "a,b\n1,2\n").unwrap();
    let service = start();
    let target = format!("/actuator/odd/files/{name}");
    let whole = service.get(&target).assert_status(200);
    assert_eq!((whole.media_type(), whole.text().as_str()), ("text/csv", "a,b\n1,2\n"));
    assert!(whole.header("content-disposition").unwrap().contains("report%20%C3%A4"));
    let part = service.send(Request::get(&target).header("range", "bytes=2-2")).assert_status(206);
    assert_eq!(part.text(), "b");
    service.get("/actuator/odd/files/actuator-no-such-file").assert_status(500);
    let stream = service.get("/actuator/odd/a/b/c").assert_status(200);
    assert_eq!((stream.media_type(), stream.body().len()), ("text/x", 200_000));
    std::fs::remove_file(std::env::temp_dir().join(&name)).unwrap();
}

#[test]
fn a_method_may_take_the_request_as_it_came() {
    let service = start();
    let hook = Request::new("POST", "/actuator/hooks/git?from=a%20b")
        .header("x-signature", "s")
        .header("content-type", "text/x")
        .body("not { json");
    let seen = service.send(hook).assert_status(200).json();
    assert_eq!(
        seen,
        json!({
            "name": "git", "method": "POST", "path": "/actuator/hooks/git", "signature": "s",
            "body": "not { json", "from": "a b",
        })
    );
}

#[test]
fn a_component_of_ones_own_goes_before_the_default_and_one_that_is_missing_refuses_the_start() {
    let service = app().with(|app| {
        app.component(Jobs(Mutex::new(vec!["mine".to_owned()])));
    });
    assert_eq!(service.start().get("/actuator/my-jobs").json(), json!(["mine"]));
    let message = app_with_declarations().refused().to_string();
    assert!(message.contains("endpoint \"my-jobs\"") && message.contains("Prefix"), "{message}");
}
