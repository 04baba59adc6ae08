//! The text in which jemalloc writes its samples. Source of the format: `HEAP PROFILE FORMAT` of
//! `jemalloc(3)`; how samples become estimates: `jeprof`'s `AdjustSamples` for `heap_v2`.

use std::io::{self, BufRead, Read as _};

/// Stacks that are read at most.
const MOST_STACKS: usize = 200_000;
/// Frames of a stack; jemalloc takes 128.
const MOST_FRAMES: usize = 512;
/// Bytes of a line; one of 512 addresses is shorter.
const LONGEST_LINE: u64 = 16 * 1024;

/// What was sampled.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct HeapDump {
    /// The average number of bytes between two samples.
    pub(super) interval: u64,
    /// The stacks that hold something.
    pub(super) stacks: Vec<SampledStack>,
}

/// One stack, and what it has asked for that is in use: estimates, made of samples.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct SampledStack {
    /// Return addresses, the innermost first.
    pub(super) addresses: Vec<u64>,
    /// How many pieces of memory.
    pub(super) objects: u64,
    /// How many bytes.
    pub(super) bytes: u64,
}

/// Reads a dump; an error says what is not as it has to be.
pub(super) fn read(mut text: impl BufRead) -> io::Result<HeapDump> {
    let mut line = String::new();
    let bad = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what.to_owned());
    next(&mut text, &mut line)?;
    let interval = line.trim().strip_prefix("heap_v2/").and_then(|rate| rate.parse().ok());
    let interval = interval.filter(|interval| *interval > 0);
    let mut dump = HeapDump {
        interval: interval.ok_or_else(|| bad("no dump of jemalloc"))?,
        ..HeapDump::default()
    };
    let mut stack = None;
    while next(&mut text, &mut line)? {
        let trimmed = line.trim();
        if let Some(addresses) = trimmed.strip_prefix("@ ") {
            stack = Some(read_addresses(addresses).ok_or_else(|| bad("a stack of no addresses"))?);
        } else if let (Some(counts), Some(_)) = (trimmed.strip_prefix("t*:"), &stack) {
            // Those of single threads follow, which the sum has already.
            let (objects, bytes) =
                read_counts(counts).ok_or_else(|| bad("a stack of no counts"))?;
            let addresses = stack.take().unwrap_or_default();
            if objects > 0 && dump.stacks.len() < MOST_STACKS {
                let (objects, bytes) = estimate(objects, bytes, dump.interval);
                dump.stacks.push(SampledStack { addresses, objects, bytes });
            }
        } else if trimmed.starts_with("MAPPED_LIBRARIES") {
            break;
        }
    }
    Ok(dump)
}

/// Reads a line, as far as it is looked at; `false` at the end.
fn next(text: &mut impl BufRead, line: &mut String) -> io::Result<bool> {
    line.clear();
    let mut bytes = Vec::new();
    let read = text.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut bytes)?;
    line.push_str(&String::from_utf8_lossy(&bytes));
    Ok(read > 0)
}

fn read_addresses(text: &str) -> Option<Vec<u64>> {
    let digits = |word: &str| u64::from_str_radix(word.trim_start_matches("0x"), 16).ok();
    text.split_ascii_whitespace().take(MOST_FRAMES).map(digits).collect()
}

/// `13: 6688 [0: 0]`: objects and bytes that are in use, then those of all time.
fn read_counts(text: &str) -> Option<(u64, u64)> {
    let (objects, rest) = text.trim().split_once(':')?;
    Some((objects.trim().parse().ok()?, rest.split_ascii_whitespace().next()?.parse().ok()?))
}

/// What was there, by what was sampled of it: a piece of `size` bytes is sampled with a probability
/// of `1 - exp(-size / interval)`.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "it is an estimate, and never negative"
)]
fn estimate(objects: u64, bytes: u64, interval: u64) -> (u64, u64) {
    let size = bytes as f64 / objects as f64;
    let probability = -(-size / interval as f64).exp_m1();
    if probability.is_nan() || probability <= 0.0 {
        return (objects, bytes);
    }
    let estimated = |sampled: u64| (sampled as f64 / probability).round() as u64;
    (estimated(objects), estimated(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DUMP: &str = "heap_v2/524288\n  t*: 2: 2097152 [0: 0]\n  t0: 2: 2097152 [0: 0]\n\
                        @ 0x55d0 0x55d1 0xa\n  t*: 1: 1048576 [0: 0]\n  t0: 1: 1048576 [0: 0]\n\
                        @ 0x7 \n  t*: 0: 0 [3: 9]\n\
                        @ 0x8\n  t*: 4: 64 [0: 0]\n\nMAPPED_LIBRARIES:\n@ 0x9\n  t*: 1: 1 [0: 0]\n";

    #[test]
    fn stacks_in_use_are_read_and_samples_become_estimates() {
        let dump = read(DUMP.as_bytes()).unwrap();
        assert_eq!(dump.interval, 524_288);
        let [large, small] = dump.stacks.as_slice() else { panic!("{dump:?}") };
        assert_eq!(large.addresses, [0x55d0, 0x55d1, 0xa]);
        // 1 / (1 - e^-2) of what was sampled.
        assert_eq!(large.objects, 1);
        assert!(large.bytes.abs_diff(1_212_697) < 3, "{large:?}");
        // One byte in 524,288 is sampled, so 16 bytes stand for about half a megabyte.
        assert_eq!(small.addresses, [8]);
        assert!(small.objects.abs_diff(131_074) < 3, "{small:?}");
        assert!(small.bytes.abs_diff(16 * small.objects) < 16, "{small:?}");
    }

    #[test]
    fn what_is_no_dump_is_refused_and_long_lines_are_not_gathered() {
        for bad in ["", "heap_v2/0\n", "heap profile: 1: 2\n", "heap_v2/9\n@ 0xzz\n"] {
            assert!(read(bad.as_bytes()).is_err(), "{bad:?}");
        }
        assert!(read("heap_v2/9\n@ 0x1\nt*: many\n".as_bytes()).is_err());
        let long = format!("heap_v2/9\n@ {}\n  t*: 1: 1 [0: 0]\n", "0x1 ".repeat(100_000));
        let read = read(long.as_bytes()).unwrap();
        assert!(read.stacks.iter().all(|stack| stack.addresses.len() <= MOST_FRAMES));
        assert_eq!(super::read("heap_v2/9\n".as_bytes()).unwrap().stacks, []);
    }
}
