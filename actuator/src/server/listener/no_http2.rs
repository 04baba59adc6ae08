//! Without the feature `http2` there is HTTP/1.1 only.

use super::{
    activity::Activity, connection::Connection, service::RequestService, settings::Limits,
    watch::End,
};

/// Whether this program can speak it.
pub(super) const IS_BUILT_IN: bool = false;

/// Never asked for: the settings refuse to.
pub(super) async fn serve(_: Connection, _: RequestService, _: &Activity, _: &Limits) -> End<()> {
    End::Done(())
}
