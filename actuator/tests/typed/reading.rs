//! What the fields of a struct are given, and what refuses the start.

use std::{
    collections::BTreeMap,
    net::{IpAddr, SocketAddr},
    path::PathBuf,
    time::Duration,
};

use actuator::{Actuator, Redacted, Settings, settings::DataSize};

use crate::app::{app, runtime};

/// How the shop takes money.
#[derive(Debug, Settings)]
#[settings(prefix = "shop.payment", validate = Payment::check)]
struct Payment {
    /// Where the provider answers.
    url: String,
    #[settings(default = "2s", min = "100ms", max = "1m")]
    timeout: Duration,
    /// How often it is tried.
    #[settings(default = 3, min = 1, max = 10)]
    retries: u8,
    api_key: Option<Redacted<String>>,
    limits: Limits,
    #[settings(default = "eu,us", non_empty)]
    regions: Vec<String>,
    labels: BTreeMap<String, String>,
    note: Option<String>,
    #[settings(default = "live")]
    mode: Mode,
    routes: Vec<Route>,
    tiers: BTreeMap<String, Limits>,
    fallback: Option<Route>,
}

/// What is let pass.
#[derive(Debug, PartialEq, Settings)]
struct Limits {
    #[settings(default = 10_000)]
    per_day: u64,
    #[settings(default = "1MB", max = "1GB")]
    body: DataSize,
}

#[derive(Debug, PartialEq, Settings)]
struct Route {
    #[settings(pattern = "/[a-z]*")]
    path: String,
    hops: Vec<u8>,
}

#[derive(Debug, PartialEq, Settings)]
enum Mode {
    Live,
    DryRun,
    #[settings(name = "off")]
    Nothing,
}

impl Payment {
    fn check(&self) -> Result<(), String> {
        if self.mode == Mode::Nothing && self.retries > 5 {
            return Err("nothing is tried that often".to_owned());
        }
        Ok(())
    }
}

/// Every other kind of field.
#[derive(Debug, Settings)]
#[settings(prefix = "shop.kinds")]
struct Kinds {
    #[settings(default = "localhost")]
    host: IpAddr,
    #[settings(default = "127.0.0.1:80")]
    peer: SocketAddr,
    #[settings(default = "/var/lib")]
    folder: PathBuf,
    #[settings(default = 0.5, max = 1)]
    share: f64,
    #[settings(default = -3)]
    offset: i32,
    #[settings(default = true)]
    open: bool,
    #[settings(parse, default = "1.2.3.4")]
    parsed: std::net::Ipv4Addr,
    #[settings(parse)]
    maybe: Option<char>,
    #[settings(parse)]
    letters: Vec<char>,
    #[settings(name = "type", default = "x", length = ..=3)]
    kind: String,
    #[settings(default = "", validate = no_blank)]
    word: String,
    #[settings(default = "hidden", secret)]
    pin: String,
    #[settings(default = "a", description = "said otherwise")]
    said: String,
}

fn no_blank(word: &str) -> Result<(), &'static str> {
    if word.contains(' ') { Err("expected a word without blanks") } else { Ok(()) }
}

const URL: &str = "https://pay.example/api";

/// The values that these settings give.
fn read<T: Settings + Send + Sync>(
    settings: &[(&str, &str)],
) -> actuator::Result<std::sync::Arc<T>> {
    let (give, given) = std::sync::mpsc::channel();
    let mut app = app();
    for (name, value) in settings {
        app = app.setting(name, value);
    }
    let app = app.with(move |app| give.send(app.settings::<T>()).unwrap());
    runtime().block_on(app.builder.build()).unwrap();
    given.recv().unwrap()
}

fn refusal<T: Settings + Send + Sync + std::fmt::Debug>(settings: &[(&str, &str)]) -> String {
    read::<T>(settings).unwrap_err().to_string()
}

