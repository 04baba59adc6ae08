//! Everything that can be a step of the start: what a function looks like makes no difference.
#![allow(clippy::unused_self, clippy::panic)] // what users may write

use std::{
    fmt::Debug,
    future::Future,
    pin::{Pin, pin},
    task::{Context, Poll, Waker},
};

use actuator::startup_step;

/// What it does.
#[startup_step]
fn plain() {}

#[startup_step("load prices", tags("source" = "db", "region" = "eu"))]
pub(crate) fn several(mut number: u8) -> u8 {
    if number > 250 {
        return 0;
    }
    number += 1;
    number
}

#[startup_step(name = "read a number")]
fn early(text: &str) -> Result<u8, std::num::ParseIntError> {
    let number: u8 = text.parse()?;
    Ok(number)
}

enum Refused {
    SoldOut,
}

impl Refused {
    fn kind(&self) -> &'static str {
        match self {
            Self::SoldOut => "sold out",
        }
    }
}

#[startup_step(error = Refused::kind)]
fn named() -> Result<(), Refused> {
    Err(Refused::SoldOut)
}

#[startup_step]
async fn waits<'a, T: Debug + 'a>(text: &'a str, other: T) -> Result<(&'a str, T), String> {
    std::future::ready(()).await;
    if text.is_empty() {
        return Err("empty".into());
    }
    Ok((text, other))
}

#[startup_step]
fn opaque() -> impl Iterator<Item = u8> {
    [1, 2].into_iter()
}

#[startup_step]
fn future(number: u8) -> impl Future<Output = u8> {
    async move { number }
}

#[startup_step]
fn boxed(number: &u8) -> Pin<Box<dyn Future<Output = u8> + '_>> {
    Box::pin(async move { *number })
}

struct Store {
    opened: bool,
}

impl Store {
    #[startup_step(on = Store)]
    async fn open(&mut self) -> &mut Self {
        self.opened = true;
        self
    }

    #[startup_step("consume", on = Store)]
    fn consume(self) -> bool {
        self.opened
    }
}

fn now<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("nothing here waits"),
    }
}

pub(crate) fn main() {
    plain();
    assert_eq!(several(1), 2);
    assert!(early("x").is_err() && named().is_err());
    assert_eq!(now(waits("a", 1)), Ok(("a", 1)));
    assert!(now(waits("", 1)).is_err());
    assert_eq!(opaque().sum::<u8>(), 3);
    assert_eq!((now(future(3)), now(boxed(&4))), (3, 4));
    let mut store = Store { opened: false };
    now(store.open());
    assert!(store.consume());
}
