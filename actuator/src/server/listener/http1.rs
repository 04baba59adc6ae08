//! HTTP/1.1 on one connection.

use std::{
    pin::{Pin, pin},
    time::Duration,
};

use hyper::server::conn::http1::{Builder, UpgradeableConnection};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    time::timeout,
};

use super::{
    activity::Activity,
    connection::Connection,
    service::RequestService,
    settings::Limits,
    watch::{Brief, End, Work, watch},
};

/// The smallest buffer: a head that is too long, but not by far, is answered with what is wrong.
const MIN_BUFFER: usize = 16 * 1024;
/// How long a caller may go on sending what nobody wants, so that it gets
/// to see the answer: who closes at once takes that away from it (RFC 9112, 9.6).
const LINGER: Duration = Duration::from_secs(1);
/// The same in bytes.
const LINGER_BYTES: usize = 1024 * 1024;

/// How connections are served within these limits. Time is kept in [`watch`].
pub(super) fn builder(limits: &Limits) -> Builder {
    let mut builder = Builder::new();
    builder.header_read_timeout(None).max_buf_size(limits.head.saturating_mul(2).max(MIN_BUFFER));
    builder
}

type Http1 = UpgradeableConnection<TokioIo<Connection>, RequestService>;

impl Work for Http1 {
    fn wind_down(self: Pin<&mut Self>) {
        self.graceful_shutdown();
    }
}

/// Serves a connection to its end.
pub(super) async fn serve(
    connection: Connection,
    service: RequestService,
    builder: &Builder,
    activity: &Activity,
    limits: &Limits,
) -> End<()> {
    let serving = builder.serve_connection(TokioIo::new(connection), service);
    let mut serving = serving.with_upgrades();
    let end = watch(Pin::new(&mut serving), activity, limits).await;
    let refused = match end {
        End::Given(reason) => return End::Given(reason),
        End::Done(Ok(())) => activity.has_unread(),
        End::Done(Err(error)) => error.is_parse(),
    };
    match serving.into_parts() {
        Some(parts) if refused => {
            let linger = Brief(Box::pin(linger(parts.io.into_inner())));
            watch(pin!(linger), activity, limits).await
        }
        _ => End::Done(()),
    }
}

/// Takes what the caller goes on sending after the answer, so that it gets to see that. Where there
/// is no answer, it sees the end at once.
async fn linger(mut connection: Connection) {
    let mut unwanted = [0; 8 * 1024];
    let mut left = LINGER_BYTES;
    let drain = async {
        // If that is no longer possible, the caller knows already.
        let _ = connection.shutdown().await;
        while let Ok(read @ 1..) = connection.read(&mut unwanted).await
            && left > read
        {
            left -= read;
        }
    };
    // However it ends, this was its time.
    let _ = timeout(LINGER, drain).await;
}
