//! The index knows what the store knows, within its bounds, and tells nobody the store's ids.

use std::time::UNIX_EPOCH;

use proptest::prelude::*;

use super::*;
use crate::support::odd_text::odd_text;

const LIFETIME: Duration = Duration::from_mins(30);

fn index(max: usize) -> (SessionIndex<u32>, Clock) {
    let clock = Clock::manual(UNIX_EPOCH + Duration::from_secs(1_000_000));
    (SessionIndex::with_clock(max, clock.clone()), clock)
}

fn save(index: &SessionIndex<u32>, key: u32, username: Option<&str>, names: &[&'static str]) {
    let expires = index.clock.now() + LIFETIME;
    index.saved(key, SessionState { username, attribute_names: names, expires });
}

/// That all its tables speak of the same sessions.
fn is_sound(index: &SessionIndex<u32>) {
    let state = index.lock();
    let count = state.sessions.len();
    let named = state.sessions.values().filter(|one| one.username.is_some()).count();
    assert_eq!((state.shown.len(), state.used.len()), (count, count));
    assert_eq!(state.users.values().map(BTreeMap::len).sum::<usize>(), named);
    assert!(state.users.values().all(|sessions| !sessions.is_empty()));
}

#[test]
fn a_session_is_found_by_its_user_and_by_the_id_that_is_shown() {
    let (index, clock) = index(10);
    save(&index, 7, Some("alice"), &["username", "cart"]);
    clock.advance(Duration::from_mins(1));
    save(&index, 8, Some("alice"), &[]);
    save(&index, 9, None, &[]);
    assert!(index.accessed(&7) && !index.accessed(&70));
    let [first, second] = &index.find_by_username("alice")[..] else { panic!("two sessions") };
    assert_eq!(first.attribute_names, ["cart", "username"]);
    assert_eq!(first.last_accessed, first.created + Duration::from_mins(1));
    assert_eq!((first.max_inactive, first.is_expired), (LIFETIME, false));
    assert!(first.created < second.created && first.id != second.id);
    assert_eq!(first.id.len(), 32);
    assert_eq!(index.find_by_id(&first.id).as_ref(), Some(first));
    assert_eq!((index.key_of(&first.id), index.key_of(&second.id)), (Some(7), Some(8)));
    let upper = first.id.to_uppercase();
    for unknown in ["", "7", "zed", "+1", &upper, &format!("0{}", first.id)] {
        assert!(unknown == first.id || index.key_of(unknown).is_none(), "{unknown}");
    }
    assert_eq!(index.find_by_username("bob"), []);
    assert_eq!(index.find_by_username(""), []);
    is_sound(&index);
}

#[test]
fn a_session_stays_the_same_when_it_is_saved_again_and_may_change_its_user() {
    let (index, clock) = index(10);
    save(&index, 7, None, &[]);
    save(&index, 7, Some("alice"), &[]);
    let before = index.find_by_username("alice").remove(0);
    clock.advance(Duration::from_secs(5));
    save(&index, 7, Some("bob"), &["a"]);
    assert_eq!(index.find_by_username("alice"), []);
    let after = index.find_by_username("bob").remove(0);
    assert_eq!((&after.id, after.created), (&before.id, before.created));
    assert_eq!(after.last_accessed, before.created + Duration::from_secs(5));
    is_sound(&index);
    index.removed(&7);
    index.removed(&7);
    assert_eq!((index.find_by_id(&after.id), index.find_by_username("bob")), (None, vec![]));
    is_sound(&index);
}

#[test]
fn whoever_was_used_longest_ago_is_forgotten_where_there_are_too_many() {
    let (index, _) = index(3);
    for key in 0..3 {
        save(&index, key, Some("alice"), &[]);
    }
    index.accessed(&0);
    for key in 3..5 {
        save(&index, key, Some("alice"), &[]);
    }
    let mut kept: Vec<_> =
        index.find_by_username("alice").iter().filter_map(|one| index.key_of(&one.id)).collect();
    kept.sort_unstable();
    assert_eq!(kept, [0, 3, 4]);
    is_sound(&index);
}

#[test]
fn sessions_whose_time_is_over_are_not_there() {
    let (index, clock) = index(10);
    save(&index, 1, Some("alice"), &[]);
    let id = index.find_by_username("alice").remove(0).id;
    clock.advance(LIFETIME);
    assert_eq!(index.find_by_id(&id), None);
    assert_eq!(index.find_by_username("alice"), []);
    assert_eq!(index.key_of(&id), None);
    is_sound(&index);
}

#[test]
fn what_a_session_holds_is_bounded() {
    let (index, _) = index(10);
    let long = "u".repeat(10_000);
    let names: Vec<String> = (0..1_000).map(|n| format!("{n}{long}")).collect();
    let expires = index.clock.now() + LIFETIME;
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    index.saved(1, SessionState { username: Some(&long), attribute_names: &names, expires });
    let found = index.find_by_username(&long).remove(0);
    assert_eq!(found.attribute_names.len(), MAX_NAMES);
    assert!(found.attribute_names.iter().all(|name| name.len() <= MAX_NAME));
}

#[test]
fn nothing_of_it_is_told_by_its_debug_form() {
    let index = SessionIndex::new(1);
    let attribute_names = &["cart"];
    let expires = SystemTime::now() + LIFETIME;
    index.saved("c00kie", SessionState { username: Some("alice"), attribute_names, expires });
    assert_eq!(format!("{index:?}"), "SessionIndex { max: 1, .. }");
}

proptest! {
    #[test]
    fn an_id_is_read_only_as_it_is_written(odd in odd_text("[0-9a-fA-F+_-]{30,34}"), id: u128) {
        if let Some(read) = parse(&odd) {
            prop_assert_eq!(written(read), odd);
        }
        prop_assert_eq!(parse(&written(id)), Some(id));
    }
}
