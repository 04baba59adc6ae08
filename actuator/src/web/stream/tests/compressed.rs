//! Streams for those who accept gzip.

use std::io::Read as _;

use super::*;

#[tokio::test]
async fn who_accepts_gzip_gets_it_and_reads_the_same() {
    let (stream, _) = lines(300);
    let response = respond(stream, &accepting("deflate, gzip;q=0.8"));
    assert_eq!(response.headers()[header::CONTENT_ENCODING], "gzip");
    assert_eq!(response.headers()[header::VARY], "accept-encoding");
    let body = response.into_body().collect().await.unwrap().to_bytes();
    assert!(body.len() < 200, "{}", body.len());
    let mut text = String::new();
    flate2::read::GzDecoder::new(&*body).read_to_string(&mut text).unwrap();
    assert_eq!(text, "123456789\n".repeat(200));
}

#[tokio::test]
async fn what_may_not_be_compressed_is_not() {
    let (mut stream, _) = lines(3);
    stream.compressible = false;
    let response = respond(stream, &accepting("gzip"));
    assert!(!response.headers().contains_key(header::CONTENT_ENCODING));
    assert!(!response.headers().contains_key(header::VARY));
}
