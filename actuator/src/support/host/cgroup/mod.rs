//! The control groups that hold this process, version 2 and the older 1: what they may use, and
//! what they do use.

mod cpu;
mod levels;
mod memory;
mod pids;

use std::path::PathBuf;

pub(crate) use cpu::CgroupCpu;
pub(crate) use memory::CgroupMemory;
pub(crate) use pids::CgroupPids;

use self::levels::Levels;
use super::{HostRoot, Pressure};

/// What is known of the group of this process. Where a group above it has the tighter limit, the
/// use is that group's: only so do use and limit belong together.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Cgroup {
    /// Memory.
    pub memory: Option<CgroupMemory>,
    /// Processor time.
    pub cpu: Option<CgroupCpu>,
    /// Processes and threads.
    pub pids: Option<CgroupPids>,
    /// How long its tasks were held up; of its own group, version 2 only.
    pub pressure: Pressure,
}

impl Cgroup {
    /// Reads it all; one or two dozen small files.
    pub(crate) fn read(root: &HostRoot) -> Self {
        let levels = Levels::find(root);
        let own = levels.own_of_version_2();
        Self {
            memory: memory::read(root, &levels),
            cpu: cpu::read(root, &levels),
            pids: pids::read(root, &levels),
            pressure: own.map(|own| Pressure::of_group(root, &own)).unwrap_or_default(),
        }
    }
}

/// The limits of the control groups, each with the file that sets it.
#[derive(Clone, Debug, Default)]
pub(crate) struct CgroupLimits {
    /// Memory.
    pub memory: Option<(CgroupMemory, PathBuf)>,
    /// Swap space: used, and the limit.
    pub swap: Option<(u64, Option<u64>, PathBuf)>,
    /// Processor time.
    pub cpu: Option<(CgroupCpu, PathBuf)>,
    /// Processes and threads.
    pub pids: Option<(CgroupPids, PathBuf)>,
    /// The pressure, and the folder of its files: those of the own group, else the machine's.
    pub pressure: (Pressure, PathBuf),
}

impl CgroupLimits {
    /// Reads them all; one or two dozen small files.
    pub(crate) fn read(root: &HostRoot) -> Self {
        let levels = Levels::find(root);
        let own = levels.own_of_version_2();
        // The folder of the root group ends with a slash otherwise.
        let own = own.map(|own| (Pressure::of_group(root, &own), own.components().collect()));
        let known =
            own.filter(|(pressure, _): &(Pressure, PathBuf)| *pressure != Pressure::default());
        Self {
            memory: memory::find(root, &levels),
            swap: memory::swap(root, &levels),
            cpu: cpu::find(root, &levels),
            pids: pids::find(root, &levels),
            pressure: known.unwrap_or_else(|| (Pressure::of_machine(root), Pressure::PLACE.into())),
        }
    }
}

/// Those of the groups above and including that of this process that limit its memory.
pub(super) fn memory_limits(root: &HostRoot) -> Vec<CgroupMemory> {
    memory::limits(root, &Levels::find(root))
}
