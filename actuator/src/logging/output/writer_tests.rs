//! The writer before sinks that are slow, stuck or broken.

use std::sync::mpsc::{Receiver, Sender, channel};

use super::*;

/// A sink that keeps what it is given, waits where it is told to, and fails where it is told to.
struct Gate {
    written: Arc<Mutex<String>>,
    fails: Arc<Mutex<bool>>,
    /// Each write waits for one word.
    go: Option<Receiver<()>>,
}

impl Sink for Gate {
    fn write(&mut self, lines: &[Formatted<'_>]) -> io::Result<()> {
        if let Some(go) = &self.go {
            // Whoever hung up lets everything pass.
            let _ = go.recv();
        }
        if *self.fails.lock().unwrap() {
            return Err(io::Error::other("full"));
        }
        self.written.lock().unwrap().extend(lines.iter().map(|line| line.text));
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn describe(&self) -> String {
        "the gate".to_owned()
    }
}

struct Rig {
    writer: NonBlockingWriter,
    written: Arc<Mutex<String>>,
    fails: Arc<Mutex<bool>>,
}

impl Rig {
    fn start(limit: usize, go: Option<Receiver<()>>) -> Self {
        let written = Arc::<Mutex<String>>::default();
        let fails = Arc::<Mutex<bool>>::default();
        let sink = Gate { written: Arc::clone(&written), fails: Arc::clone(&fails), go };
        let note = Box::new(|count: u64| format!("lost {count}\n"));
        let writer = NonBlockingWriter::start("gate", limit, Box::new(sink), note).unwrap();
        Self { writer, written, fails }
    }

    fn gated(limit: usize) -> (Self, Sender<()>) {
        let (open, go) = channel();
        (Self::start(limit, Some(go)), open)
    }

    fn written(&self) -> String {
        self.writer.flush(Instant::now() + Duration::from_secs(10));
        self.written.lock().unwrap().clone()
    }
}

#[test]
fn what_was_pushed_before_a_flush_is_written_after_it_and_in_order() {
    let rig = Rig::start(1 << 20, None);
    let expected: String = (0..1_000).map(|number| format!("{number}\n")).collect();
    for line in expected.split_inclusive('\n') {
        rig.writer.push(Level::INFO, line);
    }
    assert_eq!(rig.written(), expected);
    assert_eq!(rig.writer.drops().get(), 0);
}

#[test]
fn what_does_not_fit_is_dropped_counted_and_told_once_there_is_room() {
    let (rig, open) = Rig::gated(30);
    rig.writer.push(Level::INFO, "first\n");
    while rig.writer.shared.lock().in_flight == 0 {
        thread::yield_now();
    }
    // The sink is stuck: 24 bytes are left for what waits.
    for number in 0..10 {
        rig.writer.push(Level::INFO, &format!("line {number}\n"));
    }
    assert_eq!(rig.writer.drops().get(), 7);
    drop(open);
    assert_eq!(rig.written(), "first\nline 0\nline 1\nline 2\nlost 7\n");
    rig.writer.push(Level::INFO, "later\n");
    assert!(rig.written().ends_with("lost 7\nlater\n"));
}

#[test]
fn a_line_longer_than_the_queue_is_lost_and_told_though_nothing_follows() {
    let rig = Rig::start(20, None);
    rig.writer.push(Level::INFO, &"x".repeat(21));
    while !rig.written().contains("lost 1\n") {
        rig.writer.flush(Instant::now() + Duration::from_secs(1));
    }
    assert_eq!(rig.writer.drops().get(), 1);
}

#[test]
fn lines_that_a_sink_fails_to_write_count_as_dropped_and_are_told_when_it_works_again() {
    let rig = Rig::start(1 << 20, None);
    *rig.fails.lock().unwrap() = true;
    for _ in 0..3 {
        rig.writer.push(Level::INFO, "gone\n");
        rig.written();
    }
    assert_eq!(rig.writer.drops().get(), 3);
    *rig.fails.lock().unwrap() = false;
    rig.writer.push(Level::INFO, "there\n");
    rig.written();
    assert_eq!(rig.written(), "there\nlost 3\n");
}

#[test]
fn a_flush_of_a_stuck_sink_ends_at_its_deadline() {
    let (rig, open) = Rig::gated(100);
    rig.writer.push(Level::INFO, "stuck\n");
    rig.writer.flush(Instant::now() + Duration::from_millis(20));
    assert_eq!(*rig.written.lock().unwrap(), "");
    drop(open);
}

#[test]
fn a_writer_that_is_dropped_writes_what_is_queued() {
    let (rig, open) = Rig::gated(100);
    rig.writer.push(Level::INFO, "one\n");
    rig.writer.push(Level::INFO, "two\n");
    let Rig { writer, written, .. } = rig;
    let shared = Arc::downgrade(&writer.shared);
    drop((writer, open));
    while shared.strong_count() > 0 {
        thread::yield_now();
    }
    assert_eq!(*written.lock().unwrap(), "one\ntwo\n");
}
