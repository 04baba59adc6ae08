//! The handler of a signal that copies the registers and the stack of the thread that it interrupts,
//! and what sends this signal: a request to one thread, or a timer of its processor time.
//!
//! The only file with `unsafe` code. The handler allocates nothing, takes no lock and calls two
//! functions of C, which are system calls. It reads no memory itself: it has the kernel copy the
//! stack (`process_vm_readv`), which stops at the first page that is not there. Nothing is unwound
//! here, for a thread may be interrupted while it unwinds itself.
#![allow(unsafe_code)]

use std::{
    ffi::{c_int, c_void},
    io, mem, ptr,
    sync::{
        Mutex, OnceLock, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

/// So much of a stack is copied, from its top on.
pub(super) const STACK_BYTES: usize = 64 * 1024;
/// So many threads can answer at the same time.
pub(super) const SLOTS: usize = 128;
/// The stack is copied in such pieces; a piece that is not there is the end.
const PIECE: usize = 4_096;
const WORDS: usize = STACK_BYTES / size_of::<u64>();
const PIECES: usize = STACK_BYTES / PIECE + 1;

/// What a slot is used for, in the lowest bits of its state; above stands the number of the request.
const FREE: u64 = 0;
const ASKED: u64 = 1;
const COPYING: u64 = 2;
const DONE: u64 = 3;
/// Nobody waits any more for what is being copied.
const ABANDONED: u64 = 4;
const PHASE_BITS: u32 = 3;
/// The lowest bits of a request's number are the index of its slot.
const SLOT_BITS: u32 = 8;
/// Marks what a timer sends.
const OF_TIMER: u64 = 1 << 60;

/// There is one handler in a process, and so there is one of these.
static AREA: OnceLock<Area> = OnceLock::new();
/// The handler is installed by one at a time.
static INSTALLING: Mutex<()> = Mutex::new(());

/// Where the handler puts what it copies.
pub(super) struct Area {
    signal: c_int,
    slots: Box<[Slot]>,
    /// The last number of a request.
    requests: AtomicU64,
    /// What timers have to send to be listened to; 0 if nobody samples.
    session: AtomicU64,
    /// Samples that found no slot.
    lost: AtomicU64,
}

/// Room for one thread. All of it is atomic, so that neither side needs a lock, or `unsafe`.
struct Slot {
    state: AtomicU64,
    thread: AtomicU64,
    /// How often the timer had run out, for samples.
    weight: AtomicU64,
    registers: [AtomicU64; 4],
    /// Bytes of the stack that were copied.
    length: AtomicU64,
    stack: Box<[AtomicU64]>,
}

/// The registers that unwinding begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Registers {
    /// The instruction that is next.
    pub(super) pc: u64,
    /// The top of the stack.
    pub(super) sp: u64,
    /// The frame pointer, if the code has one.
    pub(super) fp: u64,
    /// The address to return to, where a register has it (ARM).
    #[cfg_attr(target_arch = "x86_64", allow(dead_code, reason = "the stack has it"))]
    pub(super) lr: u64,
}

/// The system's `siginfo_t`, for signals that carry a value: those that were queued and those of
/// timers. Source: `sigaction(2)`, `siginfo.h` of the kernel.
#[repr(C)]
struct SignalInfo {
    signal: c_int,
    error: c_int,
    code: c_int,
    padding: c_int,
    /// Who sent it; of a timer its number.
    sender: c_int,
    /// The sender's user; of a timer how often it ran out beside this time.
    user: c_int,
    value: u64,
    rest: [u64; 12],
}

const _: () = assert!(size_of::<SignalInfo>() == size_of::<libc::siginfo_t>());
const _: () = assert!(SLOTS <= 1 << SLOT_BITS);

impl Area {
    /// The one of the process, with its handler. Only the first call says which signal it is.
    ///
    /// # Errors
    /// Somebody else handles the signal; what to do.
    pub(super) fn of_process(signal: c_int) -> Result<&'static Self, String> {
        let _turn = INSTALLING.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(area) = AREA.get() {
            return area.is_installed().then_some(area).ok_or_else(|| in_use(area.signal));
        }
        if !(libc::SIGRTMIN()..=libc::SIGRTMAX()).contains(&signal) {
            return Err(format!(
                "actuator.threaddump.signal is {signal}, which is no real-time signal; {} to {} are",
                libc::SIGRTMIN(),
                libc::SIGRTMAX()
            ));
        }
        if handler_of(signal) != Some(libc::SIG_DFL) {
            return Err(in_use(signal));
        }
        let area = AREA.get_or_init(|| Self::new(signal));
        let before = install(signal)?;
        if before.sa_sigaction != libc::SIG_DFL {
            // Somebody came between the two calls: it is theirs.
            // SAFETY: `before` is what the system gave for this signal a moment ago.
            unsafe { libc::sigaction(signal, &raw const before, ptr::null_mut()) };
            return Err(in_use(signal));
        }
        Ok(area)
    }

    fn new(signal: c_int) -> Self {
        Self {
            signal,
            slots: (0..SLOTS).map(|_| Slot::new()).collect(),
            requests: AtomicU64::new(0),
            session: AtomicU64::new(0),
            lost: AtomicU64::new(0),
        }
    }

    /// Whether the handler is ours still. A signal that nobody handles would end the process.
    pub(super) fn is_installed(&self) -> bool {
        handler_of(self.signal) == Some(own_handler())
    }

    /// The bit of the signal in the kernel's masks.
    pub(super) fn signal_bit(&self) -> u64 {
        1_u64.checked_shl(self.signal.cast_unsigned().wrapping_sub(1)).unwrap_or(0)
    }

    /// Asks a thread of this process for a copy; `None` if there is no room now, or no such thread.
    pub(super) fn ask(&'static self, thread: u64) -> Option<Request> {
        let target = c_int::try_from(thread).ok()?;
        let number = self.requests.fetch_add(1, Ordering::Relaxed) + 1;
        let (index, slot) = self.slots.iter().enumerate().find(|(_, slot)| {
            let asked = with(number, ASKED);
            slot.state.compare_exchange(FREE, asked, Ordering::AcqRel, Ordering::Relaxed).is_ok()
        })?;
        let request = Request { slot, number };
        let value = number << SLOT_BITS | u64::try_from(index).ok()?;
        let info = SignalInfo {
            signal: self.signal,
            error: 0,
            code: libc::SI_QUEUE,
            padding: 0,
            sender: std::process::id().cast_signed(),
            user: 0,
            value,
            rest: [0; 12],
        };
        // SAFETY: the system call reads `info`, which has the size and the layout of its
        // `siginfo_t` and lives longer than the call. It goes to a thread of this process only,
        // whose handler for the signal is installed.
        let sent = unsafe {
            libc::syscall(
                libc::SYS_rt_tgsigqueueinfo,
                std::process::id().cast_signed(),
                target,
                self.signal,
                &raw const info,
            )
        };
        (sent == 0).then_some(request)
    }

    /// From now on samples of timers are taken; what they have to send.
    pub(super) fn begin_session(&self) -> u64 {
        let session = OF_TIMER | (self.requests.fetch_add(1, Ordering::Relaxed) + 1);
        self.lost.store(0, Ordering::Relaxed);
        self.session.store(session, Ordering::Release);
        session
    }

    /// No more samples are taken; those that were are forgotten.
    pub(super) fn end_session(&'static self) {
        let session = self.session.swap(0, Ordering::AcqRel);
        self.samples(session).for_each(drop);
    }

    /// Samples that found no room.
    pub(super) fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }

    /// The samples that were taken since the last call; each makes room when it is dropped.
    pub(super) fn samples(&'static self, session: u64) -> impl Iterator<Item = Request> {
        self.slots.iter().filter_map(move |slot| {
            let is_done = slot.state.load(Ordering::Acquire) == with(session, DONE);
            is_done.then_some(Request { slot, number: session })
        })
    }

    /// The slot for a signal that has come, marked as being copied to.
    fn claim(&self, info: &SignalInfo) -> Option<(&Slot, u64)> {
        let number = if info.code == libc::SI_TIMER { info.value } else { info.value >> SLOT_BITS };
        let copying = with(number, COPYING);
        if info.code == libc::SI_QUEUE {
            let index = usize::try_from(info.value & ((1 << SLOT_BITS) - 1)).ok()?;
            let slot = self.slots.get(index)?;
            let asked = with(number, ASKED);
            let claimed =
                slot.state.compare_exchange(asked, copying, Ordering::AcqRel, Ordering::Relaxed);
            return claimed.is_ok().then_some((slot, number));
        }
        if info.code != libc::SI_TIMER || self.session.load(Ordering::Acquire) != number {
            return None;
        }
        let free = self.slots.iter().find(|slot| {
            slot.state.compare_exchange(FREE, copying, Ordering::AcqRel, Ordering::Relaxed).is_ok()
        });
        let weight = 1 + u64::from(info.user.max(0).cast_unsigned());
        let Some(slot) = free else {
            self.lost.fetch_add(weight, Ordering::Relaxed);
            return None;
        };
        slot.weight.store(weight, Ordering::Relaxed);
        Some((slot, number))
    }
}

