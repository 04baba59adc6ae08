//! Arguments that settings complete.

use super::*;

fn settings(pairs: &[(&str, &str)]) -> Settings {
    pairs.iter().fold(Settings::builder(), |b, (k, v)| b.force(k, *v)).build().unwrap()
}

fn shown(declared: DeclaredSchedule, pairs: &[(&str, &str)]) -> String {
    format!("{:?}", declared.resolve(&settings(pairs)).unwrap())
}

#[test]
fn values_come_from_the_code_or_from_settings() {
    let declared = DeclaredSchedule {
        fixed_rate: Some("${poll.every:5s}"),
        initial_delay: Some("250"),
        timeout: Some("PT1M"),
        overlap: Some(Overlap::Queue),
        ..DeclaredSchedule::NONE
    };
    let default = shown(declared, &[]);
    for part in ["FixedRate(5s)", "initial_delay: Some(250ms)", "timeout: Some(60s)", "Queue"] {
        assert!(default.contains(part), "{part}: {default}");
    }
    let set = shown(declared, &[("poll.every", "PT10S")]);
    assert!(set.contains("FixedRate(10s)"), "{set}");
}

#[test]
fn a_single_delay_is_a_task_that_runs_once() {
    let declared =
        DeclaredSchedule { initial_delay: Some("${warm.after:1s}"), ..DeclaredSchedule::NONE };
    assert!(shown(declared, &[]).contains("trigger: Once"));
}

#[test]
fn a_dash_switches_a_task_off() {
    let cron = DeclaredSchedule {
        cron: Some("${orders.cleanup.cron}"),
        zone: Some("UTC"),
        ..DeclaredSchedule::NONE
    };
    let rate = DeclaredSchedule { fixed_rate: Some("${every}"), ..DeclaredSchedule::NONE };
    assert_eq!(shown(cron, &[("orders.cleanup.cron", "-")]), "None");
    assert_eq!(shown(rate, &[("every", " - ")]), "None");
}

#[test]
fn what_is_not_set_or_no_duration_is_told_with_its_argument() {
    let rate = DeclaredSchedule { fixed_rate: Some("${every}"), ..DeclaredSchedule::NONE };
    let unset = rate.resolve(&settings(&[])).unwrap_err();
    assert!(
        unset.starts_with("fixed_rate = \"${every}\" names a setting that is not set"),
        "{unset}"
    );
    let wrong = rate.resolve(&settings(&[("every", "soon")])).unwrap_err();
    assert!(wrong.starts_with("fixed_rate = \"soon\": expected a duration"), "{wrong}");
}
