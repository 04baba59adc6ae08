//! The typed structs of the program: read with all other settings, handed to the application.

use std::sync::Arc;

use super::{app::App, basics::Basics, builder::Builder};
use crate::{
    endpoint::ConfigpropsParts,
    error::Result,
    model::sanitizer::SecretNames,
    registry::Declarations,
    settings::{
        Current, HelpEntry, SettingKind, SettingsReader,
        typed::{
            DescribedSetting, SettingsDeclaration, TypedRegistry, TypedSettings,
            described_settings, unknown_names,
        },
    },
};

/// The typed structs, and what looks like a mistake below their prefixes.
pub(super) struct Typed {
    pub(super) registry: Arc<TypedRegistry>,
    pub(super) warnings: Vec<String>,
}

impl Typed {
    /// Reads those that macros declared and those of the builder; the reader knows what is wrong.
    pub(super) fn read(builder: &Builder, reader: &mut SettingsReader<'_>) -> Self {
        let declarations = declarations(builder);
        let registry = Arc::new(TypedRegistry::read(&declarations, reader));
        Self { registry, warnings: unknown_names(reader.settings(), &declarations) }
    }
}

/// All structs that are known before the set-up runs.
fn declarations(builder: &Builder) -> Vec<SettingsDeclaration> {
    let declared = if builder.declarations { Declarations::settings() } else { Vec::new() };
    declared.into_iter().copied().chain(builder.typed.iter().copied()).collect()
}

/// Their names, as `--help-settings` shows them.
pub(super) fn help(builder: &Builder) -> Vec<HelpEntry> {
    let described = described_settings(&declarations(builder));
    let entry = |setting: DescribedSetting| HelpEntry {
        group: "The application's own".into(),
        name: setting.name.into(),
        kind: setting.kind.title().into(),
        default: setting.default.into(),
        description: setting.description.into(),
        is_secret: setting.is_secret,
    };
    described.into_iter().map(entry).collect()
}

/// The names that are secret by the type of their field, of all structs that were read.
pub(super) fn secret_names(typed: &TypedRegistry) -> SecretNames {
    let mut names = SecretNames::default();
    for setting in typed.described().iter().filter(|setting| setting.is_secret) {
        names.add(&setting.name, setting.kind == SettingKind::List);
    }
    names
}

/// What `configprops` shows.
pub(super) fn configprops(basics: &Basics) -> ConfigpropsParts {
    ConfigpropsParts {
        typed: Arc::clone(&basics.typed),
        settings: Arc::clone(&basics.live),
        show: basics.config.configprops.clone(),
    }
}

impl App {
    /// Makes components of the structs that were read.
    pub(super) fn adopt(&mut self, typed: &Arc<TypedRegistry>) {
        typed.insert_into(&mut self.components);
        self.typed = Arc::clone(typed);
    }

    /// A struct that derives [`Settings`](derive@crate::Settings), with the values of the start.
    /// Those that are linked into the program were read before the set-up; another one is read now,
    /// becomes a component, and is shown by `configprops`.
    ///
    /// ```
    /// use std::time::Duration;
    /// use actuator::App;
    ///
    /// #[derive(actuator::Settings)]
    /// #[settings(prefix = "shop.payment")]
    /// struct Payment {
    ///     /// How long the provider may take.
    ///     #[settings(default = "2s")]
    ///     timeout: Duration,
    /// }
    ///
    /// fn setup(app: &mut App) -> actuator::Result<()> {
    ///     let payment = app.settings::<Payment>()?;
    ///     assert_eq!(payment.timeout, Duration::from_secs(2));
    ///     Ok(())
    /// }
    /// # actuator::Actuator::builder().isolated().with(|app| setup(app).unwrap());
    /// ```
    ///
    /// # Errors
    /// All that is wrong with the settings of a struct that is read now.
    pub fn settings<T: TypedSettings>(&mut self) -> Result<Arc<T>> {
        if let Some((_, known)) = self.components.all::<T>().pop() {
            return Ok(known);
        }
        self.current_settings().map(|current| current.get())
    }

    /// The same as a handle on the values of now, which are others after a refresh.
    ///
    /// # Errors
    /// As [`Self::settings`].
    pub fn current_settings<T: TypedSettings>(&mut self) -> Result<Current<T>> {
        self.typed.current(&self.settings, &mut self.components)
    }
}

impl Builder {
    /// Reads a struct that derives [`Settings`](derive@crate::Settings) with all other settings, so
    /// that one refusal names whatever is wrong; for tests, and for structs of crates that are not
    /// linked for their declarations.
    pub fn bind_settings<T: TypedSettings>(mut self) -> Self {
        self.typed.push(const { SettingsDeclaration::of::<T>() });
        self
    }
}
