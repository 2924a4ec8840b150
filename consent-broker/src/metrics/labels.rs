//! The labels. Words of this program and templates of its routes; nothing that came with a request.

use prometheus_client::encoding::EncodeLabelSet;

macro_rules! labels {
    ($($name:ident { $($field:ident: $type:ty,)+ })+) => {$(
        #[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
        pub(super) struct $name {
            $(pub(super) $field: $type,)+
        }
    )+};
}

labels! {
    // The template is the router's own text.
    Route { route: String, method: &'static str, }
    RouteAnswer { route: String, method: &'static str, status: u16, }
    Reason { reason: &'static str, }
    Operation { operation: &'static str, }
    OperationError { operation: &'static str, reason: &'static str, }
    ProofUse { outcome: &'static str, }
    PushOutcome { outcome: &'static str, }
}
