//! Health put together: the checks of declarations, set-up, settings and components in one tree,
//! with their groups, meters and audit events.

mod audit;
mod meters;

use std::sync::Arc;

use tokio::runtime::Handle;

use self::meters::HealthMeters;
use super::{
    app::App,
    basics::Basics,
    bundles::{Bundles, NAME},
};
use crate::{
    admin::RegistrationStatus,
    error::{Error, ErrorKind, Result},
    health::{
        Availability, ContributorError, Health, HealthCheck, HealthContributors, HealthGroups,
        HealthSettings, builtin,
    },
    meter::MeterRegistry,
    model::sanitizer::Sanitizer,
    settings::SettingsReader,
    support::{application_runtime::ApplicationRuntime, host},
    webhook::{self, WebhookHandle, WebhookSettings},
};

/// The tree of checks, and the groups with those that checks make by joining them. Takes the
/// checks of `app`.
pub(super) fn assemble(
    basics: &Basics,
    mut checks: Vec<HealthCheck>,
    app: &mut App,
    runtime: &ApplicationRuntime,
) -> Result<(Arc<HealthContributors>, HealthGroups)> {
    let settings = &basics.config.health;
    let mut reader = SettingsReader::new(&basics.settings);
    checks.append(&mut app.checks);
    for check in builtin::from_settings(&mut reader) {
        // What the application declares under the same name is the application's word.
        if checks.iter().all(|own| own.path() != check.path()) {
            checks.push(check);
        }
    }
    checks.retain(|check| settings.is_enabled(check.path()));
    let joined = checks.iter().flat_map(|check| check.groups().to_vec());
    let groups = settings.groups.clone().with_joined(joined);
    let meters = Arc::new(HealthMeters::new(Arc::clone(&basics.meters)));
    let contributors = settings.contributors(&groups, runtime.clone(), Some(meters));
    let contributors = Arc::new(contributors);
    // Before the first check, whose first run may be a change already.
    audit::record_changes(&contributors, basics.audit.clone());
    for check in checks {
        contributors.register(check).map_err(refused)?;
    }
    builtin::register_discovered(&contributors, settings, &app.components);
    register_bundles(&contributors, settings, &app.bundles);
    let disk: builtin::DiskReader =
        Arc::new(|path| host::disk_space(path).map(|space| (space.total, space.usable)));
    builtin::register(&contributors, settings, &app.availability, &disk).map_err(refused)?;
    settings.validate(&mut reader, &contributors);
    basics.config.webhook.validate(&mut reader, &contributors.paths());
    reader.finish()?;
    for line in settings.unknown_checks(&contributors) {
        tracing::warn!(target: "actuator::settings", "{line}");
    }
    tell_states(&contributors, app.availability.clone());
    Ok((contributors, groups))
}

/// The check of bundles of certificates: where there are some, or a setting asks for it.
fn register_bundles(
    contributors: &HealthContributors,
    settings: &HealthSettings,
    bundles: &Bundles,
) {
    let by_default = !bundles.is_empty() && settings.is_builtin_enabled(NAME);
    if by_default || settings.is_requested(NAME) {
        // A name that the application took is the application's.
        let _ = contributors.register(bundles.check(settings.certificate_warning));
    }
}

/// Asks the states of availability when they change, so that a change is told at once and not when
/// the next probe comes. What happens before the service is ready is no change to anybody.
fn tell_states(contributors: &Arc<HealthContributors>, availability: Availability) {
    const STATES: [&str; 3] = ["livenessState", "readinessState", "startupState"];
    let contributors = Arc::downgrade(contributors);
    let Ok(runtime) = Handle::try_current() else { return };
    runtime.spawn(async move {
        availability.when_ready().await;
        let mut changes = availability.changes();
        loop {
            let Some(contributors) = contributors.upgrade() else { return };
            for state in STATES {
                contributors.check_now(state).await;
            }
            drop(contributors);
            if changes.next().await.is_none() {
                return;
            }
        }
    });
}

/// Shows how registration goes as a component of health: UP once registered everywhere, UNKNOWN
/// until then, which leaves the overall status alone.
pub(super) fn registration_check(health: &HealthContributors, status: RegistrationStatus) {
    let check = move || {
        let status = status.clone();
        async move {
            let servers = status.after_first_attempt().await;
            let registered = servers.iter().all(|server| server.registered);
            let health = if registered { Health::up() } else { Health::unknown() };
            health.with_detail("servers", servers)
        }
    };
    // A name that the application took is the application's.
    let _ = health.register(HealthCheck::new("springBootAdmin", check));
}

/// Tells the webhook of what is wrong already, and of every change from now on.
pub(super) fn start_webhook(
    settings: &WebhookSettings,
    health: &HealthContributors,
    registry: &MeterRegistry,
    (application, instance): (&str, &str),
    sanitizer: &Sanitizer,
) -> Option<WebhookHandle> {
    let (application, instance) = (application.to_owned(), instance.to_owned());
    let sender = webhook::Sender { application, instance, sanitizer: sanitizer.clone() };
    let handle = webhook::start(settings, sender)?;
    meters::bind_webhook(registry, &handle.messages());
    health.on_change(handle.listener());
    let listener = handle.listener();
    for path in health.paths() {
        let history = health.history(&path).unwrap_or_default();
        if let Some(latest) = history.last() {
            listener(latest);
        }
    }
    Some(handle)
}

fn refused(error: ContributorError) -> Error {
    Error::new(ErrorKind::Declaration, error.to_string()).with_cause(error)
}
