use actuator::scheduled;

#[scheduled(fixed_rate = "0s", timeout = "0s")]
fn nothing_at_all() {}

#[scheduled(fixed_rate = 30)]
fn without_unit() {}

#[scheduled(fixed_delay = "soon", jitter = "1x")]
fn no_durations() {}

#[scheduled(fixed_rate = "1s", jitter = "2s")]
fn more_jitter_than_rate() {}

#[scheduled(fixed_delay = "1s", overlap = skip)]
fn never_overlaps() {}

#[scheduled(initial_delay = "1s", overlap = queue)]
fn once_never_overlaps() {}

#[scheduled(fixed_rate = "1s", overlap = skipp)]
fn misspelt_choice() {}

#[scheduled(fixedRate = "1s")]
fn as_java_spells_it() {}

#[scheduled(name = "two words", fixed_rate = "1s")]
fn named_badly() {}

fn main() {}
