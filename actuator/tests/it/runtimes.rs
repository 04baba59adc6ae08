//! `serve!` where it cannot serve. Where it can, the examples prove it: `quickstart` from a plain
//! `main`, `worker` inside a runtime of many threads.

#[tokio::test]
async fn serve_in_a_current_thread_runtime_is_refused_with_the_alternative() {
    let error = actuator::serve!().unwrap_err();
    assert!(error.is_runtime());
    let message = error.to_string();
    for part in ["current-thread", "Actuator::builder().run().await", "fn main()", "multi_thread"] {
        assert!(message.contains(part), "no {part} in: {message}");
    }
}

#[tokio::test]
async fn that_alternative_works_there() {
    let running = crate::app::app().builder.start().await.unwrap();
    let address = running.address();
    let answer = tokio::task::spawn_blocking(move || testkit::get(address, "/actuator/health"));
    assert_eq!(answer.await.unwrap().status(), 200);
    running.shutdown().await;
}
