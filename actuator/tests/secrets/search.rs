//! Looks for what was planted in all that comes out.

use std::{
    collections::{BTreeMap, HashMap},
    fmt::Write as _,
};

use testkit::Answer;

use crate::plants::Plant;

/// The secrets, and those that were found.
pub(crate) struct Search<'p> {
    secrets: HashMap<&'p [u8], &'p Plant>,
    length: usize,
    found: BTreeMap<(String, &'p str), String>,
}

impl<'p> Search<'p> {
    pub(crate) fn of(plants: &'p [Plant]) -> Self {
        let secrets = plants.iter().map(|plant| (plant.secret.as_bytes(), plant)).collect();
        Self { secrets, length: plants[0].secret.len(), found: BTreeMap::new() }
    }

    /// One pass over a text, whatever the number of secrets: it may have many megabytes.
    pub(crate) fn text(&mut self, place: &str, text: &str) {
        for (at, window) in text.as_bytes().windows(self.length).enumerate() {
            if !window[3].is_ascii_digit() || !window[6].is_ascii_uppercase() {
                continue;
            }
            let Some(plant) = self.secrets.get(window).copied() else { continue };
            let near = &text[text.floor_char_boundary(at.saturating_sub(120))..];
            let near = &near[..near.floor_char_boundary(240)];
            let told = format!("{place}: {} = {}\n      …{near}…", plant.key, plant.value);
            // Once for each place, however often a secret is there.
            let place = place.split(" as ").next().unwrap_or_default();
            self.found.entry((place.to_owned(), &*plant.secret)).or_insert(told);
        }
    }

    /// The body and the headers of an answer.
    pub(crate) fn answer(&mut self, place: &str, answer: &Answer) {
        self.text(place, &String::from_utf8_lossy(answer.body()));
        for (name, value) in answer.all_headers() {
            self.text(&format!("{place}, the header {name}"), value);
        }
    }

    /// Fails if there is something.
    #[track_caller]
    pub(crate) fn refuse(self) {
        let (count, told) = (self.found.len(), self.found.into_values());
        let told: Vec<String> = told.take(40).collect();
        assert!(count == 0, "{count} secrets are told:\n  - {}", told.join("\n  - "));
    }
}

pub(crate) fn escaped(text: &str) -> String {
    text.bytes().fold(String::new(), |mut escaped, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            write!(escaped, "%{byte:02X}").unwrap();
        }
        escaped
    })
}
