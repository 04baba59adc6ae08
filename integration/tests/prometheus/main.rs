//! The real Prometheus, its linter and an independent parser read what services expose; alerts, dashboards and their
//! documentation are asked of that server.

mod dashboards;
mod deploy;
mod formats;
mod scene;
mod scraped;
