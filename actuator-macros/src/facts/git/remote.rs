//! Addresses of remotes, without what must not reach a binary.

/// The address without user, password, query and fragment. `None` for a folder of this machine:
/// its path says nothing to others and something about the builder.
pub(super) fn without_credentials(url: &str) -> Option<String> {
    let url = url.trim();
    let url = url.split(['?', '#']).next().unwrap_or_default();
    if let Some((scheme, rest)) = url.split_once("://") {
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let host = after_user(authority);
        // `ext::` and other helpers run commands; their addresses are not for show.
        let is_plain = !scheme.is_empty() && scheme.chars().all(|c| c.is_ascii_alphanumeric());
        return (is_plain && scheme != "file" && !host.is_empty())
            .then(|| format!("{scheme}://{host}/{path}"));
    }
    // `user@host:path`, as ssh takes it; a slash before the colon makes it a folder.
    let (authority, path) = url.split_once(':')?;
    let host = after_user(authority);
    let is_host = host.len() > 1 && !authority.contains('/') && !path.starts_with(':');
    // A user with a password holds a colon too; then the host stands in what looked like the path.
    (is_host && !path.contains('@') && !path.contains('\\')).then(|| format!("{host}:{path}"))
}

fn after_user(authority: &str) -> &str {
    authority.rsplit_once('@').map_or(authority, |(_, host)| host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_lose_their_credentials() {
        for (url, shown) in [
            ("https://me:s3cret@git.example/shop.git", "https://git.example/shop.git"),
            (
                "https://t0ken@git.example/shop.git?private_token=x#y",
                "https://git.example/shop.git",
            ),
            ("https://a:b@c@git.example/shop", "https://git.example/shop"),
            ("ssh://git@git.example:2222/shop.git", "ssh://git.example:2222/shop.git"),
            ("git@git.example:team/shop.git", "git.example:team/shop.git"),
        ] {
            assert_eq!(without_credentials(url).as_deref(), Some(shown), "{url}");
        }
    }

    #[test]
    fn folders_and_helpers_are_not_shown() {
        for url in [
            "/srv/git/shop.git",
            "../shop",
            "file:///srv/shop",
            "C:\\shop",
            "ext::sh -c secret",
            "me:s3cret@git.example:shop",
            "",
        ] {
            assert_eq!(without_credentials(url), None, "{url}");
        }
    }
}
