//! How lines and what happens beside them are written: as events (HTML Standard, section 9.2), or as
//! one JSON document a line.

use serde::Serialize;

use crate::logging::RecentLine;

/// After how long a browser comes back, in milliseconds.
const RETRY: &str = "retry: 3000\n\n";

/// The form of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// Server-sent events.
    Events,
    /// A JSON document on each line.
    Lines,
}

/// A line of the log.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LineDescriptor<'l> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    timestamp: Option<&'l str>,
    level: &'static str,
    target: &'l str,
    #[serde(skip_serializing_if = "Option::is_none")]
    thread: Option<&'l str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<&'l str>,
    line: &'l str,
}

/// Lines that were too fast.
#[derive(Serialize)]
struct LostDescriptor {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<u64>,
    lost: u64,
}

/// The process is another one than that of which the caller knew.
#[derive(Serialize)]
struct RestartedDescriptor {
    restarted: bool,
}

impl Form {
    /// Says something at once, so that the caller knows that it is connected.
    pub(super) fn greet(self, into: &mut Vec<u8>) {
        if self == Self::Events {
            into.extend_from_slice(RETRY.as_bytes());
        }
    }

    /// Writes a line.
    pub(super) fn line(self, into: &mut Vec<u8>, line: &RecentLine<'_>) {
        let descriptor = LineDescriptor {
            id: self.inline(line.number),
            timestamp: line.timestamp(),
            level: line.level.as_str(),
            target: line.target,
            thread: line.thread(),
            request_id: line.request_id,
            line: line.text.strip_suffix('\n').unwrap_or(line.text),
        };
        self.write(into, "log", Some(line.number), &descriptor);
    }

    /// Writes that lines were lost, up to the one of this number.
    pub(super) fn lost(self, into: &mut Vec<u8>, lost: u64, last: u64) {
        let descriptor = LostDescriptor { id: self.inline(last), lost };
        self.write(into, "lost", Some(last), &descriptor);
    }

    /// Writes that what the caller has seen last was written by an earlier process.
    pub(super) fn restarted(self, into: &mut Vec<u8>) {
        self.write(into, "restarted", None, &RestartedDescriptor { restarted: true });
    }

    /// Writes what no reader takes for a line. It says how far the log was looked at, so that who
    /// comes back need not look at that again.
    pub(super) fn heartbeat(self, into: &mut Vec<u8>, at: u64) {
        if self == Self::Lines {
            into.push(b'\n');
            return;
        }
        into.extend_from_slice(b": still here\n");
        push_id(into, at);
        into.push(b'\n');
    }

    /// Lines of JSON have their number within.
    fn inline(self, number: u64) -> Option<u64> {
        (self == Self::Lines).then_some(number)
    }

    fn write(self, into: &mut Vec<u8>, event: &str, id: Option<u64>, data: &impl Serialize) {
        if self == Self::Events {
            if let Some(id) = id {
                push_id(into, id);
            }
            for part in ["event: ", event, "\ndata: "] {
                into.extend_from_slice(part.as_bytes());
            }
        }
        // Texts and numbers always are JSON, and JSON has no line feed.
        let _ = serde_json::to_writer(&mut *into, data);
        into.extend_from_slice(if self == Self::Events { b"\n\n" } else { b"\n" });
    }
}

fn push_id(into: &mut Vec<u8>, id: u64) {
    into.extend_from_slice(b"id: ");
    into.extend_from_slice(itoa::Buffer::new().format(id).as_bytes());
    into.push(b'\n');
}

#[cfg(test)]
mod tests {
    use tracing::Level;

    use super::*;

    const LINE: RecentLine<'static> = RecentLine {
        number: 7,
        level: Level::WARN,
        target: "shop::db",
        request_id: Some("r-1"),
        text: "2026-11-21T09:22:08.338Z  WARN 1 --- [main] shop::db : \"slow\"\n\tat main\n",
        is_own: false,
    };

    fn written(write: impl Fn(&mut Vec<u8>)) -> String {
        let mut into = Vec::new();
        write(&mut into);
        String::from_utf8(into).unwrap()
    }

    #[test]
    fn a_line_is_an_event_with_its_number_or_a_line_of_json() {
        let fields = r#""timestamp":"2026-11-21T09:22:08.338Z","level":"WARN","target":"shop::db","thread":"main","requestId":"r-1","line":"2026-11-21T09:22:08.338Z  WARN 1 --- [main] shop::db : \"slow\"\n\tat main"}"#;
        assert_eq!(
            written(|into| Form::Events.line(into, &LINE)),
            format!("id: 7\nevent: log\ndata: {{{fields}\n\n")
        );
        assert_eq!(written(|into| Form::Lines.line(into, &LINE)), format!("{{\"id\":7,{fields}\n"));
    }

    #[test]
    fn what_happens_beside_lines_is_told_in_the_same_form() {
        assert_eq!(
            written(|into| Form::Events.lost(into, 3, 9)),
            "id: 9\nevent: lost\ndata: {\"lost\":3}\n\n"
        );
        assert_eq!(written(|into| Form::Lines.lost(into, 3, 9)), "{\"id\":9,\"lost\":3}\n");
        assert_eq!(
            written(|into| Form::Events.restarted(into)),
            "event: restarted\ndata: {\"restarted\":true}\n\n"
        );
        assert_eq!(written(|into| Form::Events.heartbeat(into, 9)), ": still here\nid: 9\n\n");
        assert_eq!(written(|into| Form::Lines.heartbeat(into, 9)), "\n");
        assert_eq!(written(|into| Form::Events.greet(into)), "retry: 3000\n\n");
        assert_eq!(written(|into| Form::Lines.greet(into)), "");
    }
}