#[test]
fn every_field_has_its_default_or_what_is_set_in_any_spelling() {
    let payment = read::<Payment>(&[("shop.payment.url", URL)]).unwrap();
    assert_eq!(payment.url, URL);
    assert_eq!(payment.timeout, Duration::from_secs(2));
    assert_eq!((payment.retries, &payment.mode), (3, &Mode::Live));
    assert_eq!(payment.limits, Limits { per_day: 10_000, body: DataSize(1 << 20) });
    assert_eq!(payment.regions, ["eu", "us"]);
    assert!(payment.labels.is_empty() && payment.routes.is_empty() && payment.tiers.is_empty());
    assert!(payment.api_key.is_none() && payment.note.is_none() && payment.fallback.is_none());

    let payment = read::<Payment>(&[
        ("shop.payment.URL", URL),
        ("shop.payment.apiKey", "s3cr3t"),
        ("shop.payment.timeout", "PT0.5S"),
        ("shop.payment.mode", "DRY_RUN"),
        ("shop.payment.limits.per_day", "7"),
        ("shop.payment.regions[0]", "eu"),
        ("shop.payment.labels.team.name", "till"),
        ("shop.payment.routes[0].path", "/a"),
        ("shop.payment.routes[1].path", "/b"),
        ("shop.payment.routes[1].hops", "1, 2"),
        ("shop.payment.tiers.gold.per-day", "9"),
        ("shop.payment.fallback.path", "/z"),
        ("shop.payment.note", ""),
    ])
    .unwrap();
    assert_eq!(payment.api_key.as_ref().unwrap().expose(), "s3cr3t");
    assert_eq!(payment.timeout, Duration::from_millis(500));
    assert_eq!((&payment.mode, payment.limits.per_day), (&Mode::DryRun, 7));
    assert_eq!(payment.regions, ["eu"]);
    assert_eq!(payment.labels["team.name"], "till");
    let route = |path: &str, hops: &[u8]| Route { path: path.to_owned(), hops: hops.to_vec() };
    assert_eq!(payment.routes, [route("/a", &[]), route("/b", &[1, 2])]);
    assert_eq!(payment.tiers["gold"].per_day, 9);
    assert_eq!(payment.fallback, Some(route("/z", &[])));
    assert_eq!(payment.note.as_deref(), Some(""));
}

#[test]
fn all_kinds_of_fields_are_read() {
    let kinds = read::<Kinds>(&[
        ("shop.kinds.maybe", "x"),
        ("shop.kinds.letters", "a,b"),
        ("shop.kinds.share", "0.25"),
    ])
    .unwrap();
    assert_eq!(kinds.host, IpAddr::from([127, 0, 0, 1]));
    assert_eq!(kinds.peer, SocketAddr::from(([127, 0, 0, 1], 80)));
    assert_eq!(kinds.folder, PathBuf::from("/var/lib"));
    assert_eq!((kinds.share.to_string().as_str(), kinds.offset, kinds.open), ("0.25", -3, true));
    assert_eq!(kinds.parsed, std::net::Ipv4Addr::new(1, 2, 3, 4));
    assert_eq!((kinds.maybe, &kinds.letters[..]), (Some('x'), &['a', 'b'][..]));
    assert_eq!((kinds.kind.as_str(), kinds.word.as_str()), ("x", ""));
    assert_eq!((kinds.pin.as_str(), kinds.said.as_str()), ("hidden", "a"));
}

#[test]
fn everything_that_is_wrong_refuses_the_start_at_once_with_our_own_settings() {
    let mut app = app()
        .setting("shop.payment.timeout", "soon")
        .setting("shop.payment.retries", "11")
        .setting("shop.payment.api-key", "")
        .setting("shop.payment.mode", "dead")
        .setting("shop.payment.limits.body", "2GB")
        .setting("shop.payment.regions", "")
        .setting("shop.payment.routes[0].path", "a")
        .setting("shop.payment.routes[0].hops", "1,300")
        .setting("shop.payment.fallback.hops", "1")
        .setting("management.endpoint.health.show-details", "perhaps")
        .setting("shop.kinds.share", "2")
        .setting("shop.kinds.parsed", "none")
        .setting("shop.kinds.type", "long")
        .setting("shop.kinds.word", "a b")
        .setting("shop.kinds.pin", "12 34");
    app.builder = app.builder.bind_settings::<Payment>().bind_settings::<Kinds>();
    let error = app.refused();
    assert!(error.is_setting());
    let message = error.to_string();
    for line in [
        "14 setting(s) cannot be used",
        "shop.payment.url (Where the provider answers.) is not set; set it in actuator.toml, as \
         SHOP_PAYMENT_URL or with --shop.payment.url=…",
        "shop.payment.timeout = \"soon\" (forced by code): expected a duration such as",
        "shop.payment.retries = \"11\" (forced by code): expected a value from 1 to 10",
        "shop.payment.mode = \"dead\" (forced by code): expected one of live, dry-run, off",
        "shop.payment.limits.body = \"2GB\" (forced by code): expected a value of at most 1GB",
        "shop.payment.regions = \"\" (forced by code): expected one item at least",
        "shop.payment.routes[0].path = \"a\" (forced by code): expected a text that matches /[a-z]*",
        "shop.payment.routes[0].hops = \"1,300\" (forced by code): expected a number from 0 to 255",
        "shop.payment.fallback.path is not set",
        "management.endpoint.health.show-details = \"perhaps\"",
        "shop.kinds.share = \"2\" (forced by code): expected a value of at most 1",
        "shop.kinds.parsed = \"none\" (forced by code): invalid IPv4",
        "shop.kinds.type = \"long\" (forced by code): expected at most 3 character(s)",
        "shop.kinds.word = \"a b\" (forced by code): expected a word without blanks",
    ] {
        assert!(message.contains(line), "no {line} in: {message}");
    }
}