/// A copy that was asked for, or a sample. When it is dropped, its slot is free for others.
pub(super) struct Request {
    slot: &'static Slot,
    number: u64,
}

impl Request {
    /// Whether the thread has answered.
    pub(super) fn is_answered(&self) -> bool {
        self.slot.state.load(Ordering::Acquire) == with(self.number, DONE)
    }

    /// The registers, once it has answered.
    pub(super) fn registers(&self) -> Registers {
        let [pc, sp, fp, lr] = &self.slot.registers;
        let [pc, sp, fp, lr] = [pc, sp, fp, lr].map(|register| register.load(Ordering::Relaxed));
        Registers { pc, sp, fp, lr }
    }

    /// The word at an address of the stack, once it has answered; `None` if it was not copied.
    pub(super) fn word(&self, address: u64) -> Option<u64> {
        let offset = address.checked_sub(self.registers().sp)?;
        let is_copied = offset.checked_add(8)? <= self.slot.length.load(Ordering::Relaxed);
        let index = usize::try_from(offset / 8).ok().filter(|_| is_copied && offset % 8 == 0)?;
        self.slot.stack.get(index).map(|word| word.load(Ordering::Relaxed))
    }

    /// The thread, once it has answered.
    pub(super) fn thread(&self) -> u64 {
        self.slot.thread.load(Ordering::Relaxed)
    }

