//! Info: facts of the build, and what the application contributes.

pub mod facts;
