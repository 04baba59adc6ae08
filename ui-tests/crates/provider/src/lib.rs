//! A library that brings a check along; linked only by those who name it.

mod inner {
    #[actuator::health_check(name = "provided")]
    fn provided() {}
}