    /// How many samples this one stands for.
    pub(super) fn weight(&self) -> u64 {
        self.slot.weight.load(Ordering::Relaxed)
    }
}

impl Drop for Request {
    fn drop(&mut self) {
        let state = &self.slot.state;
        let asked = with(self.number, ASKED);
        if state.compare_exchange(asked, FREE, Ordering::AcqRel, Ordering::Acquire).is_ok() {
            return;
        }
        // If the handler is at it, it is the handler that makes room.
        let (copying, abandoned) = (with(self.number, COPYING), with(self.number, ABANDONED));
        if state.compare_exchange(copying, abandoned, Ordering::AcqRel, Ordering::Acquire).is_err()
        {
            state.store(FREE, Ordering::Release);
        }
    }
}

impl Slot {
    fn new() -> Self {
        // SAFETY: all bytes 0 are an `AtomicU64` of 0. Memory that is zero already costs nothing
        // until it is written to.
        let stack = unsafe { Box::<[AtomicU64]>::new_zeroed_slice(WORDS).assume_init() };
        let zero = || AtomicU64::new(0);
        Self {
            state: zero(),
            thread: zero(),
            weight: zero(),
            registers: [zero(), zero(), zero(), zero()],
            length: zero(),
            stack,
        }
    }

    /// Called by the handler: it allocates nothing and takes no lock.
    fn copy(&self, number: u64, registers: Registers) {
        let Registers { pc, sp, fp, lr } = registers;
        for (slot, value) in self.registers.iter().zip([pc, sp, fp, lr]) {
            slot.store(value, Ordering::Relaxed);
        }
        // SAFETY: a system call without arguments.
        let thread = unsafe { libc::syscall(libc::SYS_gettid) };
        self.thread.store(u64::try_from(thread).unwrap_or(0), Ordering::Relaxed);
        let length = u64::try_from(self.copy_stack(sp)).unwrap_or(0);
        self.length.store(length, Ordering::Relaxed);
        let (copying, done) = (with(number, COPYING), with(number, DONE));
        let told = self.state.compare_exchange(copying, done, Ordering::AcqRel, Ordering::Relaxed);
        if told.is_err() {
            self.state.store(FREE, Ordering::Release);
        }
    }

