//! The control group: what a container may use, and what it does use.
//!
//! The names begin with `cgroup`, not with `container`: those are cAdvisor's, and its series of the
//! same container would be counted twice in a query over both.

use super::{
    as_f64,
    sampled::{Sampled, Source},
    system::pressure,
};
use crate::support::host::{Cgroup, CgroupCpu, CgroupMemory, CgroupPids, HostRoot};

/// The group of this process, or the one above it that has the tighter limit.
#[derive(Debug)]
pub(super) struct ControlGroup {
    root: HostRoot,
}

impl ControlGroup {
    pub(super) fn new(root: &HostRoot) -> Self {
        Self { root: root.clone() }
    }
}

impl Source for ControlGroup {
    fn sample(&mut self, into: &mut Sampled) {
        let group = Cgroup::read(&self.root);
        if let Some(of) = group.memory {
            memory(into, &of);
        }
        if let Some(of) = group.cpu {
            cpu(into, &of);
        }
        if let Some(of) = group.pids {
            pids(into, of);
        }
        let names = ["cgroup.pressure.waiting", "cgroup.pressure.stalled"];
        pressure(into, names, &group.pressure);
    }
}

fn memory(into: &mut Sampled, memory: &CgroupMemory) {
    let working_set = "The memory in use, without file pages that the kernel takes back first";
    for (name, description, value) in [
        ("cgroup.memory.usage", "The memory in use", Some(memory.usage)),
        ("cgroup.memory.working.set", working_set, Some(memory.working_set)),
        ("cgroup.memory.limit", "The memory at which the kernel kills", memory.limit),
        ("cgroup.memory.peak", "The most memory that was ever in use", memory.peak),
    ] {
        into.meter(name, description, "bytes").number(value);
    }
    let description = "Processes of the group that the kernel killed for want of memory";
    into.meter("cgroup.memory.oom.kills", description, "kills")
        .counter(memory.oom_kills.map(as_f64));
}

fn cpu(into: &mut Sampled, cpu: &CgroupCpu) {
    let description = "How many processors the group may use at once";
    into.meter("cgroup.cpu.limit", description, "").gauge(cpu.limit);
    let description = "The cpu time used by the group";
    into.meter("cgroup.cpu.time", description, "seconds")
        .counter(cpu.time.map(|time| time.as_secs_f64()));
    let description = "Periods of the limit in which the group was ready to run";
    into.meter("cgroup.cpu.periods", description, "periods").counter(cpu.periods.map(as_f64));
    let description = "Periods of the limit in which it stopped the group";
    into.meter("cgroup.cpu.throttled", description, "periods")
        .counter(cpu.throttled_periods.map(as_f64));
    let description = "For how long the limit stopped tasks of the group, together";
    into.meter("cgroup.cpu.throttled.time", description, "seconds")
        .counter(cpu.throttled_time.map(|time| time.as_secs_f64()));
}

fn pids(into: &mut Sampled, pids: CgroupPids) {
    into.meter("cgroup.pids", "The processes and threads of the group", "")
        .number(Some(pids.current));
    into.meter("cgroup.pids.limit", "How many processes and threads there may be", "")
        .number(pids.limit);
}
