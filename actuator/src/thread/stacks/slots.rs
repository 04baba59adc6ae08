//! Room for the copies that the handler makes of stacks, and whose turn it is with each: that of who
//! asks, of the handler, or of who reads. All of it is atomic, so that no side needs a lock.

use std::sync::atomic::{AtomicU64, Ordering};

/// So much of a stack is copied, from its top on.
pub(super) const STACK_BYTES: usize = 64 * 1024;
/// So many threads can answer at the same time.
pub(super) const SLOTS: usize = 128;
const WORDS: usize = STACK_BYTES / size_of::<u64>();

/// What a slot is used for, in the lowest bits of its state; above stands the number of the request.
const FREE: u64 = 0;
const ASKED: u64 = 1;
const COPYING: u64 = 2;
const DONE: u64 = 3;
/// Nobody waits any more for what is being copied.
const ABANDONED: u64 = 4;
const PHASE_BITS: u32 = 3;
/// The lowest bits of what a request sends are the index of its slot.
const SLOT_BITS: u32 = 8;
/// Marks what a timer sends.
const OF_TIMER: u64 = 1 << 60;

const _: () = assert!(SLOTS <= 1 << SLOT_BITS);

/// Room for as many threads as there are slots.
pub(super) struct Slots {
    all: Box<[Slot]>,
    /// The last number of a request.
    requests: AtomicU64,
    /// What timers have to send to be listened to; 0 if nobody samples.
    session: AtomicU64,
    /// Samples that found no slot.
    lost: AtomicU64,
}

/// Room for one thread.
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

impl Slots {
    /// `zeroed` gives the memory for a stack: so many words, all of them 0.
    pub(super) fn new(zeroed: impl Fn(usize) -> Box<[AtomicU64]>) -> Self {
        Self {
            all: (0..SLOTS).map(|_| Slot::new(zeroed(WORDS))).collect(),
            requests: AtomicU64::new(0),
            session: AtomicU64::new(0),
            lost: AtomicU64::new(0),
        }
    }

    /// A slot for a thread that is asked, and what its signal has to carry; `None` if there is no
    /// room now.
    pub(super) fn reserve(&'static self) -> Option<(Request, u64)> {
        let number = self.requests.fetch_add(1, Ordering::Relaxed) + 1;
        let mut slots = self.all.iter().enumerate();
        let (index, slot) = slots.find(|(_, slot)| slot.turn(FREE, with(number, ASKED)))?;
        let request = Request { slot, number };
        Some((request, number << SLOT_BITS | u64::try_from(index).ok()?))
    }

    /// From now on samples of timers are taken; what they have to send.
    pub(super) fn begin_session(&self) -> u64 {
        let session = OF_TIMER | (self.requests.fetch_add(1, Ordering::Relaxed) + 1);
        self.lost.store(0, Ordering::Relaxed);
        self.session.store(session, Ordering::Release);
        session
    }

    /// No more samples are taken; those that were, or are being, are forgotten.
    pub(super) fn end_session(&'static self) {
        let session = self.session.swap(0, Ordering::SeqCst);
        let states = [with(session, COPYING), with(session, DONE)];
        let taken =
            self.all.iter().filter(|slot| states.contains(&slot.state.load(Ordering::SeqCst)));
        taken.for_each(|slot| drop(Request { slot, number: session }));
    }

    /// Samples that found no room.
    pub(super) fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }

    /// The samples that were taken since the last call; each makes room when it is dropped.
    pub(super) fn samples(&'static self, session: u64) -> impl Iterator<Item = Request> {
        self.all.iter().filter_map(move |slot| {
            let is_done = slot.state.load(Ordering::Acquire) == with(session, DONE);
            is_done.then_some(Request { slot, number: session })
        })
    }

    /// The slot that was reserved for what a signal carries, if somebody waits for it still. Called
    /// by the handler, it allocates nothing, takes no lock and cannot panic.
    pub(super) fn claim_reserved(&self, carried: u64) -> Option<Claim<'_>> {
        let number = carried >> SLOT_BITS;
        let index = usize::try_from(carried & ((1 << SLOT_BITS) - 1)).ok()?;
        let slot = self.all.get(index)?;
        slot.turn(with(number, ASKED), with(number, COPYING)).then_some(Claim { slot, number })
    }

    /// A slot for a sample that stands for so many, if the session that its timer sent goes on.
    /// Called by the handler, too.
    pub(super) fn claim_for_sample(&self, session: u64, weight: u64) -> Option<Claim<'_>> {
        // Also what another one's timer sends while nobody samples.
        if session & OF_TIMER == 0 || self.session.load(Ordering::Acquire) != session {
            return None;
        }
        let mut slots = self.all.iter();
        let Some(slot) = slots.find(|slot| slot.turn(FREE, with(session, COPYING))) else {
            self.lost.fetch_add(weight, Ordering::Relaxed);
            return None;
        };
        slot.weight.store(weight, Ordering::Relaxed);
        // Either who ends the session sees this slot, or that is seen here.
        if self.session.load(Ordering::SeqCst) != session {
            slot.state.store(FREE, Ordering::Release);
            return None;
        }
        Some(Claim { slot, number: session })
    }
}

