//! Profiles as flame graphs: an SVG without scripts, whose rectangles tell their numbers when they
//! are pointed at. The idea is Brendan Gregg's, <https://www.brendangregg.com/flamegraphs.html>.

use std::{collections::BTreeMap, fmt::Write as _};

/// In pixels.
const WIDTH: f64 = 1_200.0;
const ROW: f64 = 17.0;
const HEAD: f64 = 40.0;
/// What is narrower is left out; so the picture is bounded, whatever the profile.
const NARROWEST: f64 = 0.3;
/// The width of a letter.
const LETTER: f64 = 6.6;
/// Rows beyond are left out.
const MAX_DEPTH: usize = 512;

/// A function in all stacks that begin in the same way.
#[derive(Default)]
struct Node<'s> {
    total: u64,
    callees: BTreeMap<&'s str, Node<'s>>,
}

/// The picture of stacks, each with its frames from the outermost on; `unit` says what the numbers
/// count.
pub(crate) fn flame_graph<'s>(
    title: &str,
    unit: &str,
    stacks: impl Iterator<Item = (Vec<&'s str>, u64)>,
) -> String {
    let mut root = Node::default();
    let mut depth = 0;
    for (frames, count) in stacks {
        depth = depth.max(frames.len().min(MAX_DEPTH));
        root.add(&frames, count);
    }
    let rows = u32::try_from(depth + 1).unwrap_or(1);
    let height = HEAD + f64::from(rows) * ROW + 10.0;
    let mut picture = Picture { svg: String::new(), unit, all: root.total.max(1), height };
    let _ = write!(
        picture.svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height}\" \
         viewBox=\"0 0 {WIDTH} {height}\" font-family=\"monospace\" font-size=\"11\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#fdf6e3\"/>\n\
         <text x=\"{}\" y=\"24\" text-anchor=\"middle\" font-size=\"15\">{}</text>\n",
        WIDTH / 2.0,
        escape(title)
    );
    picture.draw("all", &root, 0.0, 0);
    picture.svg.push_str("</svg>\n");
    picture.svg
}

impl<'s> Node<'s> {
    fn add(&mut self, frames: &[&'s str], count: u64) {
        self.total = self.total.saturating_add(count);
        let mut node = self;
        for frame in frames.iter().take(MAX_DEPTH) {
            node = node.callees.entry(frame).or_default();
            node.total = node.total.saturating_add(count);
        }
    }
}

struct Picture<'u> {
    svg: String,
    unit: &'u str,
    all: u64,
    height: f64,
}

impl Picture<'_> {
    /// Draws a function at `x` in its row, counted from below, and those that it calls above it.
    fn draw(&mut self, name: &str, node: &Node<'_>, x: f64, row: u32) {
        let width = WIDTH * share(node.total, self.all);
        if width < NARROWEST {
            return;
        }
        let y = self.height - 10.0 - ROW * f64::from(row + 1);
        let percent = 100.0 * share(node.total, self.all);
        let name = escape(name);
        let _ = write!(
            self.svg,
            "<g><title>{name} ({} {}, {percent:.2} %)</title>\
             <rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{:.1}\" fill=\"{}\"/>",
            node.total,
            self.unit,
            ROW - 1.0,
            colour(&name)
        );
        if let Some(label) = label(&name, width) {
            let _ =
                write!(self.svg, "<text x=\"{:.1}\" y=\"{:.1}\">{label}</text>", x + 3.0, y + 12.0);
        }
        self.svg.push_str("</g>\n");
        let mut x = x;
        for (name, callee) in &node.callees {
            self.draw(name, callee, x, row + 1);
            x += WIDTH * share(callee.total, self.all);
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "pixels")]
fn share(part: u64, all: u64) -> f64 {
    part as f64 / all as f64
}

/// As much of an escaped name as fits; an entity is not cut.
fn label(name: &str, width: f64) -> Option<String> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "at most some hundred"
    )]
    let room = ((width - 6.0) / LETTER).max(0.0) as usize;
    if name.chars().count() <= room {
        return Some(name.to_owned());
    }
    if room < 4 || name.contains('&') && room < 12 {
        return None;
    }
    let mut cut: String = name.chars().take(room - 2).collect();
    if let Some(at) = cut.rfind('&').filter(|at| !cut.get(*at..).unwrap_or_default().contains(';'))
    {
        cut.truncate(at);
    }
    Some(cut + "..")
}

/// A warm colour, the same for the same name.
fn colour(name: &str) -> String {
    let sum = name.bytes().fold(0_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    format!("rgb({},{},{})", 205 + sum % 50, 80 + sum / 50 % 130, sum / 6_500 % 60)
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            control if control.is_control() => escaped.push(' '),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_as_wide_as_what_they_took_and_narrow_ones_are_left_out() {
        let stacks = [
            (vec!["main", "<A as B>::run"], 750),
            (vec!["main", "idle"], 249_000),
            (vec!["main", "rare"], 1),
        ];
        let svg = flame_graph("a & b", "samples", stacks.into_iter());
        assert!(svg.starts_with("<svg xmlns") && svg.ends_with("</svg>\n"));
        assert!(svg.contains(">a &amp; b</text>"));
        assert!(svg.contains("<title>main (249751 samples, 100.00 %)</title>"), "{svg}");
        assert!(svg.contains("<title>&lt;A as B&gt;::run (750 samples, 0.30 %)</title>"), "{svg}");
        assert!(!svg.contains("rare"), "{svg}");
        assert_eq!(svg.matches("<g>").count(), svg.matches("</g>").count());
    }

    #[test]
    fn a_name_is_cut_where_it_does_not_fit_and_never_within_an_entity() {
        assert_eq!(label("abc", 100.0).as_deref(), Some("abc"));
        assert_eq!(label("abcdefghijkl", 6.1 + LETTER * 6.0).as_deref(), Some("abcd.."));
        assert_eq!(
            label("abcdefghij&lt;klmnop", 6.1 + LETTER * 14.0).as_deref(),
            Some("abcdefghij..")
        );
        assert_eq!(label("abcdef", 8.0), None);
    }

    #[test]
    fn no_stack_is_too_deep() {
        let deep = vec!["f"; 100_000];
        let svg = flame_graph("deep", "samples", [(deep, 1)].into_iter());
        assert_eq!(svg.matches("<g>").count(), MAX_DEPTH + 1);
    }
}
