//! Whether a connection speaks HTTP/2: agreed upon by TLS, or told by its first bytes.

use std::io;

use bytes::Bytes;
use tokio::io::AsyncReadExt as _;

use super::connection::Connection;

/// How a connection of HTTP/2 begins (RFC 9113, 3.4).
const PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// Whether the connection begins as HTTP/2 does. What was read of it is put back.
pub(super) async fn is_spoken(connection: &mut Connection) -> io::Result<bool> {
    if let Some(agreed) = connection.is_http2() {
        return Ok(agreed);
    }
    let mut begun = [0; PREFACE.len()];
    let mut filled = 0;
    while let Some(rest) = begun.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        let read = connection.read(rest).await?;
        filled += read;
        let (begun, preface) = (begun.get(..filled), PREFACE.get(..filled));
        if read == 0 || begun != preface {
            break;
        }
    }
    connection.put_back(Bytes::copy_from_slice(begun.get(..filled).unwrap_or_default()));
    Ok(begun == *PREFACE)
}
