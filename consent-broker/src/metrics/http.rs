//! One span and one measurement for each request: by the template of its route, never by its address.

use std::sync::Arc;

use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderMap, Method},
    middleware::Next,
    response::Response,
};
use prometheus_client::metrics::gauge::Gauge;
use tokio::time::Instant;
use tracing::{Instrument as _, field};

use super::labels::{Reason, Route, RouteAnswer};
use crate::{surroundings::Surroundings, trace::TraceContext};

/// What a request is counted under that has no route.
const NO_ROUTE: &str = "none";

/// Why a request was refused; goes with the answer as far as [`observe`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Refused(pub(crate) &'static str);

/// Measures a request and gives it a span. The names of the fields are those of OpenTelemetry's
/// semantic conventions for HTTP servers.
pub(crate) async fn observe(
    State(surroundings): State<Arc<Surroundings>>,
    request: Request,
    next: Next,
) -> Response {
    let metrics = &surroundings.metrics;
    let route = Route {
        route: template(&request),
        method: known(request.method()),
    };
    let span = span(&route, request.headers());
    let _open = Open::one_more(&metrics.requests_open);
    let began = Instant::now();
    let response = next.run(request).instrument(span.clone()).await;
    let took = began.elapsed();
    let status = response.status().as_u16();
    span.record("http.response.status_code", status);
    if let Some(Refused(reason)) = response.extensions().get() {
        span.record("error.type", reason);
        metrics.refusals.get_or_create(&Reason { reason }).inc();
    }
    let milliseconds = took.as_secs_f64() * 1e3;
    span.in_scope(|| {
        tracing::debug!(milliseconds, "a request was answered");
    });
    metrics
        .request_durations
        .get_or_create(&route)
        .observe(took.as_secs_f64());
    let answer = RouteAnswer {
        route: route.route,
        method: route.method,
        status,
    };
    metrics.requests.get_or_create(&answer).inc();
    response
}

fn template(request: &Request) -> String {
    let matched = request.extensions().get::<MatchedPath>();
    matched.map_or(NO_ROUTE, MatchedPath::as_str).to_owned()
}

/// A method that somebody invents is not counted under its name.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::DELETE => "DELETE",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

fn span(route: &Route, headers: &HeaderMap) -> tracing::Span {
    let trace = TraceContext::of(headers);
    tracing::info_span!(
        "broker.request",
        http.request.method = route.method,
        http.route = route.route,
        http.response.status_code = field::Empty,
        error.type = field::Empty,
        trace_id = trace.as_ref().map(TraceContext::trace_id),
        parent_id = trace.as_ref().map(TraceContext::parent_id),
    )
}

/// Counts down however the request ends, also when its caller goes away.
struct Open(Gauge);

impl Open {
    fn one_more(gauge: &Gauge) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.dec();
    }
}
