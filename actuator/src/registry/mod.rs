//! From link time to run time: what was declared, in a fixed order, bound to its components.

mod adapter;
mod bean;
mod bind;
mod collect;
mod conflict;
mod declaration;

pub use crate::model::component::{Components, MissingComponent};
pub use adapter::{
    async_check, async_provider, async_task, blocking_check, blocking_task, declared_metrics,
    gauge, handles, provider,
};
pub use bean::{Bean, BeanRegistry};
pub use bind::{Missing, bind, share};
pub use collect::{Binder, Declarations};
pub use conflict::{Claim, refuse_conflicts, refuse_kinds};
pub use declaration::{EnvSourceDeclaration, InfoSourceDeclaration, ProviderDeclaration};
