//! Patterns of paths, as Spring writes them.

/// The longest pattern, in bytes.
const MAX_PATTERN: usize = 256;

/// A path with wildcards: `?` is one character, `*` any number of them within a segment, and a
/// segment `**` any number of segments, also none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PathPattern {
    segments: Vec<Segment>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Segment {
    /// `**`
    Many,
    /// Anything else.
    One(Box<[u8]>),
}

impl PathPattern {
    /// Reads a pattern. The error says what is wrong, to be told behind the pattern.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let Some(path) = text.trim().strip_prefix('/') else {
            return Err(format!("{text} does not begin with /"));
        };
        if text.len() > MAX_PATTERN {
            return Err(format!("a pattern is longer than {MAX_PATTERN} bytes"));
        }
        if text.contains(['{', '}']) {
            return Err(format!("{text} has braces; in a pattern * stands for a segment"));
        }
        let segments = path.split('/').map(|segment| match segment {
            "**" => Ok(Segment::Many),
            _ if segment.contains("**") => {
                Err(format!("in {text} ** is not a segment of its own, such as /static/**"))
            }
            _ => Ok(Segment::One(segment.as_bytes().into())),
        });
        Ok(Self { segments: segments.collect::<Result<_, _>>()? })
    }

    /// Whether a path, as the caller has written it, is like this.
    pub(crate) fn matches(&self, path: &[u8]) -> bool {
        let mut rest = Some(path.strip_prefix(b"/").unwrap_or(path));
        let mut at = 0;
        // Where to go on, one segment further, if what follows the last `**` does not fit here.
        let mut retry: Option<(usize, Option<&[u8]>)> = None;
        loop {
            match (self.segments.get(at), rest) {
                (Some(Segment::Many), _) => {
                    at += 1;
                    retry = Some((at, rest));
                    continue;
                }
                (Some(Segment::One(pattern)), Some(path)) => {
                    let (segment, after) = split_segment(path);
                    if fits(pattern, segment) {
                        (at, rest) = (at + 1, after);
                        continue;
                    }
                }
                (None, None) => return true,
                _ => {}
            }
            let Some((after_many, Some(path))) = retry else { return false };
            rest = split_segment(path).1;
            at = after_many;
            retry = Some((after_many, rest));
        }
    }
}

/// The first segment, and what follows its slash; `None` if there is no slash.
fn split_segment(path: &[u8]) -> (&[u8], Option<&[u8]>) {
    let Some(slash) = path.iter().position(|byte| *byte == b'/') else { return (path, None) };
    let (segment, after) = path.split_at(slash);
    (segment, after.get(1..))
}

/// Whether a segment is like a pattern of `?` and `*`.
fn fits(pattern: &[u8], text: &[u8]) -> bool {
    let (mut at, mut seen) = (0, 0);
    // Behind the last `*`, and how far it has been stretched.
    let mut retry: Option<(usize, usize)> = None;
    loop {
        match (pattern.get(at), text.get(seen)) {
            (Some(b'*'), _) => {
                at += 1;
                retry = Some((at, seen));
                continue;
            }
            (Some(b'?'), Some(_)) => {
                (at, seen) = (at + 1, seen + 1);
                continue;
            }
            (Some(wanted), Some(byte)) if wanted == byte => {
                (at, seen) = (at + 1, seen + 1);
                continue;
            }
            (None, None) => return true,
            _ => {}
        }
        let Some((after_star, stretched)) = retry.filter(|(_, to)| *to < text.len()) else {
            return false;
        };
        (at, seen) = (after_star, stretched + 1);
        retry = Some((after_star, stretched + 1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_stand_for_characters_segments_and_paths() {
        for (pattern, same, other) in [
            ("/healthz", &["/healthz"][..], &["/healthz/", "/healthz-foo", "/", "/a/healthz"][..]),
            ("/static/**", &["/static", "/static/", "/static/a/b.js"], &["/statics", "/a/static"]),
            ("/*/ready", &["/a/ready", "//ready"], &["/ready", "/a/b/ready"]),
            ("/a/**/z", &["/a/z", "/a/b/z", "/a/b/c/z", "/a/z/z"], &["/a", "/a/b", "/z"]),
            ("/a/**/b/**/z", &["/a/b/z", "/a/x/b/y/b/z"], &["/a/z", "/a/b/y"]),
            ("/**/*.png", &["/x.png", "/a/b/.png"], &["/x.pngs", "/x.png/"]),
            ("/img-?.*", &["/img-1.png", "/img-2."], &["/img-.png", "/img-12.png", "/img-1"]),
            ("/*a*b", &["/ab", "/xaayab", "/abab"], &["/a", "/ba", "/ab/"]),
            ("/**", &["/", "/a", "/a/b/"], &[]),
            ("/", &["/"], &["/a", "//"]),
        ] {
            let parsed = PathPattern::parse(pattern).unwrap();
            for path in same {
                assert!(parsed.matches(path.as_bytes()), "{pattern} {path}");
            }
            for path in other {
                assert!(!parsed.matches(path.as_bytes()), "{pattern} {path}");
            }
        }
    }

    #[test]
    fn a_hostile_path_is_finished_with() {
        let path = format!("/{}", "a/".repeat(30_000));
        assert!(!PathPattern::parse("/**/a/**/a/**/b").unwrap().matches(path.as_bytes()));
        let path = format!("/{}", "a".repeat(60_000));
        assert!(!PathPattern::parse("/*a*a*a*b").unwrap().matches(path.as_bytes()));
    }

    #[test]
    fn what_is_no_pattern_is_refused_with_a_reason() {
        for (bad, why) in [
            ("static/**", "begin with /"),
            ("", "begin with /"),
            ("/static**", "segment of its own"),
            ("/orders/{id}", "braces"),
        ] {
            assert!(PathPattern::parse(bad).unwrap_err().contains(why), "{bad}");
        }
    }
}
