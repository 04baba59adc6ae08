//! What is in the ring, and what is not any more.

use super::*;

fn append(ring: &LogRing, text: &str) {
    ring.append(&LogLine { level: Level::INFO, target: "t", request_id: None, text });
}

fn text(ring: &LogRing) -> (u64, String) {
    let snapshot = ring.snapshot();
    let mut bytes = Vec::new();
    let mut at = snapshot.start;
    loop {
        let part = snapshot.slice(at, 7).unwrap();
        if part.is_empty() {
            assert_eq!(at, snapshot.end);
            return (snapshot.start, String::from_utf8(bytes).unwrap());
        }
        at += part.len() as u64;
        bytes.extend_from_slice(&part);
    }
}

fn held(ring: &LogRing) -> usize {
    let inner = ring.lock();
    inner.sealed + inner.tail.size()
}

#[test]
fn trap_seed_06_the_ring_drops_whole_lines_and_offsets_only_grow() {
    let ring = LogRing::new(4_096);
    let (mut all, mut start) = (String::new(), 0);
    for number in 0..400 {
        let line = format!("{number}: grüße\n{}", "an inner line\n".repeat(number % 3));
        append(&ring, &line);
        all.push_str(&line);
        let (from, kept) = text(&ring);
        // What is there is the end of all that ever was, and begins with a line.
        assert_eq!(kept, all[usize::try_from(from).unwrap()..]);
        assert!(kept.starts_with(|c: char| c.is_ascii_digit()), "{kept}");
        assert!(from >= start && held(&ring) <= 4_096);
        start = from;
    }
    assert!(start > 0);
    let snapshot = ring.snapshot();
    assert!(snapshot.slice(start - 1, 1).is_err());
    assert_eq!(snapshot.end, all.len() as u64);
}

#[test]
fn a_line_longer_than_the_ring_is_cut_between_characters() {
    let ring = LogRing::new(4_096);
    append(&ring, "old\n");
    append(&ring, &format!("{}\n", "ä".repeat(10_000)));
    append(&ring, "new\n");
    let (start, kept) = text(&ring);
    assert_eq!((start, kept), (0, format!("old\n{}\nnew\n", "ä".repeat(1_023))));
}

#[test]
fn a_ring_of_many_blocks_never_takes_more_than_its_capacity() {
    let ring = LogRing::new(100_000);
    for number in 0..20_000 {
        append(&ring, &format!("line {number}\n"));
        assert!(held(&ring) <= 100_000);
    }
    let (start, kept) = text(&ring);
    assert!(kept.len() > 60_000, "{}", kept.len());
    assert!(start > 0 && kept.starts_with("line ") && kept.ends_with("line 19999\n"));
}

#[test]
fn a_snapshot_stays_readable_while_the_ring_moves_on() {
    let ring = LogRing::new(4_096);
    append(&ring, "first\n");
    let snapshot = ring.snapshot();
    for _ in 0..1_000 {
        append(&ring, "second second\n");
    }
    assert_eq!(snapshot.slice(0, 100).unwrap(), "first\n");
    assert!(ring.snapshot().start > 6);
}

#[test]
fn blocks_are_found_by_number_forwards_and_backwards() {
    let ring = LogRing::new(4_096);
    let first = ring.next();
    assert!(ring.block_before(u64::MAX).is_none());
    for number in 0..1_000 {
        append(&ring, &format!("line {number}\n"));
    }
    assert_eq!(ring.next(), first + 1_000);
    let numbers = |blocks: &[Arc<Block>]| -> Vec<u64> {
        blocks.iter().flat_map(|block| block.iter()).map(|line| line.number).collect()
    };
    // From the oldest that is left to the newest, without a gap.
    let all = ring.blocks(first, usize::MAX);
    let oldest = all[0].first;
    assert!(oldest > first);
    assert_eq!(numbers(&all), (oldest..first + 1_000).collect::<Vec<_>>());
    assert_eq!(ring.blocks(first, 1).len(), 1);
    let some = ring.blocks(first + 999, usize::MAX);
    assert_eq!(some.len(), 1);
    assert_eq!(numbers(&some).last(), Some(&(first + 999)));
    assert!(ring.blocks(first + 1_000, usize::MAX).is_empty());
    let (mut at, mut count) = (u64::MAX, 0);
    while let Some(block) = ring.block_before(at) {
        assert!(block.first < at);
        at = block.first;
        count += 1;
    }
    assert_eq!((at, count), (oldest, all.len()));
}

#[tokio::test]
async fn who_waits_is_told_of_the_next_line_but_not_of_those_of_a_stream() {
    let ring = Arc::new(LogRing::new(4_096));
    let appended = ring.appended();
    let mut appended = std::pin::pin!(appended);
    appended.as_mut().enable();
    assert!(ring.blocks(ring.next(), 1).is_empty());
    let streaming = Arc::clone(&ring);
    let task = tokio::spawn(async move {
        let task = task::id();
        streaming.begin_serving(task);
        append(&streaming, "own\n");
        streaming.end_serving(task);
    });
    task.await.unwrap();
    assert!(futures_are_pending(appended.as_mut()));
    append(&ring, "other\n");
    appended.await;
    let own: Vec<bool> = ring.blocks(0, 100)[0].iter().map(|line| line.is_own).collect();
    assert_eq!(own, [true, false]);
}

fn futures_are_pending<F: Future>(future: std::pin::Pin<&mut F>) -> bool {
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    future.poll(&mut context).is_pending()
}
