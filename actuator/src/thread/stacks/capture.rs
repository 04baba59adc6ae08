//! The handler of a signal that copies the registers and the stack of the thread that it interrupts,
//! and what sends this signal: a request to one thread, or a timer of its processor time.
//!
//! The only file with `unsafe` code; who may use a slot, and when, is settled in `slots` without. The
//! handler allocates nothing, takes no lock and calls nothing of C but system calls. It reads no
//! memory itself: it has the kernel copy the stack (`process_vm_readv`), which stops at the first
//! page that is not there. Nothing is unwound here, for a thread may be interrupted while it unwinds
//! itself.
#![allow(unsafe_code)]

use std::{
    ffi::{c_int, c_void},
    io, mem, ptr,
    sync::{Mutex, OnceLock, PoisonError, atomic::AtomicU64},
    time::Duration,
};

use super::slots::{Claim, Registers, Request, STACK_BYTES, Slots};

/// The stack is copied in such pieces; a piece that is not there is the end.
const PIECE: usize = 4_096;
const PIECES: usize = STACK_BYTES / PIECE + 1;

/// There is one handler in a process, and so there is one of these.
static AREA: OnceLock<Area> = OnceLock::new();
/// The handler is installed by one at a time.
static INSTALLING: Mutex<()> = Mutex::new(());

/// The signal, and where its handler puts what it copies.
pub(super) struct Area {
    signal: c_int,
    slots: Slots,
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
        let area = AREA.get_or_init(|| Self { signal, slots: Slots::new(zeroed) });
        let before = install(signal)?;
        if before.sa_sigaction != libc::SIG_DFL {
            // Somebody came between the two calls: it is theirs.
            // SAFETY: `before` is what the system gave for this signal a moment ago.
            unsafe { libc::sigaction(signal, &raw const before, ptr::null_mut()) };
            return Err(in_use(signal));
        }
        Ok(area)
    }

    /// Where copies and samples are.
    pub(super) fn slots(&self) -> &Slots {
        &self.slots
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
        let (request, value) = self.slots.reserve()?;
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

    /// The slot for a signal that has come.
    fn claim(&self, info: &SignalInfo) -> Option<Claim<'_>> {
        match info.code {
            libc::SI_QUEUE => self.slots.claim_reserved(info.value),
            libc::SI_TIMER => {
                let weight = 1 + u64::from(info.user.max(0).cast_unsigned());
                self.slots.claim_for_sample(info.value, weight)
            }
            _ => None,
        }
    }
}

/// So many words of 0. Memory that is zero already costs nothing until it is written to.
fn zeroed(words: usize) -> Box<[AtomicU64]> {
    // SAFETY: all bytes 0 are an `AtomicU64` of 0.
    unsafe { Box::<[AtomicU64]>::new_zeroed_slice(words).assume_init() }
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
    if let Some(claim) = area.claim(info) {
        copy(claim, registers(context));
    }
    // SAFETY: as above.
    unsafe { *errno = before };
}

/// Copies the calling thread. Called by the handler: it allocates nothing and takes no lock.
fn copy(claim: Claim<'_>, registers: Registers) {
    // SAFETY: a system call without arguments.
    let thread = unsafe { libc::syscall(libc::SYS_gettid) };
    let length = copy_stack(claim.stack(), registers.sp);
    claim.finish(u64::try_from(thread).unwrap_or(0), registers, u64::try_from(length).unwrap_or(0));
}

/// The number of bytes that were copied; less than all at the bottom of the stack.
fn copy_stack(stack: &[AtomicU64], sp: u64) -> isize {
    let local = libc::iovec {
        iov_base: stack.as_ptr().cast::<c_void>().cast_mut(),
        iov_len: size_of_val(stack),
    };
    let mut from = usize::try_from(sp).unwrap_or(0);
    let mut left = STACK_BYTES;
    let pieces = [(); PIECES].map(|()| {
        let length = (PIECE - from % PIECE).min(left);
        let piece = libc::iovec { iov_base: ptr::without_provenance_mut(from), iov_len: length };
        from = from.saturating_add(length);
        left -= length;
        piece
    });
    // SAFETY: the kernel writes at most `iov_len` bytes, which is the size of `stack`. That lives
    // longer than the call and is made of atomics; it belongs to a claim, whose holder alone
    // writes to it, and nobody reads it before the claim is finished. The kernel checks the
    // addresses that it reads from, and stops at one that is not mapped. Both lists live longer
    // than the call.
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
