//! Names of settings whose values are secret by their type, whatever they are called.

use super::key_patterns::letters;

/// Such names, in any spelling: `shop.pin` is `SHOP_PIN`.
#[derive(Clone, Debug, Default)]
pub struct SecretNames {
    names: Vec<SecretName>,
}

#[derive(Clone, Debug)]
struct SecretName {
    /// The letters and digits between the stars.
    pieces: Vec<String>,
    is_list: bool,
}

impl SecretNames {
    /// Adds one; a `*` in it stands for a key or index that somebody chooses, and the items of a list
    /// may have indices behind it.
    pub fn add(&mut self, name: &str, is_list: bool) {
        let pieces = name.split('*').map(|piece| letters(piece).collect()).collect();
        self.names.push(SecretName { pieces, is_list });
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Whether this key is one of them.
    pub fn has(&self, key: &str) -> bool {
        self.names.iter().any(|name| name.is(key))
    }
}

impl SecretName {
    fn is(&self, key: &str) -> bool {
        let Some((first, rest)) = self.pieces.split_first() else { return false };
        // Most keys are told apart by their beginning, and nothing is copied for them.
        let mut key = letters(key);
        if !first.chars().all(|c| key.next() == Some(c)) {
            return false;
        }
        let behind: String = key.collect();
        let behind = if self.is_list {
            behind.trim_end_matches(|c: char| c.is_ascii_digit())
        } else {
            behind.as_str()
        };
        let Some((last, between)) = rest.split_last() else { return behind.is_empty() };
        let mut behind = behind;
        for piece in between {
            let Some((_, after)) = behind.split_once(piece.as_str()) else { return false };
            behind = after;
        }
        behind.len() > last.len() && behind.ends_with(last.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_known_in_any_spelling_with_the_keys_and_indices_that_somebody_chose() {
        let mut names = SecretNames::default();
        names.add("shop.my-pin", false);
        names.add("shop.codes", true);
        names.add("shop.depots[*].lock", false);
        names.add("shop.ibans.*", false);
        for key in [
            "shop.my-pin",
            "shop.myPin",
            "SHOP_MY_PIN",
            "SHOP_MYPIN",
            "shop.codes",
            "shop.codes[0]",
            "SHOP_CODES_10",
            "shop.depots[2].lock",
            "SHOP_DEPOTS_2_LOCK",
            "shop.ibans.ada",
        ] {
            assert!(names.has(key), "{key}");
        }
        for key in ["", "my-pin", "shop.my", "shop.my-pin-pad", "workshop.my-pin", "shop.ibans"] {
            assert!(!names.has(key), "{key}");
        }
    }
}
