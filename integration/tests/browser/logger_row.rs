//! A row of the loggers view: the buttons of one logger or group.

use serde_json::json;

use crate::view::View;

/// Finds the row of this name in a page.
const ROW: &str = "const row = [...document.querySelectorAll('main tr')]
    .find(row => row.querySelector('td span')?.innerText === arguments[0]);";

/// A logger or a group in an open loggers view.
pub struct LoggerRow<'v> {
    view: &'v View,
    name: &'v str,
}

impl View {
    /// The row of this logger or group, once it is there; it is moved into the picture.
    #[track_caller]
    pub fn logger<'v>(&'v self, name: &'v str) -> LoggerRow<'v> {
        let script = format!("{ROW} row?.scrollIntoView({{block: 'center'}}); return !!row");
        self.browser.wait_until(&format!("there is a row {name}"), &script, &[json!(name)]);
        LoggerRow { view: self, name }
    }
}

impl LoggerRow<'_> {
    /// Presses one of its buttons: a level, or `Unset`.
    #[track_caller]
    pub fn press(&self, button: &str) {
        let script = format!(
            "{ROW} const button = [...row.querySelectorAll('button')]
                .find(button => button.innerText === arguments[1] && !button.disabled);
            button?.click(); return !!button"
        );
        let what = format!("{button} of {} can be pressed", self.name);
        self.view.browser.wait_until(&what, &script, &[json!(self.name), json!(button)]);
    }

    /// Waits until exactly these levels are shown as in effect: several where instances differ, none of a group that
    /// has none.
    #[track_caller]
    pub fn shows(&self, levels: &[&str]) {
        let script = format!(
            "{ROW} const shown = row && [...row.querySelectorAll('button.is-active')].map(b => b.innerText);
            return JSON.stringify(shown) === JSON.stringify(arguments[1])"
        );
        let what = format!("{} is shown at {levels:?}", self.name);
        self.view.browser.wait_until(&what, &script, &[json!(self.name), json!(levels)]);
    }

    /// Presses a level and waits until that is shown.
    #[track_caller]
    pub fn set(&self, level: &str) {
        self.press(level);
        self.shows(&[level]);
    }
}
