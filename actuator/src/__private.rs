//! Not public API. Used by generated code; it changes without notice.

pub use core::{
    any::type_name, cfg, concat, env, file, include_bytes, line, marker::PhantomData, module_path,
    option::Option, option_env, primitive::str, result::Result, time::Duration,
};
pub use std::{boxed::Box, string::String, sync::Arc, vec::Vec};

pub use inventory;

pub use crate::{
    custom::{self, generated},
    health::{DeclaredOptions, HealthDeclaration},
    info::{ActuatorInfo, BuildFacts, Facts, FactsDeclaration, GitFacts, RustFacts, Tracked},
    meter::{
        MeterRegistry, Metrics,
        site::{
            AnyReturned, CountedSite, Failure, GaugeDeclaration, LongTaskSite, MeterDeclaration,
            MeterHandle, MeterKind, MeterSite, MetricsDeclaration, Returned, TimedSite, call,
            describe, error_of, exception, never,
        },
    },
    model::source::Source,
    registry::{
        EnvSourceDeclaration, InfoSourceDeclaration, ProviderDeclaration, async_check,
        async_provider, async_task, bind, blocking_check, blocking_task, declared_metrics, gauge,
        provider, share,
    },
    scheduling::{DeclaredSchedule, Overlap, ScheduledDeclaration},
    server::{NoSetup, Package, serve},
    settings::{
        FromSetting, SettingKind, SettingsReader, one_of,
        typed::{
            DescribedSetting, Field, FieldFacts, Group, Parsed, Place, Read, Rules, SettingField,
            SettingsDeclaration, Shape, TypedSettings, parsed, parsed_list, parsed_option,
        },
    },
    startup::{StartupDeclaration, StartupSite, StartupStepDeclaration},
};

/// The package that is being compiled.
#[doc(hidden)]
#[macro_export]
macro_rules! __actuator_package {
    () => {
        $crate::__private::Package {
            name: $crate::__private::env!("CARGO_PKG_NAME"),
            version: $crate::__private::env!("CARGO_PKG_VERSION"),
        }
    };
}
pub use __actuator_package as package;
