//! When and where a line was written, as its own beginning says:
//! `2026-11-21T09:22:08.338Z  INFO 4242 --- [shop] [main] [r-1] shop::db : …`. Nothing of it is kept
//! twice, and nothing is taken apart before somebody looks at the line.

use super::RecentLine;

impl<'b> RecentLine<'b> {
    /// The time, in RFC 3339.
    pub(crate) fn timestamp(&self) -> Option<&'b str> {
        let (time, _) = self.text.split_once(' ')?;
        let is_time = time.len() >= "2026-11-21T09:22:08Z".len()
            && time.as_bytes().get(10) == Some(&b'T')
            && time.starts_with(|c: char| c.is_ascii_digit());
        is_time.then_some(time)
    }

    /// The name of the thread.
    pub(crate) fn thread(&self) -> Option<&'b str> {
        let (_, heading) = self.text.split_once(" --- [")?;
        let heading = heading.match_indices(self.target).find_map(|(at, target)| {
            let (before, behind) = (heading.get(..at)?, heading.get(at + target.len()..)?);
            before.strip_suffix("] ").filter(|_| behind.starts_with(" : "))
        })?;
        // The id of the request stands behind the thread.
        let id = |id| heading.strip_suffix(id)?.strip_suffix("] [");
        let heading = self.request_id.and_then(id).unwrap_or(heading);
        Some(heading.rsplit_once("] [").map_or(heading, |(_, thread)| thread))
    }
}

#[cfg(test)]
mod tests {
    use tracing::Level;

    use super::*;

    fn line<'t>(target: &'t str, text: &'t str) -> RecentLine<'t> {
        RecentLine { number: 1, level: Level::INFO, target, request_id: None, text, is_own: false }
    }

    fn parts<'t>(target: &'t str, text: &'t str) -> (Option<&'t str>, Option<&'t str>) {
        let line = line(target, text);
        (line.timestamp(), line.thread())
    }

    #[test]
    fn time_and_thread_are_read_from_the_line() {
        let time = Some("2026-11-21T09:22:08.338Z");
        let of = |rest: &str| format!("2026-11-21T09:22:08.338Z  INFO 4242 --- {rest}\n");
        assert_eq!(parts("shop", &of("[shop] [main] shop : hello")), (time, Some("main")));
        assert_eq!(parts("shop", &of("[shop x] shop : hello")), (time, Some("shop x")));
        assert_eq!(parts("other", &of("[main] shop : hello")), (time, None));
        assert_eq!(parts("shop", "something else\n"), (None, None));
        assert_eq!(parts("", ""), (None, None));
    }

    #[test]
    fn the_id_of_a_request_is_no_thread() {
        for heading in ["[shop] [worker] [r-1]", "[worker] [r-1]", "[shop] [worker]"] {
            let text = format!("2026-11-21T09:22:08.338Z  INFO 4242 --- {heading} shop : hello\n");
            let line = RecentLine { request_id: Some("r-1"), ..line("shop", &text) };
            assert_eq!(line.thread(), Some("worker"), "{heading}");
        }
    }
}
