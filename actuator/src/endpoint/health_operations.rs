//! What can be done with health, for `health`, `health_override` and documents of the API.

use crate::model::{
    answer::Answer,
    endpoint::{Operation, Produces, Selector},
    parameter::{Parameter, Shape},
    schema::{Member, Schema},
};

/// Reading.
pub(super) const READS: &[Operation] = &[ALL, ONE];

/// Reading, and the four operations that setting by hand adds.
pub(super) const OPERATIONS: &[Operation] = &[
    ALL,
    ONE,
    Operation::write(&[])
        .producing(Produces::Nothing)
        .doing("Takes the instance out of traffic, for a while.")
        .taking(TERMS)
        .answering(SET),
    Operation::write(PATH)
        .producing(Produces::Nothing)
        .doing("Sets the status of a check by hand, for a while.")
        .taking(TERMS)
        .answering(SET),
    Operation::delete(&[])
        .doing("Lets the instance have traffic again.")
        .answering(&[Answer::nothing(), Answer::not_found("Nothing is set by hand.")]),
    Operation::delete(PATH)
        .doing("Lets a check speak for itself again.")
        .taking(&[NAMES])
        .answering(&[Answer::nothing(), Answer::not_found("Nothing is set by hand.")]),
];

const ALL: Operation =
    Operation::read(&[]).doing("The health of the application, or of a group.").answering(&[
        Answer::of(HEALTH).saying("The application is well."),
        Answer::of(HEALTH).with_status(503).saying(
            "It is not, or it takes no traffic. Which status a state has is for settings to say.",
        ),
    ]);
const ONE: Operation = Operation::read(PATH)
    .doing("The health of a group, of a check, or of one within a group.")
    .taking(&[NAMES])
    .answering(&[
        Answer::of(HEALTH).saying("It is well."),
        Answer::of(HEALTH)
            .with_status(503)
            .saying("It is not. Which status a state has is for settings to say."),
        Answer::not_found("There is no such group or check, or the caller does not see it."),
    ]);

const PATH: &[Selector] = &[Selector::Remaining("path")];
const NAMES: Parameter =
    Parameter::path("path", Shape::Text, "The name of a group, or of a check.");
const TERMS: &[Parameter] = &[
    Parameter::body("status", Shape::Text, "The status to show; OUT_OF_SERVICE by default."),
    Parameter::body("duration", Shape::Duration, "For how long; ten minutes by default."),
    Parameter::body("reason", Shape::Text, "Why, for those who look."),
    Parameter::body("actor", Shape::Text, "Who does it, where nobody is asked who it is."),
];
const SET: &[Answer] = &[
    Answer::nothing(),
    Answer::refused(400, "The status, or the time, cannot be used."),
    Answer::refused(404, "There is no such check."),
];

const TREE: &str = "Health";
/// Version 2 of the actuator's JSON has components in `details`.
const HEALTH: Schema = Schema::Named(
    TREE,
    &Schema::Object(&[
        Member::new("status", Schema::Text),
        Member::optional("description", Schema::Text),
        Member::optional("components", Schema::Map(&Schema::Around(TREE))),
        Member::optional("details", Schema::Map(&Schema::Any)),
        Member::optional("groups", Schema::List(&Schema::Text)),
    ]),
);
