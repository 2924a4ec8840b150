//! Token Status List (draft-ietf-oauth-status-list): one bit or more per credential, compressed.
//!
//! `lst` is base64url without padding over zlib; entries are packed from the least significant bit.

#[cfg(feature = "linked-data")]
pub mod bitstring;

use std::io::{Read as _, Write as _};

use chrono::{DateTime, Utc};
use flate2::{Compression, read::ZlibDecoder, write::ZlibEncoder};
use serde::{Deserialize, Serialize};

use crate::{
    encoding::{base64url, from_base64url},
    jose::{
        SignError, Signer, VerifyingKey,
        jws::{self, JwsError, KeyReference, Unverified},
    },
};

/// The header's `typ`.
pub const TYP: &str = "statuslist+jwt";
/// Largest list once inflated, in octets: 16 million two-bit entries.
pub const MAX_OCTETS: usize = 4 << 20;
/// Longest signed token that is made or read, in octets: what one answer of the guarded client holds.
pub const MAX_LENGTH: usize = 4 << 20;
/// The most a list may ask to be cached, in seconds.
const MAX_TTL: u64 = 7 * 24 * 3600;

/// The status of one credential (section 7.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// 0: valid.
    Valid,
    /// 1: revoked for good.
    Invalid,
    /// 2: suspended for now.
    Suspended,
    /// Any other value: not for this product to interpret, so never "valid".
    Other(u8),
}

impl Status {
    fn bits(self) -> u8 {
        match self {
            Self::Valid => 0,
            Self::Invalid => 1,
            Self::Suspended => 2,
            Self::Other(value) => value,
        }
    }
}

impl From<u8> for Status {
    fn from(value: u8) -> Self {
        match value {
            0 => Self::Valid,
            1 => Self::Invalid,
            2 => Self::Suspended,
            other => Self::Other(other),
        }
    }
}

/// The entries themselves. The default has none.
#[derive(Clone, PartialEq, Eq)]
pub struct StatusList {
    bits: u8,
    octets: Vec<u8>,
}

impl Default for StatusList {
    fn default() -> Self {
        Self {
            bits: 2,
            octets: Vec::new(),
        }
    }
}

impl std::fmt::Debug for StatusList {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "StatusList({} octets of {} bit)",
            self.octets.len(),
            self.bits
        )
    }
}

/// Why a list, or a place in it, is not usable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StatusError {
    /// The signed token.
    #[error("the status list: {0}")]
    Jws(#[from] JwsError),
    /// `bits` is not 1, 2, 4 or 8, or `lst` is not base64url over zlib.
    #[error("the status list is malformed")]
    Malformed,
    /// Larger than [`MAX_OCTETS`] once inflated.
    #[error("the status list is too large")]
    TooLarge,
    /// The place is outside the list; never taken for "valid".
    #[error("the credential's place is outside the status list")]
    OutOfBounds,
    /// `sub` is not the address the list was fetched from.
    #[error("the status list is another one than the credential names")]
    OtherList,
    /// Expired, or from the future.
    #[error("the status list is not valid at this moment")]
    NotOfThisMoment,
}

impl StatusError {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::Jws(error) => error.reason(),
            Self::Malformed => "status_list_malformed",
            Self::TooLarge => "status_list_too_large",
            Self::OutOfBounds => "status_index_out_of_bounds",
            Self::OtherList => "status_list_other",
            Self::NotOfThisMoment => "status_list_not_of_this_moment",
        }
    }
}

impl StatusList {
    /// A list of `entries` two-bit entries, all valid.
    ///
    /// # Errors
    /// [`StatusError::TooLarge`].
    pub fn two_bit(entries: u32) -> Result<Self, StatusError> {
        let octets = entries.div_ceil(4) as usize;
        if octets > MAX_OCTETS {
            return Err(StatusError::TooLarge);
        }
        Ok(Self {
            bits: 2,
            octets: vec![0; octets],
        })
    }

    /// How many places there are.
    #[must_use]
    pub fn len(&self) -> u32 {
        let places = self.octets.len() * usize::from(8 / self.bits);
        u32::try_from(places).unwrap_or(u32::MAX)
    }

