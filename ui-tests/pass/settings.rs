//! Every form of a struct of settings that is documented.

use std::{
    collections::{BTreeMap, HashMap},
    net::Ipv4Addr,
    time::Duration,
};

use actuator::{Actuator, App, Redacted, Settings, settings::Current};

/// A function whose name is that of a variable in what is generated.
fn value(text: &str) -> Result<(), &'static str> {
    if text.is_empty() { Err("empty") } else { Ok(()) }
}

fn group(all: &All) -> Result<(), String> {
    if all.r#type == "x" { Ok(()) } else { Err(format!("{} is no type", all.r#type)) }
}

/// All kinds of fields.
#[derive(Debug, Settings)]
#[expect(dead_code, reason = "some are only read in")]
#[settings(prefix = "pass.all-kinds")]
#[settings(validate = group)]
struct All {
    #[settings(default = "x", validate = value, length = 1.., pattern = "[a-z]+", non_empty)]
    r#type: String,
    #[settings(default = 1_000, min = 0x10, max = 1000)]
    number: u32,
    #[settings(default = -0.5, min = -1)]
    fraction: f32,
    #[settings(default = true, name = "on")]
    switch: bool,
    #[settings(default = "1s", description = "what it is for")]
    #[settings(max = "1m")]
    time: Duration,
    secret: Option<Redacted<String>>,
    #[settings(secret)]
    pin: Option<u16>,
    #[settings(parse, default = "127.0.0.1", validate = Self::loopback)]
    address: Ipv4Addr,
    #[settings(parse)]
    option: Option<Ipv4Addr>,
    #[settings(parse, length = ..=2)]
    list: Vec<Ipv4Addr>,
    #[settings(min = 1)]
    numbers: Vec<u8>,
    map: BTreeMap<String, u8>,
    hashed: HashMap<String, Vec<String>>,
    part: Part,
    maybe: Option<Part>,
    parts: Vec<Part>,
    named: BTreeMap<String, Part>,
    #[settings(default = "third-one")]
    choice: Choice,
    choices: Vec<Choice>,
}

impl All {
    // Whatever the type is, it is given by reference.
    #[allow(clippy::trivially_copy_pass_by_ref)]
    fn loopback(address: &Ipv4Addr) -> Result<(), String> {
        if address.is_loopback() { Ok(()) } else { Err("not here".to_owned()) }
    }
}

#[derive(Debug, Settings)]
struct Part {
    #[settings(default = 3)]
    value: u8,
}

#[derive(Debug, PartialEq, Settings)]
enum Choice {
    First,
    #[settings(name = "2nd")]
    Second,
    ThirdOne,
}

#[derive(Debug, Settings)]
enum Single {
    Only,
}

#[derive(Debug, Settings)]
#[settings(prefix = "pass.single")]
struct One {
    #[settings(default = "ONLY")]
    single: Single,
}

fn check(app: &mut App) {
    let all = app.settings::<All>().unwrap();
    assert_eq!((all.number, all.switch, &all.choice), (1000, true, &Choice::ThirdOne));
    assert_eq!((all.fraction.to_string(), all.part.value), ("-0.5".to_owned(), 3));
    assert_eq!(all.choices, [Choice::First, Choice::Second]);
    assert!(all.maybe.is_none() && all.secret.is_none() && all.option.is_none());
    assert_eq!(format!("{:?}", app.settings::<One>().unwrap().single), "Only");
    let current: Current<One> = app.current_settings().unwrap();
    assert!(matches!(current.get().single, Single::Only));
}

pub(crate) fn main() {
    let builder = Actuator::builder()
        .isolated()
        .without_declarations()
        .bind_settings::<All>()
        .force_setting("pass.all-kinds.choices", "first, 2ND")
        .with(check);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(builder.build()).unwrap();
}
