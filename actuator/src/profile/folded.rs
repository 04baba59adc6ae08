//! Profiles as folded stacks: a line for each stack, its frames from the outermost on, and a number.
//! Source: Brendan Gregg's `stackcollapse` scripts, which speedscope and flame graph tools read.

use std::collections::BTreeMap;

/// Stacks, each with its frames from the outermost on, as lines in alphabetical order; equal ones
/// are added up.
pub(crate) fn folded<'s>(stacks: impl Iterator<Item = (Vec<&'s str>, u64)>) -> String {
    let mut lines: BTreeMap<String, u64> = BTreeMap::new();
    for (frames, count) in stacks {
        let frames: Vec<String> =
            frames.iter().map(|frame| frame.replace([';', '\n'], ":")).collect();
        *lines.entry(frames.join(";")).or_default() += count;
    }
    let mut text = String::new();
    for (stack, count) in lines {
        text.push_str(&stack);
        text.push(' ');
        text.push_str(&count.to_string());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_stacks_are_one_line_and_a_separator_in_a_name_is_none() {
        let stacks = [(vec!["main", "b"], 2), (vec!["main", "a;c"], 1), (vec!["main", "b"], 3)];
        assert_eq!(folded(stacks.into_iter()), "main;a:c 1\nmain;b 5\n");
        assert_eq!(folded(std::iter::empty()), "");
    }
}
