//! jemalloc, as far as it is asked: the one place that names it. It is asked through the safe
//! interface of `tikv-jemalloc-ctl`; whether it is the allocator of the process is found out.

use std::{hint::black_box, io};

use tikv_jemalloc_ctl::{Access as _, AsName as _, epoch, profiling, stats, thread};

/// A piece of memory that is asked for to see who gives it.
const PROBE: usize = 256 * 1024;

/// jemalloc, which is the allocator of the process.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Jemalloc {
    /// Whether it was started so that it can sample.
    can_sample: bool,
}

/// What it says of its memory, in bytes.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct JemallocStatistics {
    /// What the application holds.
    pub(crate) allocated: Option<usize>,
    /// The pages in which that lies.
    pub(crate) active: Option<usize>,
    /// Its resident memory.
    pub(crate) resident: Option<usize>,
    /// What it has mapped.
    pub(crate) mapped: Option<usize>,
    /// Address space without memory.
    pub(crate) retained: Option<usize>,
}

#[expect(clippy::unused_self, reason = "who has it knows that there is something to ask")]
impl Jemalloc {
    /// It, if it is what the process allocates with; it may be linked and be nobody's allocator.
    pub(crate) fn of_process() -> Option<Self> {
        let given = thread::allocatedp::read().ok()?;
        let before = given.get();
        let probe = black_box(Vec::<u8>::with_capacity(PROBE));
        let asked = given.get().wrapping_sub(before);
        drop(probe);
        let is_ours = usize::try_from(asked).is_ok_and(|asked| asked >= PROBE);
        is_ours.then(|| Self { can_sample: profiling::prof::read().unwrap_or(false) })
    }

    /// Whether it can sample: `prof:true` when the process was started.
    pub(crate) fn can_sample(self) -> bool {
        self.can_sample
    }

    /// Whether it samples now.
    pub(crate) fn samples(self) -> bool {
        self.can_sample && b"prof.active\0".name().read().unwrap_or(false)
    }

    /// Lets it sample, or not. What was sampled stays until it is freed.
    pub(crate) fn let_sample(self, active: bool) -> io::Result<()> {
        b"prof.active\0".name().write(active).map_err(failed)
    }

    /// Writes what was sampled into the file of this path, which ends with a 0. It takes as long as
    /// it takes to write some kilobytes for each hundred stacks.
    pub(super) fn dump(self, path: &'static [u8]) -> io::Result<()> {
        b"prof.dump\0".name().write(path).map_err(failed)
    }

    /// What it says of its memory now.
    pub(crate) fn statistics(self) -> JemallocStatistics {
        // Without it the numbers are those of the last time.
        let _ = epoch::advance();
        JemallocStatistics {
            allocated: stats::allocated::read().ok(),
            active: stats::active::read().ok(),
            resident: stats::resident::read().ok(),
            mapped: stats::mapped::read().ok(),
            retained: stats::retained::read().ok(),
        }
    }
}

fn failed(error: tikv_jemalloc_ctl::Error) -> io::Error {
    io::Error::other(format!("jemalloc: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jemalloc_that_is_linked_and_allocates_nothing_is_not_the_allocator() {
        // These tests are run with the allocator of the system.
        assert!(Jemalloc::of_process().is_none());
    }
}
