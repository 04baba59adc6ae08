//! HTTP out: registration with Spring Boot Admin.
