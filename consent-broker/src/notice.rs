//! What a recipient is told of a grant, and when telling is tried again. Pure: rows and time in, an
//! answer out.

use chrono::{DateTime, TimeDelta, Utc};
use credential_core::{
    notices::{EndReason, Event},
    rng::{NoRandomness, Rng, random},
};

use crate::grant::{Ending, Grant, Status};

#[cfg(test)]
mod tests;

/// Most notices that wait for one recipient; what comes beyond that, it learns at its next read.
pub const MOST_WAITING: u32 = 10_000;
/// How long a notice is pushed; then it waits to be asked for.
pub const PUSHED_FOR: TimeDelta = TimeDelta::hours(72);

/// What became of a grant; the rest of the notice is in the grant's row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoticeKind {
    /// It has ended; how, the row says.
    Ended,
    /// It pauses.
    Paused,
    /// It goes on.
    Resumed,
    /// It was narrowed.
    Narrowed,
    /// It was renewed.
    Renewed,
}

impl NoticeKind {
    /// The event to announce; none when the recipient knows: it gave the grant up itself, or it has
    /// never fetched its tokens and does not know the grant at all.
    #[must_use]
    pub fn event(self, grant: &Grant, now: DateTime<Utc>) -> Option<Event> {
        grant.code_used_at?;
        let (grant_id, effective_at) = (grant.grant_id, now.timestamp());
        Some(match self {
            Self::Ended => {
                let Status::Ended { how, at } = grant.status else {
                    return None;
                };
                Event::Ended {
                    grant_id,
                    reason: reason(how)?,
                    effective_at: at.timestamp(),
                }
            }
            Self::Paused => Event::Paused {
                grant_id,
                effective_at,
            },
            Self::Resumed => Event::Resumed {
                grant_id,
                effective_at,
            },
            Self::Narrowed => Event::Narrowed {
                grant_id,
                effective_at,
            },
            Self::Renewed => Event::Renewed {
                grant_id,
                effective_at,
                until: grant.until.timestamp(),
            },
        })
    }
}

fn reason(how: Ending) -> Option<EndReason> {
    match how {
        Ending::Withdrawn => Some(EndReason::Withdrawn),
        Ending::Stopped => Some(EndReason::Stopped),
        Ending::Expired => Some(EndReason::Expired),
        Ending::Exhausted => Some(EndReason::Exhausted),
        Ending::GivenUp => None,
    }
}

/// When to push again after `tries` attempts that all failed: ten seconds, doubled each time, at most six
/// hours, of which a random half may be missing, so that those who failed together do not come back
/// together.
///
/// # Errors
/// [`NoRandomness`].
pub fn again_at(
    tries: u32,
    rng: &dyn Rng,
    now: DateTime<Utc>,
) -> Result<DateTime<Utc>, NoRandomness> {
    const FIRST: i64 = 10_000;
    const LONGEST: i64 = 6 * 60 * 60 * 1000;
    let whole = FIRST
        .saturating_mul(1 << tries.saturating_sub(1).min(20))
        .min(LONGEST);
    let missing = i64::from(u32::from_be_bytes(random::<4>(rng)?)) % (whole / 2);
    Ok(now + TimeDelta::milliseconds(whole - missing))
}
