//! Pressure: for how long tasks were held up by what they share.
//! Source of the format: the kernel's `Documentation/accounting/psi.rst`.

use std::{path::Path, time::Duration};

use super::HostRoot;

/// The pressure on each resource; `None` where the kernel does not keep account of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Pressure {
    /// Waiting for a processor.
    pub cpu: Option<Stall>,
    /// Waiting for memory: reclaim, swap, pages that are read again.
    pub memory: Option<Stall>,
    /// Waiting for storage.
    pub io: Option<Stall>,
}

/// Since the start of the machine or group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stall {
    /// For how long at least one task waited.
    pub some: Duration,
    /// For how long all of them did; not known of every resource.
    pub full: Option<Duration>,
    /// The share of time of late in which at least one did.
    pub some_of_late: Averages,
    /// The share of time of late in which all of them did.
    pub full_of_late: Option<Averages>,
}

/// Shares of the last ten seconds, minute and five minutes, in hundredths of a percent: 10,000 is
/// all the time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Averages(pub [u16; 3]);

impl Pressure {
    /// Where that of the machine is.
    pub(super) const PLACE: &'static str = "/proc/pressure";

    /// That of the machine.
    pub(crate) fn of_machine(root: &HostRoot) -> Self {
        Self::read(|resource| root.read(format!("{}/{resource}", Self::PLACE)))
    }

    /// That of a control group of version 2.
    pub(super) fn of_group(root: &HostRoot, folder: &Path) -> Self {
        Self::read(|resource| root.read(folder.join(format!("{resource}.pressure"))))
    }

    fn read(text: impl Fn(&str) -> Option<String>) -> Self {
        let stall = |resource| text(resource).and_then(|text| parse(&text));
        Self { cpu: stall("cpu"), memory: stall("memory"), io: stall("io") }
    }
}

/// `some avg10=0.00 avg60=0.00 avg300=0.00 total=123` and, on a line of its own, `full …`; totals
/// are in microseconds.
fn parse(text: &str) -> Option<Stall> {
    let line = |kind: &str| text.lines().find(|line| line.split(' ').next() == Some(kind));
    let some = line("some")?;
    let full = line("full");
    Some(Stall {
        some: total(some)?,
        full: full.and_then(total),
        some_of_late: averages(some),
        full_of_late: full.map(averages),
    })
}

fn value<'l>(line: &'l str, key: &str) -> Option<&'l str> {
    line.split(' ').find_map(|field| field.strip_prefix(key)?.strip_prefix('='))
}

fn total(line: &str) -> Option<Duration> {
    value(line, "total")?.parse().ok().map(Duration::from_micros)
}

/// The kernel writes two digits behind the point.
fn averages(line: &str) -> Averages {
    let hundredths = |key| {
        let (whole, fraction) = value(line, key)?.split_once('.')?;
        let (whole, fraction): (u16, u16) = (whole.parse().ok()?, fraction.parse().ok()?);
        whole.checked_mul(100)?.checked_add(fraction)
    };
    Averages(["avg10", "avg60", "avg300"].map(|key| hundredths(key).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::{super::root::Fixture, *};

    #[test]
    fn the_totals_are_read_and_what_is_not_there_is_not() {
        let tree = Fixture::new(
            "pressure",
            &[
                (
                    "/proc/pressure/io",
                    "some avg10=0.06 avg60=0.02 avg300=0.11 total=2500000\n\
                     full avg10=0.06 avg60=0.02 avg300=0.07 total=1000000\n",
                ),
                ("/proc/pressure/cpu", "some avg10=2.86 avg60=1.48 avg300=2.11 total=7\n"),
            ],
        );
        let pressure = Pressure::of_machine(&tree.root());
        let io = Stall {
            some: Duration::from_millis(2_500),
            full: Some(Duration::from_secs(1)),
            some_of_late: Averages([6, 2, 11]),
            full_of_late: Some(Averages([6, 2, 7])),
        };
        let cpu = Stall {
            some: Duration::from_micros(7),
            full: None,
            some_of_late: Averages([286, 148, 211]),
            full_of_late: None,
        };
        assert_eq!(pressure, Pressure { cpu: Some(cpu), memory: None, io: Some(io) });
        assert_eq!(parse("some total=x"), None);
    }
}
