//! HTTP/2 on one connection.

use std::{
    pin::{Pin, pin},
    time::Duration,
};

use hyper::server::conn::http2::{Builder, Connection as HyperConnection};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};

use super::{
    activity::Activity,
    connection::Connection,
    service::RequestService,
    settings::Limits,
    watch::{End, Work, watch},
};

/// Whether this program can speak it.
pub(super) const IS_BUILT_IN: bool = true;
/// Requests at once on one connection, as in Tomcat.
const MAX_STREAMS: u32 = 100;
/// Streams that a caller may open and reset before they were looked at: rapid reset,
/// CVE-2023-44487.
const MAX_PENDING_RESETS: usize = 20;
/// Streams that are reset because of the caller's errors before the connection ends:
/// RUSTSEC-2024-0003.
const MAX_ERROR_RESETS: usize = 256;
/// How often a caller is asked whether it is still there, and how long it may take to say so.
const PING: Duration = Duration::from_secs(20);
/// Bytes of answers that wait for a stream's caller.
const MAX_SEND_BUFFER: usize = 64 * 1024;

type Http2 = HyperConnection<TokioIo<Connection>, RequestService, TokioExecutor>;

impl Work for Http2 {
    fn wind_down(self: Pin<&mut Self>) {
        self.graceful_shutdown();
    }
}

/// Serves a connection to its end.
pub(super) async fn serve(
    connection: Connection,
    service: RequestService,
    activity: &Activity,
    limits: &Limits,
) -> End<()> {
    let serving = builder(limits).serve_connection(TokioIo::new(connection), service);
    match watch(pin!(serving), activity, limits).await {
        End::Given(reason) => End::Given(reason),
        // What a caller did wrong is its own matter.
        End::Done(_) => End::Done(()),
    }
}

fn builder(limits: &Limits) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .timer(TokioTimer::new())
        .max_concurrent_streams(MAX_STREAMS)
        .max_header_list_size(u32::try_from(limits.head).unwrap_or(u32::MAX))
        .max_pending_accept_reset_streams(MAX_PENDING_RESETS)
        .max_local_error_reset_streams(MAX_ERROR_RESETS)
        .max_send_buf_size(MAX_SEND_BUFFER)
        .keep_alive_interval(PING)
        .keep_alive_timeout(PING);
    builder
}
