//! Requests that failed, as the UI shows them.

use actuator_integration::http;
use serde_json::{Value, json};

use crate::logs::application;
use crate::view::View;

#[test]
fn http_exchanges_show_an_error_a_panic_and_a_refusal_with_the_ids_of_their_requests() {
    let scene = application("failing", &[("actuator.errors.enabled", "true")]);
    let view = View::of(scene.clone(), "httpexchanges", "exchanges-failures");
    let failures =
        [("answer/500", 500, "r-500"), ("panic", 500, "r-panic"), ("answer/401", 401, "r-401")];
    for (path, status, id) in failures {
        let url = format!("{}/{path}", scene.service.url());
        let answer = http::get(&url, &[("X-Request-ID", id)]);
        assert_eq!(
            (answer.status, answer.header("x-request-id")),
            (status, Some(id)),
            "{answer:?}"
        );
    }
    for (path, status, id) in failures {
        let exchange = opened(&view, path);
        assert_eq!(exchange["response"]["status"], status);
        assert_eq!(exchange["request"]["headers"]["x-request-id"], json!([id]));
        assert_eq!(exchange["response"]["headers"]["x-request-id"], json!([id]));
        assert_eq!(exchange["requestId"], id);
        assert_eq!(exchange["log"], format!("logstream?request={id}"));
    }
    view.shows(&["Internal Server Error", "Unauthorized"]);
    view.close();
}

/// Opens the exchange of this path, and closes it again: what it says.
#[track_caller]
fn opened(view: &View, path: &str) -> Value {
    let script = "const row = [...document.querySelectorAll('main tbody tr')]
            .find(row => row.querySelectorAll('td')[3]?.innerText.endsWith('/' + arguments[0]));
        const next = row?.nextElementSibling;
        const text = next?.querySelector('code.whitespace-pre-wrap')?.innerText;
        if (row) row.querySelector('button').click();
        return text";
    let what = format!("the exchange of {path} is open");
    let text = view.browser.wait_until(&what, script, &[json!(path)]);
    serde_json::from_str(text.as_str().unwrap()).unwrap()
}
