//! Whole lines only: one that was written in part is ended before the next begins.

use std::io::{self, Write};

/// Remembers whether what was written last ended within a line.
#[derive(Debug, Default)]
pub(super) struct WholeLines {
    is_torn: bool,
}

impl WholeLines {
    /// Writes these lines. After an error some of them may be written, the last of those in part.
    pub(super) fn write(&mut self, target: &mut impl Write, lines: &[u8]) -> io::Result<()> {
        if self.is_torn {
            target.write_all(b"\n")?;
            self.is_torn = false;
        }
        let mut rest = lines;
        while !rest.is_empty() {
            let error = match target.write(rest) {
                Ok(0) => io::ErrorKind::WriteZero.into(),
                Ok(count) => {
                    rest = rest.get(count..).unwrap_or_default();
                    continue;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => error,
            };
            let written = lines.strip_suffix(rest).unwrap_or_default();
            self.is_torn = written.last().is_some_and(|last| *last != b'\n');
            return Err(error);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes so many bytes and no more.
    struct Room(usize, Vec<u8>);

    impl Write for Room {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let taken = bytes.get(..self.0.min(bytes.len())).unwrap();
            if taken.is_empty() {
                return Err(io::ErrorKind::StorageFull.into());
            }
            self.0 -= taken.len();
            self.1.extend_from_slice(taken);
            Ok(taken.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_line_that_was_cut_off_does_not_run_into_the_next() {
        let (mut lines, mut room) = (WholeLines::default(), Room(6, Vec::new()));
        lines.write(&mut room, b"one\ntwo\n").unwrap_err();
        lines.write(&mut room, b"three\n").unwrap_err();
        room.0 = 100;
        lines.write(&mut room, b"four\n").unwrap();
        lines.write(&mut room, b"five\n").unwrap();
        assert_eq!(String::from_utf8(room.1).unwrap(), "one\ntw\nfour\nfive\n");
    }

    #[test]
    fn a_line_that_just_fitted_is_followed_by_no_empty_one() {
        let (mut lines, mut room) = (WholeLines::default(), Room(4, Vec::new()));
        lines.write(&mut room, b"one\ntwo\n").unwrap_err();
        room.0 = 100;
        lines.write(&mut room, b"three\n").unwrap();
        assert_eq!(String::from_utf8(room.1).unwrap(), "one\nthree\n");
    }
}