    /// The number of bytes that were copied; less than all at the bottom of the stack.
    fn copy_stack(&self, sp: u64) -> isize {
        let local = libc::iovec {
            iov_base: self.stack.as_ptr().cast::<c_void>().cast_mut(),
            iov_len: STACK_BYTES,
        };
        let mut from = usize::try_from(sp).unwrap_or(0);
        let mut left = STACK_BYTES;
        let pieces = [(); PIECES].map(|()| {
            let length = (PIECE - from % PIECE).min(left);
            let piece =
                libc::iovec { iov_base: ptr::without_provenance_mut(from), iov_len: length };
            from = from.saturating_add(length);
            left -= length;
            piece
        });
        // SAFETY: the kernel writes at most STACK_BYTES into memory of exactly that size, which is
        // never freed and is made of atomics; only the thread that has marked the slot as being
        // copied to writes. It checks the addresses that it reads from, and stops at one that
        // is not mapped. Both lists live longer than the call.
        unsafe {
            libc::process_vm_readv(
                libc::getpid(),
                &raw const local,
                1,
                pieces.as_ptr(),
                PIECES as libc::c_ulong,
                0,
            )
        }
    }
}

/// A timer that sends the signal to a thread whenever it has used so much processor time.
pub(super) struct CpuTimer(libc::timer_t);

impl CpuTimer {
    /// Starts it; `session` is what it sends.
    pub(super) fn start(
        area: &Area,
        thread: u64,
        period: Duration,
        session: u64,
    ) -> io::Result<Self> {
        let target = c_int::try_from(thread).map_err(io::Error::other)?;
        // SAFETY: all bytes 0 are a `sigevent`, which is plain data.
        let mut event: libc::sigevent = unsafe { mem::zeroed() };
        event.sigev_notify = libc::SIGEV_THREAD_ID;
        event.sigev_signo = area.signal;
        event.sigev_value = libc::sigval {
            sival_ptr: ptr::without_provenance_mut(usize::try_from(session).unwrap_or(0)),
        };
        event.sigev_notify_thread_id = target;
        // The clock of another thread's processor time: the kernel's MAKE_THREAD_CPUCLOCK.
        let clock = !target << 3 | 6;
        let mut timer: libc::timer_t = ptr::null_mut();
        // SAFETY: the call reads `event` and writes `timer`; both live longer than it.
        if unsafe { libc::timer_create(clock, &raw mut event, &raw mut timer) } != 0 {
            return Err(io::Error::last_os_error());
        }
        let timer = Self(timer);
        let every = libc::timespec {
            tv_sec: libc::time_t::try_from(period.as_secs()).unwrap_or(1),
            tv_nsec: libc::c_long::from(period.subsec_nanos().cast_signed()),
        };
        let times = libc::itimerspec { it_interval: every, it_value: every };
        // SAFETY: the timer was created a moment ago, and `times` lives longer than the call.
        if unsafe { libc::timer_settime(timer.0, 0, &raw const times, ptr::null_mut()) } != 0 {
            return Err(io::Error::last_os_error());
        }
        Ok(timer)
    }
}

