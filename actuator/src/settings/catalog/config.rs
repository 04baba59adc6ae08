//! Settings of the settings: where they are, and which profiles are active.

use super::{Entry, Kind, catalog};

#[rustfmt::skip]
pub(super) const ENTRIES: &[Entry] = catalog! {
    "spring.application.json" Text "" "Settings as one JSON object: SPRING_APPLICATION_JSON.";
    "spring.config.location" List "./, config/, config/*/" "Directories and files with settings, in place of the usual ones; a later one wins.";
    "spring.config.additional-location" List "" "Directories and files with settings, over the usual ones.";
    "spring.config.name" List "application,actuator" "Names of the files in directories, without their endings; a later one wins.";
    "spring.config.import" List "" "More files and trees with settings, over the document that names them.";
    "spring.config.activate.on-profile" List "" "Condition of a document: profiles with !, &, | and parentheses; one of the list has to be true.";
    "spring.config.activate.on-cloud-platform" Text "" "Documents with it are left out: use a profile.";
    "spring.profiles.active" List "" "Active profiles; the last one wins.";
    "spring.profiles.include" List "" "Profiles that are active too, before the others.";
    "spring.profiles.default" List "default" "Profiles whose files are read while none is active.";
    "spring.profiles.group.*" List "" "Profiles that become active behind the one that the group is named after.";
    "actuator.settings.on-invalid" Text "fail" "What a value does that cannot be used: fail refuses the start, warn-and-keep is a warning, and what it would have won over is kept. What decides who may do what always refuses.";
};