#[test]
fn a_secret_is_repeated_in_no_refusal() {
    #[derive(Debug, Settings)]
    #[settings(prefix = "shop.vault")]
    #[expect(dead_code, reason = "it is never there")]
    struct Vault {
        #[settings(min = 1000)]
        door: Redacted<u32>,
        #[settings(secret, length = 4..)]
        word: String,
        #[settings(validate = refuse)]
        number: Redacted<u32>,
    }
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "so it is asked")]
    fn refuse(_: &Redacted<u32>) -> Result<(), &'static str> {
        Err("expected another one")
    }
    let message = refusal::<Vault>(&[
        ("shop.vault.door", "777"),
        ("shop.vault.word", "abc"),
        ("shop.vault.number", "4711"),
    ]);
    for part in
        ["shop.vault.door (value not shown", "shop.vault.word (value", "shop.vault.number (value"]
    {
        assert!(message.contains(part), "no {part} in: {message}");
    }
    for secret in ["777", "abc", "4711"] {
        assert!(!message.contains(secret), "{message}");
    }
}

#[test]
fn what_the_whole_struct_refuses_and_a_gap_in_a_list_are_told() {
    let message = refusal::<Payment>(&[
        ("shop.payment.url", URL),
        ("shop.payment.mode", "off"),
        ("shop.payment.retries", "6"),
    ]);
    assert!(message.contains("shop.payment.*: nothing is tried that often"), "{message}");
    let message = refusal::<Payment>(&[
        ("shop.payment.url", URL),
        ("shop.payment.routes[1].path", "/b"),
        ("shop.payment.tiers.gold", "9"),
    ]);
    assert!(message.contains("shop.payment.routes[0]: is missing before others"), "{message}");
}

#[test]
fn a_default_that_its_own_rule_refuses_is_a_mistake_of_the_program() {
    #[derive(Debug, Settings)]
    #[settings(prefix = "shop.wrong")]
    #[expect(dead_code, reason = "it is never there")]
    struct Wrong {
        #[settings(default = 11, max = 10)]
        number: u8,
    }
    let message = refusal::<Wrong>(&[("shop.wrong.number", "1")]);
    let line = "the default of shop.wrong.number in the program: expected a value of at most 10";
    assert!(message.contains(line), "{message}");
}

#[test]
fn variables_are_read_in_springs_spelling_and_typos_below_the_prefix_are_warned_of() {
    let output = testkit::in_own_process(
        "reading::process_with_variables",
        &[
            ("SHOP_PAYMENT_URL", URL),
            ("SHOP_PAYMENT_API_KEY", "s3cr3t"),
            ("SHOP_PAYMENT_LIMITS_PER_DAY", "8"),
            ("SHOP_PAYMENT_REGIONS_0", "mars"),
            ("SHOP_PAYMENT_LABELS_TEAM", "till"),
            ("SHOP_PAYMENT_ROUTES_0_PATH", "/a"),
            ("SHOP_PAYMENT_TIERS_GOLD_PERDAY", "5"),
            ("SHOP_PAYMENT_RETRYS", "4"),
            ("SHOP_PAYMENT_SERVICE_HOST", "10.0.0.1"),
        ],
    );
    let text = String::from_utf8_lossy(&output.stdout);
    for part in [
        "key=s3cr3t day=8 regions=[\"mars\"] labels={\"team\": \"till\"} routes=1 gold=5",
        "setting SHOP_PAYMENT_RETRYS (environment variable SHOP_PAYMENT_RETRYS) is unknown; did \
         you mean shop.payment.retries? How often it is tried.",
    ] {
        assert!(text.contains(part), "no {part} in: {text}");
    }
    assert!(!text.contains("setting SHOP_PAYMENT_SERVICE_HOST"), "{text}");
}

#[test]
#[ignore = "run by the test above, in a process of its own"]
fn process_with_variables() {
    let builder =
        Actuator::builder().without_declarations().bind_settings::<Payment>().with(|app| {
            let payment = app.settings::<Payment>().unwrap();
            println!(
                "key={} day={} regions={:?} labels={:?} routes={} gold={}",
                payment.api_key.as_ref().unwrap().expose(),
                payment.limits.per_day,
                payment.regions,
                payment.labels,
                payment.routes.len(),
                payment.tiers["gold"].per_day,
            );
        });
    runtime().block_on(builder.build()).unwrap();
    actuator::logging::flush();
}