impl Drop for CpuTimer {
    fn drop(&mut self) {
        // SAFETY: it was created by `start`, and is deleted once.
        unsafe { libc::timer_delete(self.0) };
    }
}

/// A request's number with a phase.
fn with(number: u64, phase: u64) -> u64 {
    number << PHASE_BITS | phase
}

fn in_use(signal: c_int) -> String {
    format!(
        "signal {signal} is handled by somebody else in this process; set \
         actuator.threaddump.signal to another real-time signal ({} to {})",
        libc::SIGRTMIN(),
        libc::SIGRTMAX()
    )
}

/// Who handles a signal; `None` if there is no such signal.
fn handler_of(signal: c_int) -> Option<libc::sighandler_t> {
    // SAFETY: all bytes 0 are a `sigaction`, which is plain data.
    let mut now: libc::sigaction = unsafe { mem::zeroed() };
    // SAFETY: a null pointer says that nothing is to be changed; `now` lives longer than the call.
    let told = unsafe { libc::sigaction(signal, ptr::null(), &raw mut now) };
    (told == 0).then_some(now.sa_sigaction)
}

fn own_handler() -> libc::sighandler_t {
    on_signal as extern "C" fn(c_int, *mut c_void, *mut c_void) as *const () as libc::sighandler_t
}

/// Installs the handler; what was there before.
fn install(signal: c_int) -> Result<libc::sigaction, String> {
    // SAFETY: all bytes 0 are a `sigaction` without flags and with an empty mask.
    let (mut action, mut before): (libc::sigaction, libc::sigaction) = unsafe { mem::zeroed() };
    action.sa_sigaction = own_handler();
    // Calls that were interrupted go on, and a thread that has a stack for signals uses that.
    action.sa_flags = libc::SA_SIGINFO | libc::SA_RESTART | libc::SA_ONSTACK;
    // SAFETY: both live longer than the call. The handler has the type that SA_SIGINFO asks for, and
    // does only what a handler may: see `on_signal`.
    if unsafe { libc::sigaction(signal, &raw const action, &raw mut before) } == 0 {
        Ok(before)
    } else {
        Err(format!("no handler for signal {signal}: {}", io::Error::last_os_error()))
    }
}

/// The handler. It runs in the middle of anything: within `malloc`, while a panic unwinds, with locks
/// held. It does nothing but atomic operations and system calls, and cannot panic.
extern "C" fn on_signal(_: c_int, info: *mut c_void, context: *mut c_void) {
    let Some(area) = AREA.get() else { return };
    // SAFETY: the place of `errno` is the thread's own, and always there.
    let errno = unsafe { libc::__errno_location() };
    // SAFETY: as above.
    let before = unsafe { *errno };
    // SAFETY: for a handler with SA_SIGINFO the kernel puts a `siginfo_t` and a `ucontext_t` onto the
    // stack, which are there until it returns, and nobody else writes to them. The first has the
    // size and layout of a `SignalInfo` (all of whose bytes are written by the kernel).
    let (info, context) =
        unsafe { (&*info.cast::<SignalInfo>(), &*context.cast::<libc::ucontext_t>()) };
    if let Some((slot, number)) = area.claim(info) {
        slot.copy(number, registers(context));
    }
    // SAFETY: as above.
    unsafe { *errno = before };
}

#[cfg(target_arch = "x86_64")]
fn registers(context: &libc::ucontext_t) -> Registers {
    let [_, _, _, _, _, _, _, _, _, _, rbp, _, _, _, _, rsp, rip, ..] = context.uc_mcontext.gregs;
    Registers { pc: rip.cast_unsigned(), sp: rsp.cast_unsigned(), fp: rbp.cast_unsigned(), lr: 0 }
}

#[cfg(target_arch = "aarch64")]
fn registers(context: &libc::ucontext_t) -> Registers {
    let machine = &context.uc_mcontext;
    let [.., fp, lr] = machine.regs;
    // What runs is at `pc`; `lr` is only where it may return to.
    Registers { pc: machine.pc, sp: machine.sp, fp, lr }
}
