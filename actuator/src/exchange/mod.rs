//! HTTP exchanges: the last requests and their answers.