impl Slot {
    fn new(stack: Box<[AtomicU64]>) -> Self {
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

    /// From one state to the next, if it is in that one.
    fn turn(&self, from: u64, to: u64) -> bool {
        self.state.compare_exchange(from, to, Ordering::SeqCst, Ordering::Acquire).is_ok()
    }
}

/// A slot that is the handler's. There is one of these for a slot at a time, and as long as it is
/// there, nobody else writes to the slot or reads what was copied.
pub(super) struct Claim<'s> {
    slot: &'s Slot,
    number: u64,
}

impl Claim<'_> {
    /// Where the stack is to be copied to; the handler calls this, and what is below.
    pub(super) fn stack(&self) -> &[AtomicU64] {
        &self.slot.stack
    }

    /// Hands over what was copied, `length` bytes of the stack among it; if nobody waits for it any
    /// more, the slot is free.
    pub(super) fn finish(self, thread: u64, registers: Registers, length: u64) {
        let Self { slot, number } = self;
        let Registers { pc, sp, fp, lr } = registers;
        for (register, value) in slot.registers.iter().zip([pc, sp, fp, lr]) {
            register.store(value, Ordering::Relaxed);
        }
        slot.thread.store(thread, Ordering::Relaxed);
        slot.length.store(length, Ordering::Relaxed);
        if !slot.turn(with(number, COPYING), with(number, DONE)) {
            slot.state.store(FREE, Ordering::Release);
        }
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
        let Self { slot, number } = *self;
        if slot.turn(with(number, ASKED), FREE) {
            return;
        }
        // If the handler is at it, it is the handler that makes room. If it has made room already, the
        // slot may be somebody else's.
        if !slot.turn(with(number, COPYING), with(number, ABANDONED)) {
            slot.turn(with(number, DONE), FREE);
        }
    }
}

/// A request's number with a phase.
fn with(number: u64, phase: u64) -> u64 {
    number << PHASE_BITS | phase
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Slots with room for nothing but registers and a word.
    fn slots() -> &'static Slots {
        Box::leak(Box::new(Slots::new(|_| Box::new([AtomicU64::new(7)]))))
    }

    fn registers(sp: u64) -> Registers {
        Registers { pc: 1, sp, fp: 3, lr: 4 }
    }

    #[test]
    fn what_was_copied_is_read_by_who_asked_for_it_and_no_further_than_it_reaches() {
        let slots = slots();
        let (request, carried) = slots.reserve().unwrap();
        assert!(!request.is_answered());
        let claim = slots.claim_reserved(carried).unwrap();
        assert!(slots.claim_reserved(carried).is_none(), "a slot is claimed once");
        claim.finish(42, registers(160), 8);
        assert!(request.is_answered());
        assert_eq!((request.thread(), request.registers()), (42, registers(160)));
        let words = [152, 160, 161, 168].map(|address| request.word(address));
        assert_eq!(words, [None, Some(7), None, None]);
    }

    #[test]
    fn a_signal_that_comes_after_nobody_waits_for_it_finds_no_slot() {
        let slots = slots();
        let (request, late) = slots.reserve().unwrap();
        drop(request);
        assert!(slots.claim_reserved(late).is_none());
        let (_next, carried) = slots.reserve().unwrap();
        assert!(slots.claim_reserved(late).is_none(), "the same slot, for another request");
        assert!(slots.claim_reserved(carried).is_some());
    }

    #[test]
    fn a_slot_that_nobody_waits_for_is_free_only_when_the_handler_is_done_with_it() {
        let slots = slots();
        let all: Vec<_> = (0..SLOTS).map(|_| slots.reserve().unwrap()).collect();
        assert!(slots.reserve().is_none());
        let claim = slots.claim_reserved(all.last().unwrap().1).unwrap();
        let mut others = all;
        drop(others.pop());
        assert!(slots.reserve().is_none());
        claim.finish(42, registers(0), 0);
        assert!(slots.reserve().is_some());
    }

    #[test]
    fn who_lets_go_of_a_slot_that_is_free_already_leaves_it_to_who_has_it_now() {
        let slots = slots();
        let session = slots.begin_session();
        slots.claim_for_sample(session, 1).unwrap().finish(42, registers(0), 0);
        let [sample, again] = [(), ()].map(|()| slots.samples(session).next().unwrap());
        drop(sample);
        let (next, carried) = slots.reserve().unwrap();
        drop(again);
        slots.claim_reserved(carried).unwrap().finish(43, registers(0), 0);
        assert!(next.is_answered());
    }

    #[test]
    fn samples_are_taken_while_a_session_goes_on_and_counted_where_there_is_no_room() {
        let slots = slots();
        let session = slots.begin_session();
        for _ in 0..SLOTS {
            slots.claim_for_sample(session, 2).unwrap().finish(42, registers(0), 0);
        }
        assert!(slots.claim_for_sample(session, 3).is_none());
        assert_eq!(slots.lost(), 3);
        assert_eq!(slots.samples(session).map(|sample| sample.weight()).sum::<u64>(), 256);
        assert_eq!(slots.samples(session).count(), 0, "each is given once");
        slots.claim_for_sample(session, 1).unwrap().finish(42, registers(0), 0);
        let late = slots.claim_for_sample(session, 1).unwrap();
        slots.end_session();
        late.finish(42, registers(0), 0);
        assert!(slots.claim_for_sample(session, 1).is_none());
        assert!(slots.claim_for_sample(0, 1).is_none(), "somebody else's timer");
        let requests: Vec<_> = (0..SLOTS).map_while(|_| slots.reserve()).collect();
        assert_eq!(requests.len(), SLOTS, "what was not fetched is forgotten");
    }
}
