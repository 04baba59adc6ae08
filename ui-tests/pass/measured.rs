//! Everything that can be measured: what a function looks like makes no difference to it.
#![allow(clippy::unused_self, clippy::needless_pass_by_value, clippy::needless_lifetimes)]
#![allow(clippy::panic, clippy::todo, clippy::indexing_slicing)] // what users may write
#![allow(clippy::multiple_bound_locations)]

use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use actuator::{
    counted, gauge,
    meter::{Counter, DistributionSummary, Gauge, LongTaskTimer, MeterRegistry, MultiGauge, Timer},
    metrics, timed,
};

#[timed]
fn plain() {}

#[timed("measured.value", description = "d", tags("a.key" = "b", "c" = "d"), percentiles = [0.5, 1])]
#[counted("measured.calls", tags("channel" = "web"))]
pub(crate) fn several(mut number: u8) -> u8 {
    if number > 250 {
        return 0;
    }
    number += 1;
    number
}

#[timed("measured.histogram", histogram, slo = ["100ms", "1s"])]
fn early(text: &str) -> Result<u8, std::num::ParseIntError> {
    let number: u8 = text.parse()?;
    Ok(number)
}

type Answer<T> = std::io::Result<T>;

#[counted]
fn alias() -> Answer<()> {
    Err(std::io::ErrorKind::NotFound.into())
}

#[timed("measured.long", long_task = true)]
fn long() {}

#[counted("measured.failures", failures_only)]
fn failures_only() -> Result<(), String> {
    Ok(())
}

enum Refusal {
    SoldOut,
}

impl Refusal {
    fn kind(&self) -> &'static str {
        match self {
            Self::SoldOut => "sold_out",
        }
    }
}

#[timed("measured.named", error = Refusal::kind)]
async fn named_error() -> Result<u8, Refusal> {
    Err(Refusal::SoldOut)
}

#[timed]
async fn asynchronous(text: &str) -> Result<&str, std::num::ParseIntError> {
    let number: u8 = text.parse()?;
    if number == 0 {
        return Ok("zero");
    }
    std::future::ready(()).await;
    Ok(text)
}

#[timed]
async fn inferred() -> Vec<u64> {
    (0..3).collect()
}

#[timed]
fn borrowed<'a>(texts: &'a mut Vec<String>, text: &str) -> &'a mut String {
    texts.push(text.to_owned());
    &mut texts[0]
}

#[timed]
fn opaque(numbers: &[u8]) -> impl Iterator<Item = u8> + '_ {
    numbers.iter().map(|number| number + 1)
}

#[timed]
#[counted]
fn generic<T: Clone, const N: usize>(value: &T) -> [T; N]
where
    T: Default,
{
    std::array::from_fn(|_| value.clone())
}

#[timed]
fn of_traits(write: &mut dyn std::fmt::Write, text: impl AsRef<str>) -> std::fmt::Result {
    write.write_str(text.as_ref())
}

#[timed]
fn pattern((left, _): (u8, u8), [first, ..]: [u8; 3]) -> u8 {
    left + first
}

#[timed]
fn future() -> impl Future<Output = Result<u8, String>> + Send {
    async { Ok(1) }
}

#[timed]
#[counted]
fn boxed<'a>(text: &'a str) -> Pin<Box<dyn Future<Output = &'a str> + Send + 'a>> {
    Box::pin(async move { text })
}

#[timed]
fn never() -> ! {
    panic!("no")
}

#[timed]
fn todo() -> u8 {
    if plain as fn() as usize == 0 { todo!() } else { 3 }
}

// The parameters may have the names of what is generated.
#[timed]
fn names(measured: u8, returned: u8, future: u8) -> u8 {
    measured + returned + future
}

trait Shop {
    fn place(&mut self, number: u8) -> Result<u8, String>;

    #[timed]
    fn size(&self) -> usize {
        0
    }
}

struct Store {
    orders: Vec<u8>,
}

impl Shop for Store {
    #[timed("measured.place")]
    #[counted("measured.placed")]
    fn place(&mut self, number: u8) -> Result<u8, String> {
        if self.orders.contains(&number) {
            return Err("twice".to_owned());
        }
        self.orders.push(number);
        Ok(number)
    }
}

impl Store {
    #[timed(on = Store)]
    fn new() -> Self {
        Self { orders: vec![] }
    }

    #[timed("measured.first")]
    pub(crate) fn first(&mut self) -> Option<&mut u8> {
        self.orders.first_mut()
    }

    #[timed]
    async fn consumed(self) -> Vec<u8> {
        self.orders
    }

    #[gauge("measured.orders", on = Store, base_unit = "orders", description = "d")]
    fn orders(_registry: &MeterRegistry) -> usize {
        1
    }
}

#[gauge("measured.share", tags("a" = "b"))]
fn share() -> f32 {
    0.5
}

#[gauge("measured.optional")]
fn optional() -> Option<std::time::Duration> {
    None
}

/// What is counted.
#[metrics(prefix = "measured.handles", tags("shop" = "eu"))]
#[allow(dead_code)]
pub(crate) struct Handles {
    /// How many.
    counter: Arc<Counter>,
    #[meter("other.name", description = "d", base_unit = "bytes", tags("k" = "v"))]
    gauge: Arc<Gauge>,
    #[meter(histogram, percentiles = [0.9], slo = ["1s"])]
    a_timer: Arc<Timer>,
    #[meter(base_unit = "EUR", slo = [1, 2.5])]
    summary: Arc<DistributionSummary>,
    long: Arc<LongTaskTimer>,
    many: MultiGauge,
    #[cfg(any())]
    gone: DoesNotExist,
}

#[metrics]
#[allow(dead_code)]
struct Bare {
    measured: Arc<Counter>,
}

fn now<T>(future: impl Future<Output = T>) -> T {
    let mut future = Box::pin(future);
    match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("it waits"),
    }
}

fn is_send<T: Send>(value: T) -> T {
    value
}

pub(crate) fn main() {
    plain();
    assert_eq!((several(1), several(255)), (2, 0));
    assert!(early("x").is_err() && alias().is_err() && failures_only().is_ok());
    long();
    assert!(matches!(now(is_send(named_error())), Err(Refusal::SoldOut)));
    assert_eq!(now(is_send(asynchronous("0"))), Ok("zero"));
    assert_eq!(now(inferred()), [0, 1, 2]);
    assert_eq!(borrowed(&mut vec![], "a"), "a");
    assert_eq!(opaque(&[1, 2]).collect::<Vec<_>>(), [2, 3]);
    assert_eq!(generic::<u8, 2>(&7), [7, 7]);
    assert!(of_traits(&mut String::new(), "a").is_ok());
    assert_eq!(pattern((1, 2), [3, 4, 5]), 4);
    assert_eq!(now(is_send(future())), Ok(1));
    assert_eq!(now(is_send(boxed("b"))), "b");
    assert!(std::panic::catch_unwind(|| never()).is_err());
    assert_eq!((todo(), names(1, 2, 3)), (3, 6));
    let mut store = Store::new();
    assert!(store.place(1).is_ok() && store.place(1).is_err());
    assert_eq!((store.size(), store.first().copied()), (0, Some(1)));
    assert_eq!(now(store.consumed()), [1]);
    assert_eq!((share(), optional()), (0.5, None));
    let _: [fn(&MeterRegistry) -> Handles; 1] = [Handles::new];
    let _: fn(&MeterRegistry) -> Bare = <Bare as actuator::meter::Metrics>::new;
}
