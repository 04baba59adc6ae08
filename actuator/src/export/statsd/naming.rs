//! How the name and the tags of a series are written: by flavor, safe whatever they hold.
//!
//! The flavors are Micrometer's `StatsdFlavor`: dots for Datadog, a path of names and values for
//! Etsy's statsd, snake case for Telegraf; each tells by the tag `statistic` what a number is.
//! [`Style::C2c`] is that of c2cwsgiutils.

use crate::{
    endpoint::c2c_key,
    meter::{APPLICATION_INFO, Tag},
};

/// How names and tags are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// `http.server.requests:1|c|#method:GET`
    Datadog,
    /// `httpServerRequests.method.GET:1|c`
    Etsy,
    /// `http_server_requests,method=GET:1|c`
    Telegraf,
    /// `route.GET._orders.200:1|ms`, or `route:1|ms|#method:GET`
    C2c {
        /// Whether tags are written as such.
        tags: bool,
    },
}

/// What a number tells of its series: Micrometer's tag `statistic`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Told {
    Count,
    Value,
    Active,
    Duration,
    /// A duration or an amount itself, which needs no such tag.
    Sample,
}

/// Longer names are cut, as c2cwsgiutils does.
const MAX_NAME: usize = 450;
const INSTEAD: char = '_';

/// The two texts around a value: `name:` and what follows the type.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Named {
    /// `http.server.requests`
    pub(super) before: String,
    /// `|#method:GET`, or empty.
    pub(super) after: String,
}

/// Writes names and tags.
#[derive(Clone, Debug)]
pub(super) struct Naming {
    pub(super) style: Style,
    pub(super) prefix: String,
    pub(super) tags: Vec<Tag>,
}

impl Naming {
    /// The name of a series for one of its numbers.
    pub(super) fn name(&self, name: &str, tags: Vec<Tag>, told: Told) -> Named {
        if let Style::C2c { tags: use_tags } = self.style {
            let key = c2c_key(name, tags, told.part(), use_tags);
            let tags = if use_tags { self.all(key.tags) } else { self.tags.clone() };
            return self.datadog(&path(&key.parts), &sorted(tags));
        }
        let mut tags = self.all(tags);
        tags.extend(told.statistic().map(|value| Tag::new("statistic", value)));
        let tags = sorted(tags);
        match self.style {
            Style::Telegraf => self.telegraf(name, &tags),
            Style::Etsy => self.etsy(name, &tags),
            Style::Datadog | Style::C2c { .. } => self.datadog(name, &tags),
        }
    }

    /// Whether this gauge of 1 is c2cwsgiutils' counter of starts.
    pub(super) fn counts_once(&self, name: &str) -> bool {
        matches!(self.style, Style::C2c { .. }) && name == APPLICATION_INFO
    }

    /// A counter of another system's name, as dogstatsd writes it whatever the flavor.
    pub(super) fn foreign(&self, name: &str, key: &str, value: &str) -> Named {
        self.datadog(name, &sorted(self.all(vec![Tag::new(key, value)])))
    }

    /// The series' own tags, and those of the settings that it does not have.
    fn all(&self, mut tags: Vec<Tag>) -> Vec<Tag> {
        let further = self.tags.iter().filter(|further| !tags.iter().any(|t| t.key == further.key));
        let further: Vec<Tag> = further.cloned().collect();
        tags.extend(further);
        tags
    }

    fn datadog(&self, name: &str, tags: &[Tag]) -> Named {
        let before = cut(format!("{}{}", self.prefix, replace(name, |c| is_word(c) || c == '.')));
        let mut after = String::new();
        for tag in tags {
            after.push_str(if after.is_empty() { "|#" } else { "," });
            after.push_str(&replace(&tag.key, |c| is_word(c) || ".-/".contains(c)));
            after.push(':');
            after.push_str(&replace(&tag.value, |c| !c.is_control() && !",#|".contains(c)));
        }
        Named { before, after }
    }

    fn etsy(&self, name: &str, tags: &[Tag]) -> Named {
        let parts = tags.iter().flat_map(|tag| [camel_case(&tag.key), tag.value.clone()]);
        let parts: Vec<String> = std::iter::once(camel_case(name)).chain(parts).collect();
        Named { before: cut(format!("{}{}", self.prefix, path(&parts))), after: String::new() }
    }

    /// Telegraf drops what follows an escaped space or comma, so nothing is escaped.
    fn telegraf(&self, name: &str, tags: &[Tag]) -> Named {
        let plain = |text: &str| {
            replace(text, |c| !c.is_control() && !c.is_whitespace() && !",:=|#@\\\"".contains(c))
        };
        let mut before = cut(format!("{}{}", self.prefix, replace(name, is_word)));
        for tag in tags {
            let pair = format!(",{}={}", replace(&tag.key, is_word), plain(&tag.value));
            before.push_str(&pair);
        }
        Named { before, after: String::new() }
    }
}

impl Told {
    fn statistic(self) -> Option<&'static str> {
        Some(match self {
            Self::Count => "count",
            Self::Value => "value",
            Self::Active => "active",
            Self::Duration => "duration",
            Self::Sample => return None,
        })
    }

    /// Its part of a key of c2cwsgiutils, which tells counters and gauges apart by their type.
    fn part(self) -> Option<&'static str> {
        self.statistic().filter(|_| matches!(self, Self::Active | Self::Duration))
    }
}