    /// Whether there is no place at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.octets.is_empty()
    }

    /// The status at a place.
    ///
    /// # Errors
    /// [`StatusError::OutOfBounds`].
    pub fn at(&self, index: u32) -> Result<Status, StatusError> {
        let (octet, shift, mask) = self.place(index);
        let octet = self.octets.get(octet).ok_or(StatusError::OutOfBounds)?;
        Ok(Status::from((octet >> shift) & mask))
    }

    /// Changes the status at a place.
    ///
    /// # Errors
    /// [`StatusError::OutOfBounds`], also for a status that does not fit the list's bits.
    pub fn set(&mut self, index: u32, status: Status) -> Result<(), StatusError> {
        let (octet, shift, mask) = self.place(index);
        let octet = self.octets.get_mut(octet).ok_or(StatusError::OutOfBounds)?;
        if status.bits() & !mask != 0 {
            return Err(StatusError::OutOfBounds);
        }
        *octet = (*octet & !(mask << shift)) | (status.bits() << shift);
        Ok(())
    }

    fn place(&self, index: u32) -> (usize, u32, u8) {
        let per_octet = u32::from(8 / self.bits);
        let mask = if self.bits == 8 {
            u8::MAX
        } else {
            (1 << self.bits) - 1
        };
        (
            (index / per_octet) as usize,
            (index % per_octet) * u32::from(self.bits),
            mask,
        )
    }

    fn compress(&self) -> Result<String, StatusError> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
        encoder
            .write_all(&self.octets)
            .map_err(|_error| StatusError::Malformed)?;
        Ok(base64url(
            encoder.finish().map_err(|_error| StatusError::Malformed)?,
        ))
    }

    fn inflate(bits: u8, lst: &str) -> Result<Self, StatusError> {
        if !matches!(bits, 1 | 2 | 4 | 8) {
            return Err(StatusError::Malformed);
        }
        let compressed = from_base64url(lst).map_err(|_error| StatusError::Malformed)?;
        let mut octets = Vec::new();
        // One octet more than allowed tells "exactly at the limit" from "beyond it".
        let limit = MAX_OCTETS as u64 + 1;
        ZlibDecoder::new(compressed.as_slice())
            .take(limit)
            .read_to_end(&mut octets)
            .map_err(|_error| StatusError::Malformed)?;
        if octets.len() > MAX_OCTETS {
            return Err(StatusError::TooLarge);
        }
        Ok(Self { bits, octets })
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    iss: Option<String>,
    sub: String,
    iat: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    exp: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ttl: Option<u64>,
    status_list: Packed,
}

#[derive(Debug, Serialize, Deserialize)]
struct Packed {
    bits: u8,
    lst: String,
}

/// A verified Status List Token (section 5.1).
#[derive(Debug, Clone)]
pub struct StatusListToken {
    list: StatusList,
    issued_at: DateTime<Utc>,
    expires_at: Option<DateTime<Utc>>,
    ttl_seconds: Option<u64>,
}

impl StatusListToken {
    /// Signs `list`, published at `uri`, valid until `expires_at`, good to be cached for `ttl` seconds.
    ///
    /// # Errors
    /// [`SignError`] when the key does not sign; [`SignError::TooLong`] beyond [`MAX_LENGTH`], because
    /// a list that nobody reads would leave every credential on it without a status.
    pub fn sign(
        list: &StatusList,
        issuer: &str,
        uri: &str,
        (now, expires_at): (DateTime<Utc>, DateTime<Utc>),
        ttl: u64,
        signer: &dyn Signer,
    ) -> Result<String, SignError> {
        let claims = Claims {
            iss: Some(issuer.into()),
            sub: uri.into(),
            iat: now.timestamp(),
            exp: Some(expires_at.timestamp()),
            ttl: Some(ttl),
            status_list: Packed {
                bits: list.bits,
                lst: list.compress().map_err(|_error| SignError::NotJson)?,
            },
        };
        let signed = jws::sign(TYP, &claims, signer, KeyReference::Kid)?;
        if signed.len() > MAX_LENGTH {
            return Err(SignError::TooLong);
        }
        Ok(signed)
    }

    /// Verifies a token that was fetched from `uri` with the issuer's key.
    ///
    /// # Errors
    /// [`StatusError`].
    pub fn verify(
        compact: &str,
        uri: &str,
        key: &VerifyingKey,
        now: DateTime<Utc>,
    ) -> Result<Self, StatusError> {
        let claims: Claims = Unverified::parse_within(compact, TYP, MAX_LENGTH)?.verify(key)?;
        if claims.sub != uri {
            return Err(StatusError::OtherList);
        }
        let moment =
            |seconds| DateTime::from_timestamp(seconds, 0).ok_or(StatusError::NotOfThisMoment);
        let issued_at = moment(claims.iat)?;
        let expires_at = claims.exp.map(moment).transpose()?;
        if expires_at.is_some_and(|end| end <= now)
            || issued_at > now + chrono::TimeDelta::minutes(5)
        {
            return Err(StatusError::NotOfThisMoment);
        }
        let list = StatusList::inflate(claims.status_list.bits, &claims.status_list.lst)?;
        Ok(Self {
            list,
            issued_at,
            expires_at,
            ttl_seconds: claims.ttl.map(|ttl| ttl.min(MAX_TTL)),
        })
    }

    /// The kid the token names, for finding the key before [`Self::verify`].
    ///
    /// # Errors
    /// [`StatusError::Jws`].
    pub fn kid(compact: &str) -> Result<Option<String>, StatusError> {
        let unverified = Unverified::parse_within(compact, TYP, MAX_LENGTH)?;
        Ok(unverified.header().kid.clone())
    }

    /// The token's whole header, for finding the key before [`Self::verify`].
    ///
    /// # Errors
    /// [`StatusError::Jws`].
    pub fn header(compact: &str) -> Result<jws::Header, StatusError> {
        let unverified = Unverified::parse_within(compact, TYP, MAX_LENGTH)?;
        Ok(unverified.header().clone())
    }

    /// The entries.
    #[must_use]
    pub fn list(&self) -> &StatusList {
        &self.list
    }

    /// When the list was made.
    #[must_use]
    pub fn issued_at(&self) -> DateTime<Utc> {
        self.issued_at
    }

    /// From when it must no longer be used, not even from a cache.
    #[must_use]
    pub fn expires_at(&self) -> Option<DateTime<Utc>> {
        self.expires_at
    }

    /// For how many seconds it may be cached, at most seven days.
    #[must_use]
    pub fn ttl_seconds(&self) -> Option<u64> {
        self.ttl_seconds
    }
}

#[cfg(test)]
mod tests;
