//! However a connection begins.

use std::sync::Arc;

use proptest::prelude::*;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::UnixStream,
    runtime,
    time::Instant,
};

use super::{activity::Activity, connection::Connection, preface, stream::Stream};
use crate::support::live_answers::LiveAnswers;

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// Whether HTTP/2 is taken to be spoken by who sends this, and what is read after that.
fn heard(parts: &[Vec<u8>]) -> (bool, Vec<u8>) {
    runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
        let (mut caller, stream) = UnixStream::pair().unwrap();
        let activity = Arc::new(Activity::new(Instant::now()));
        let mut connection =
            Connection::new(Stream::Unix(stream), activity, LiveAnswers::default());
        let send = async {
            for part in parts {
                caller.write_all(part).await.unwrap();
                tokio::task::yield_now().await;
            }
            caller.shutdown().await.unwrap();
        };
        let hear = async {
            let spoken = preface::is_spoken(&mut connection).await.unwrap();
            let mut all = Vec::new();
            connection.read_to_end(&mut all).await.unwrap();
            (spoken, all)
        };
        tokio::join!(send, hear).1
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn http2_is_known_by_its_first_bytes_and_none_is_lost(
        known in 0..=PREFACE.len(),
        rest in prop::collection::vec(any::<u8>(), 0..40),
        cuts in prop::collection::vec(0_usize..70, 0..4),
    ) {
        let sent = [&PREFACE[..known], &rest].concat();
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(sent.len())).collect();
        cuts.extend([0, sent.len()]);
        cuts.sort_unstable();
        let parts: Vec<Vec<u8>> = cuts.windows(2).map(|cut| sent[cut[0]..cut[1]].to_vec()).collect();
        let (spoken, read) = heard(&parts);
        prop_assert_eq!(spoken, sent.starts_with(PREFACE));
        prop_assert_eq!(read, sent);
    }
}
