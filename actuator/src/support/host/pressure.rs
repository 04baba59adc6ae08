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
}

impl Pressure {
    /// That of the machine.
    pub(crate) fn of_machine(root: &HostRoot) -> Self {
        Self::read(|resource| root.read(format!("/proc/pressure/{resource}")))
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
    let total = |kind: &str| {
        let line = text.lines().find(|line| line.split(' ').next() == Some(kind))?;
        let total = line.split(' ').find_map(|field| field.strip_prefix("total="))?;
        total.parse().ok().map(Duration::from_micros)
    };
    Some(Stall { some: total("some")?, full: total("full") })
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
        let io = Stall { some: Duration::from_millis(2_500), full: Some(Duration::from_secs(1)) };
        let cpu = Stall { some: Duration::from_micros(7), full: None };
        assert_eq!(pressure, Pressure { cpu: Some(cpu), memory: None, io: Some(io) });
        assert_eq!(parse("some total=x"), None);
    }
}
