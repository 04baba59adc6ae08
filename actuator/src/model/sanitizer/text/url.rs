//! Passwords in front of the host of a URL or of a data source name.

use std::ops::Range;

use super::{MASK, last_bytes};

/// A user name without password that is at least so long, in bytes, and has a digit, is a token.
const TOKEN_LENGTH: usize = 20;

/// The password in `scheme://user:password@host`.
pub fn password(text: &str, from: usize) -> Option<Range<usize>> {
    let mut at = from;
    loop {
        let start = at + text.get(at..)?.find("://")? + 3;
        at = start;
        if let Some(secret) = in_authority(text, start) {
            return Some(secret);
        }
    }
}

fn in_authority(text: &str, start: usize) -> Option<Range<usize>> {
    let rest = text.get(start..)?;
    let end = rest.find(|c: char| ends_url(c) || "/?#".contains(c)).unwrap_or(rest.len());
    let authority = rest.get(..end)?;
    let userinfo = match authority.rsplit_once('@') {
        Some((userinfo, _)) => userinfo,
        // No `@` before the path: either there is no password, or it holds a raw `/`, `?` or `#`.
        None if has_odd_port(authority) => rest.get(..reach(rest))?.rsplit_once('@')?.0,
        None => return None,
    };
    let secret = match userinfo.split_once(':') {
        Some((user, _)) => start + user.len() + 1..start + userinfo.len(),
        None if is_token(userinfo) => start..start + userinfo.len(),
        None => return None,
    };
    (!secret.is_empty()).then_some(secret)
}

/// Whether what follows the host cannot be a port, so that it is the start of a password.
fn has_odd_port(authority: &str) -> bool {
    !authority.starts_with('[')
        && authority
            .split_once(':')
            .is_some_and(|(_, port)| !port.bytes().all(|byte| byte.is_ascii_digit()))
}

/// How far a password with raw separators may reach: not into the next URL.
fn reach(rest: &str) -> usize {
    rest.char_indices()
        .find(|(at, c)| {
            ends_url(*c) || (*c == ':' && rest.get(*at..).is_some_and(|r| r.starts_with("://")))
        })
        .map_or(rest.len(), |(at, _)| at)
}

fn ends_url(c: char) -> bool {
    c.is_whitespace() || c.is_control() || "\"'`<>\\".contains(c)
}

fn is_token(userinfo: &str) -> bool {
    userinfo.len() >= TOKEN_LENGTH && userinfo.bytes().any(|byte| byte.is_ascii_digit())
}

/// The password in `user:password@tcp(host)/database`.
pub fn data_source_password(text: &str, from: usize) -> Option<Range<usize>> {
    let mut at = from;
    loop {
        let end = at + text.get(at..)?.find('@')?;
        at = end + 1;
        if !["tcp(", "unix("]
            .iter()
            .any(|address| text.get(at..).is_some_and(|r| r.starts_with(address)))
        {
            continue;
        }
        let before = last_bytes(text, from, end);
        let name = before.rsplit(|c: char| ends_url(c) || c == '/').next().unwrap_or_default();
        if let Some((_, password)) = name.split_once(':').filter(|(_, rest)| !rest.is_empty()) {
            return Some(end - password.len()..end);
        }
    }
}

/// What is written in front of an address that is none of a server with a password.
const SCHEMES: &[&str] =
    &["mailto", "sip", "sips", "xmpp", "acct", "im", "cid", "mid", "urn", "jdbc"];

/// The password in `user:password@host:5432` or `user:password@host/database`, without a scheme.
pub fn bare_password(text: &str, from: usize) -> Option<Range<usize>> {
    let mut at = from;
    loop {
        let end = at + text.get(at..)?.find('@')?;
        at = end + 1;
        if !is_server(text.get(at..)?) {
            continue;
        }
        let before = last_bytes(text, from, end);
        let ends = |c: char| ends_url(c) || "/,;=(){}[]".contains(c);
        let userinfo = before.rsplit(ends).next().unwrap_or_default();
        let Some((user, password)) = userinfo.split_once(':') else { continue };
        let is_name = !user.is_empty() && !SCHEMES.iter().any(|s| s.eq_ignore_ascii_case(user));
        if is_name && !password.is_empty() && password != MASK {
            return Some(end - password.len()..end);
        }
    }
}

/// Whether a host with a port or a path stands here.
fn is_server(text: &str) -> bool {
    let near = text.get(..text.floor_char_boundary(256)).unwrap_or_default();
    let is_host = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let host = near.find(|c| !is_host(c)).unwrap_or(near.len());
    let Some(behind) = near.get(host..).filter(|_| host > 0) else { return false };
    if behind.starts_with('/') {
        return true;
    }
    let Some(port) = behind.strip_prefix(':') else { return false };
    let digits = port.bytes().take_while(u8::is_ascii_digit).count();
    let next = port.get(digits..).and_then(|rest| rest.chars().next());
    (1..=5).contains(&digits) && next.is_none_or(|c| !c.is_alphanumeric())
}
