//! Behind `serve!`: a runtime if there is none, and a clear word where there is the wrong one.

use std::time::Duration;

use tokio::runtime::{Builder as RuntimeBuilder, Handle, RuntimeFlavor};

use super::{actuator::Actuator, package::Package, setup::Setup};
use crate::{
    error::{Error, ErrorKind, Result},
    logging,
};

/// How long tasks of the application may take to end once the service has stopped.
const LEFT_BEHIND: Duration = Duration::from_secs(1);

/// Runs the application of `package` until it is told to stop. Ends the process itself where it is to
/// end with another code than 0, or to begin anew.
pub fn serve<S, M>(package: Package, setup: S) -> Result<()>
where
    S: Setup<M>,
{
    let builder = Actuator::builder().package(package);
    builder.exit_if_help_asked();
    builder.exit_if_probed();
    let run = async { builder.run_with(setup).await };
    match Handle::try_current() {
        Err(_) => {
            let runtime = RuntimeBuilder::new_multi_thread().enable_all().build();
            let runtime = runtime.map_err(|error| {
                Error::new(ErrorKind::Runtime, format!("no runtime could be started: {error}"))
                    .with_cause(error)
            })?;
            let served = runtime.block_on(run);
            // A check or a handler that blocks its thread must not keep the process.
            runtime.shutdown_timeout(LEFT_BEHIND);
            logging::flush();
            served?.leave()
        }
        Ok(handle) if handle.runtime_flavor() == RuntimeFlavor::MultiThread => {
            let served = tokio::task::block_in_place(|| handle.block_on(run));
            logging::flush();
            served?.leave()
        }
        Ok(_) => Err(Error::new(
            ErrorKind::Runtime,
            "serve!() cannot block a current-thread runtime; use \
             `actuator::Actuator::builder().run().await` instead, call serve!() from a plain \
             `fn main()`, or make the runtime multi-threaded: \
             #[tokio::main(flavor = \"multi_thread\")]",
        )),
    }
}