fn sorted(mut tags: Vec<Tag>) -> Vec<Tag> {
    tags.sort();
    tags
}

/// The parts of a key, each a word, with dots between them.
fn path(parts: &[String]) -> String {
    let words: Vec<String> = parts.iter().map(|part| replace(part, is_word)).collect();
    words.join(".")
}

/// The text with other characters replaced; never empty, so that a part is never missing.
fn replace(text: &str, keep: impl Fn(char) -> bool) -> String {
    if text.is_empty() {
        return INSTEAD.to_string();
    }
    text.chars().map(|c| if keep(c) { c } else { INSTEAD }).collect()
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// `http.server.requests` is `httpServerRequests`.
fn camel_case(text: &str) -> String {
    let mut parts = text.split('.').filter(|part| !part.is_empty());
    let mut camel = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let mut letters = part.chars();
        camel.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        camel.push_str(letters.as_str());
    }
    camel
}

fn cut(mut name: String) -> String {
    name.truncate(name.floor_char_boundary(MAX_NAME));
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(style: Style, name: &str, tags: &[(&str, &str)], told: Told) -> String {
        let naming = Naming { style, prefix: String::new(), tags: Vec::new() };
        let tags = tags.iter().map(|(key, value)| Tag::new(*key, *value)).collect();
        let Named { before, after } = naming.name(name, tags, told);
        format!("{before}:1|x{after}")
    }

    const TAGS: &[(&str, &str)] = &[("uri", "/orders/{id}"), ("my.tag", "a b")];

    #[test]
    fn names_and_tags_are_micrometers_in_each_flavor() {
        let counted = |style| named(style, "my.counter", TAGS, Told::Count);
        assert_eq!(
            counted(Style::Datadog),
            "my.counter:1|x|#my.tag:a b,statistic:count,uri:/orders/{id}"
        );
        assert_eq!(
            counted(Style::Etsy),
            "myCounter.myTag.a_b.statistic.count.uri._orders__id_:1|x"
        );
        assert_eq!(
            counted(Style::Telegraf),
            "my_counter,my_tag=a_b,statistic=count,uri=/orders/{id}:1|x"
        );
        assert_eq!(named(Style::Datadog, "my.timer", &[], Told::Sample), "my.timer:1|x");
        assert_eq!(named(Style::Etsy, "my.timer", &[("k", "v")], Told::Sample), "myTimer.k.v:1|x");
    }

    #[test]
    fn trap_seed_17_a_colon_in_a_value_stays_where_the_flavor_allows_it() {
        let url = &[("name", "http://db:5432")];
        assert_eq!(named(Style::Datadog, "n", url, Told::Sample), "n:1|x|#name:http://db:5432");
        let c2c = Style::C2c { tags: true };
        assert_eq!(named(c2c, "n", url, Told::Count), "n:1|x|#name:http://db:5432");
        assert_eq!(named(Style::Telegraf, "n", url, Told::Sample), "n,name=http_//db_5432:1|x");
        assert_eq!(named(Style::Etsy, "n", url, Told::Sample), "n.name.http___db_5432:1|x");
    }

    #[test]
    fn keys_of_c2cwsgiutils_are_words_with_the_tags_of_settings_behind() {
        let written = |use_tags| {
            let tags = vec![Tag::new("env", "prod")];
            let style = Style::C2c { tags: use_tags };
            let naming = Naming { style, prefix: "shop.".to_owned(), tags };
            let own = [("method", "GET"), ("status", "200"), ("uri", "/orders/{id}")];
            let own = own.iter().map(|(key, value)| Tag::new(*key, *value)).collect();
            let named = naming.name("http.server.requests", own, Told::Sample);
            format!("{}{}", named.before, named.after)
        };
        assert_eq!(written(false), "shop.route.GET._orders__id_.200|#env:prod");
        assert_eq!(
            written(true),
            "shop.route|#env:prod,group:2,method:GET,route:/orders/{id},status:200"
        );
    }

    #[test]
    fn what_would_end_a_line_or_a_tag_is_replaced() {
        let hostile = &[("k,\n|#:=", "x,y#z|c\nother:1|c\r\0"), ("", "")];
        for (style, expected) in [
            (Style::Datadog, "a_b_:1|x|#_:_,k______:x_y_z_c_other:1_c__"),
            (Style::Telegraf, "a_b_,_=_,k______=x_y_z_c_other_1_c__:1|x"),
            (Style::Etsy, "a_b_._._.k_______.x_y_z_c_other_1_c__:1|x"),
        ] {
            let written = named(style, "a:b\n", hostile, Told::Sample);
            assert_eq!(written, expected.replace("k_______.", "k______."), "{style:?}");
        }
    }

    #[test]
    fn long_names_are_cut_and_the_tags_of_settings_give_way_to_own_ones() {
        let tags = vec![Tag::new("zone", "b"), Tag::new("app", "shop")];
        let naming = Naming { style: Style::Datadog, prefix: "p.".to_owned(), tags };
        let own = vec![Tag::new("zone", "own")];
        let named = naming.name(&"ü".repeat(600), own, Told::Sample);
        assert_eq!(named.before.len(), 450);
        assert!(named.before.starts_with("p.___"));
        assert_eq!(named.after, "|#app:shop,zone:own");
    }
}
