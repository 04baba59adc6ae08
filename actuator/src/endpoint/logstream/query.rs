//! What a viewer asks for: `?level=WARN&target=shop::db&text=timeout&request=<id>&tail=100`.

use tracing::Level;

use crate::{
    logging::LineFilter,
    model::{
        call::Call,
        parameter::{Parameter, Shape},
        problem::Problem,
    },
};

/// How many earlier lines are sent first, if nobody says another number.
const TAIL: u64 = 100;
/// The most targets of one query.
const MOST_TARGETS: usize = 32;
/// The longest text of a filter.
const LONGEST: usize = 256;

/// What a query may have.
pub(super) const PARAMETERS: &[Parameter] = &[
    Parameter::query("level", Shape::Text, "Only lines of this level, or of a graver one."),
    Parameter::query(
        "target",
        Shape::List(&Shape::Text),
        "Only lines of these targets, and of those below them.",
    ),
    Parameter::query("text", Shape::Text, "Only lines with this text in them."),
    Parameter::query("request", Shape::Text, "Only lines of the request with this id."),
    Parameter::query("tail", Shape::Integer, "How many earlier lines come first; 100 by default."),
    Parameter::query(
        "lastEventId",
        Shape::Integer,
        "The last line that was seen, for those who cannot send the header Last-Event-ID.",
    ),
];

/// The parameters of a stream.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct StreamQuery {
    /// Which lines are wanted.
    pub(super) filter: LineFilter,
    /// How many lines are sent that were written before.
    pub(super) tail: u64,
    /// `lastEventId`, for those who cannot send the header.
    pub(super) last: Option<String>,
}

impl StreamQuery {
    /// Reads the parameters; a problem names the first that cannot be read.
    pub(super) fn read(call: &Call<'_>) -> Result<Self, Problem> {
        let mut filter = LineFilter::default();
        if let Some(level) = text(call, "level")? {
            let level = level.parse::<Level>().ok().filter(|_| level.parse::<u8>().is_err());
            filter.at_least(
                level.ok_or_else(|| {
                    refused("level", "expected error, warn, info, debug or trace")
                })?,
            );
        }
        let targets = call.query_list("target");
        if targets.len() > MOST_TARGETS {
            return Err(refused("target", &format!("expected at most {MOST_TARGETS}")));
        }
        for target in targets.into_iter().filter(|target| !target.is_empty()) {
            filter.of_target(bounded("target", target)?);
        }
        if let Some(text) = text(call, "text")? {
            filter.containing(&text);
        }
        if let Some(id) = text(call, "request")? {
            filter.of_request(&id);
        }
        let tail = text(call, "tail")?.map(|tail| {
            let number = tail.parse().ok().filter(|_| tail.bytes().all(|b| b.is_ascii_digit()));
            number.ok_or_else(|| refused("tail", "expected a number of lines"))
        });
        let tail = tail.transpose()?.unwrap_or(TAIL);
        Ok(Self { filter, tail, last: text(call, "lastEventId")? })
    }
}

/// The line that the caller has seen last: by the header, else by the query. A browser that comes
/// back sends both if the query was in its address, and the header is the newer one.
pub(super) fn resumed(header: Option<&str>, query: Option<String>) -> Result<Option<u64>, Problem> {
    let header = header.map(str::trim).filter(|id| !id.is_empty()).map(str::to_owned);
    let Some(id) = header.or(query) else { return Ok(None) };
    let number = id.parse().ok().filter(|_| id.bytes().all(|byte| byte.is_ascii_digit()));
    number.map(Some).ok_or_else(|| refused("Last-Event-ID", "expected the id of an event"))
}

fn text(call: &Call<'_>, name: &str) -> Result<Option<String>, Problem> {
    let Some(text) = call.text(name).filter(|text| !text.is_empty()) else { return Ok(None) };
    bounded(name, &text)?;
    Ok(Some(text))
}

fn bounded<'t>(name: &str, text: &'t str) -> Result<&'t str, Problem> {
    if text.len() > LONGEST {
        return Err(refused(name, &format!("expected at most {LONGEST} bytes")));
    }
    Ok(text)
}

fn refused(name: &str, expected: &str) -> Problem {
    Problem::bad_request(format!("{name}: {expected}"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(query: &[(&'static str, &'static str)]) -> Result<StreamQuery, Problem> {
        let query = query.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        StreamQuery::read(&Call { query, ..Call::new(1) })
    }

    #[test]
    fn everything_may_be_left_out_or_said() {
        let none = StreamQuery { filter: LineFilter::default(), tail: 100, last: None };
        assert_eq!(read(&[]).unwrap(), none);
        assert_eq!(read(&[("level", ""), ("tail", ""), ("other", "x")]).unwrap(), none);
        let mut filter = LineFilter::default();
        filter.at_least(Level::WARN);
        filter.of_target("shop::db");
        filter.of_target("shop::cart");
        filter.containing("time out");
        filter.of_request("r-1");
        let all = read(&[
            ("level", "warn"),
            ("target", "shop::db,shop::cart"),
            ("text", "time out"),
            ("request", "r-1"),
            ("tail", "0"),
            ("lastEventId", "12"),
        ]);
        assert_eq!(all.unwrap(), StreamQuery { filter, tail: 0, last: Some("12".to_owned()) });
    }

    #[test]
    fn what_cannot_be_read_is_refused_by_its_name() {
        let long: &'static str = "x".repeat(257).leak();
        let many: &'static str = "a,".repeat(40).leak();
        for (name, value) in [
            ("level", "LOUD"),
            ("level", "off"),
            ("level", "3"),
            ("tail", "-1"),
            ("tail", "+1"),
            ("tail", "many"),
            ("text", long),
            ("target", long),
            ("target", many),
            ("request", long),
        ] {
            let problem = read(&[(name, value)]).unwrap_err();
            assert!(problem.status() == 400 && problem.reason().starts_with(name), "{problem}");
        }
    }

    #[test]
    fn the_header_goes_before_the_query() {
        let query = || Some("2".to_owned());
        assert_eq!(resumed(Some("7"), query()).unwrap(), Some(7));
        assert_eq!(resumed(Some(" "), query()).unwrap(), Some(2));
        assert_eq!(resumed(None, None).unwrap(), None);
        assert_eq!(resumed(Some("x"), None).unwrap_err().status(), 400);
        assert!(resumed(Some("+7"), None).is_err());
    }

    proptest! {
        #[test]
        fn whatever_a_viewer_asks_it_is_answered_or_refused(
            values in prop::collection::vec("\\PC{0,20}|[0-9+-]{0,22}|[a-z:]{0,300}", 7),
        ) {
            let names = ["level", "target", "text", "request", "tail", "lastEventId", "target"];
            let pairs = names.iter().zip(&values);
            let query = pairs.map(|(name, value)| ((*name).into(), value.as_str().into())).collect();
            if let Ok(read) = StreamQuery::read(&Call { query, ..Call::new(1) }) {
                let _ = resumed(Some(&values[0]), read.last);
            }
        }
    }
}
