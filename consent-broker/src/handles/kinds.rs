//! The kinds of handle and the facts in each.

use credential_core::{
    consent::narrowing::Narrowing,
    id::{GrantId, RequestId, SubjectId},
};
use serde::{Deserialize, Serialize};

use super::Handle;

macro_rules! handles {
    ($($(#[$doc:meta])* $name:ident = $kind:literal { $($(#[$field_doc:meta])* $field:ident: $type:ty,)+ })+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            $($(#[$field_doc])* pub $field: $type,)+
            /// The first second in which it no longer works, since 1970.
            pub exp: i64,
        }

        impl Handle for $name {
            const KIND: &'static str = $kind;

            fn expires_at(&self) -> i64 {
                self.exp
            }
        }
    )+};
}

handles! {
    /// What PAR answers: names a pushed request, for the client that pushed it.
    RequestUri = "request_uri" {
        /// The pushed request.
        request_id: RequestId,
        /// Who pushed it.
        client_id: String,
    }
    /// What the browser hands to the wallet: whoever opens it first with an account has the request.
    Ticket = "ticket" {
        /// The pushed request.
        request_id: RequestId,
        /// base64url SHA-256 of the cookie of the browser the ticket was shown in.
        session: String,
    }
    /// The same for a wallet on another device, whose answer is six digits.
    CrossDeviceTicket = "cross_device_ticket" {
        /// The pushed request.
        request_id: RequestId,
        /// base64url SHA-256 of the cookie of the browser the ticket was shown in.
        session: String,
    }
    /// Ties the form for the digits to one request and one browser.
    DigitsForm = "digits_form" {
        /// The pushed request.
        request_id: RequestId,
        /// base64url SHA-256 of the cookie of the browser the form was shown in.
        session: String,
    }
    /// What the wallet hands back to the browser.
    CompletionLink = "completion" {
        /// The pushed request.
        request_id: RequestId,
    }
    /// An authorization code (RFC 6749 section 4.1.2) with everything it is bound to.
    AuthorizationCode = "code" {
        /// The person's account.
        subject_id: SubjectId,
        /// The grant.
        grant_id: GrantId,
        /// The grant's epoch when the code was made.
        epoch: u32,
        /// For whom.
        client_id: String,
        /// The key it is bound to (RFC 9449 section 10).
        jkt: String,
        /// Where it was sent to.
        redirect_uri: String,
        /// RFC 7636.
        code_challenge: String,
    }
    /// An access token for one grant, at one resource.
    AccessToken = "access_token" {
        /// The person's account.
        subject_id: SubjectId,
        /// The grant.
        grant_id: GrantId,
        /// The grant's epoch when the token was made.
        epoch: u32,
        /// For whom.
        client_id: String,
        /// The key it is bound to.
        jkt: String,
        /// The resource it is good for.
        aud: String,
        /// When it was made, since 1970.
        iat: i64,
        /// What is left of the granted details, when that is not all.
        narrowing: Option<Narrowing>,
    }
    /// A refresh token; ends with the grant.
    RefreshToken = "refresh_token" {
        /// The person's account.
        subject_id: SubjectId,
        /// The grant.
        grant_id: GrantId,
        /// The grant's epoch when the token was made.
        epoch: u32,
        /// For whom.
        client_id: String,
        /// The key it is bound to.
        jkt: String,
    }
    /// The way to a recipient's own page; good for one browser.
    PageLink = "page_link" {
        /// Whose page.
        client_id: String,
        /// base64url SHA-256 of the recipient's registered keys.
        keys: String,
        /// Names the link, so that it is used once.
        id: String,
    }
    /// The cookie under which the page is seen.
    PageSession = "page_session" {
        /// Whose page.
        client_id: String,
        /// base64url SHA-256 of the recipient's registered keys.
        keys: String,
    }
    /// A wallet's own token.
    WalletToken = "wallet_token" {
        /// The person's account, which is kept once the wallet opens a request.
        subject_id: SubjectId,
        /// The name of its log.
        log_id: String,
        /// The pairwise key it is bound to.
        jkt: String,
    }
}
