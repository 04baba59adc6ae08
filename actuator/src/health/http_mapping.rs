//! From a status to the status code of HTTP.

use super::health::Status;

/// Spring's `SimpleHttpCodeStatusMapper`: what is not mapped is 200.
#[derive(Clone, Debug)]
pub struct HttpMapping {
    codes: Vec<(Status, u16)>,
}

impl Default for HttpMapping {
    /// DOWN and `OUT_OF_SERVICE` are 503.
    fn default() -> Self {
        Self { codes: vec![(Status::DOWN, 503), (Status::OUT_OF_SERVICE, 503)] }
    }
}

impl HttpMapping {
    /// A mapping of one's own; it replaces the defaults. Codes are compared loosely.
    pub fn of(codes: impl IntoIterator<Item = (String, u16)>) -> Self {
        Self { codes: codes.into_iter().map(|(code, http)| (Status::custom(code), http)).collect() }
    }

    /// The HTTP status code of a status.
    pub fn code(&self, status: &Status) -> u16 {
        self.codes.iter().find(|(mapped, _)| mapped == status).map_or(200, |(_, http)| *http)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn down_and_out_of_service_are_503_and_everything_else_is_200() {
        let mapping = HttpMapping::default();
        assert_eq!(mapping.code(&Status::DOWN), 503);
        assert_eq!(mapping.code(&Status::custom("out-of-service")), 503);
        assert_eq!(mapping.code(&Status::UNKNOWN), 200);
        assert_eq!(mapping.code(&Status::custom("FATAL")), 200);
    }

    #[test]
    fn a_mapping_of_ones_own_replaces_the_defaults() {
        let mapping = HttpMapping::of([("down".to_owned(), 299)]);
        assert_eq!(mapping.code(&Status::DOWN), 299);
        assert_eq!(mapping.code(&Status::OUT_OF_SERVICE), 200);
    }
}
