use chrono::TimeDelta;
use credential_core::mailbox::MAX_LIFE_SECONDS;
use proptest::prelude::*;

use super::slots;
use crate::test_support::noon;

proptest! {
    #[test]
    fn prepared_deposits_leave_no_gap_and_outlive_neither_the_share_nor_their_key_binding(
        after in 0..u32::MAX,
        hours in 1..24 * 90_i64,
    ) {
        let until = noon() + TimeDelta::hours(hours);
        let made = slots(after, noon(), until);
        prop_assert_eq!(made[0].not_before, noon());
        for pair in made.windows(2) {
            prop_assert!(pair[1].not_before < pair[0].expires_at);
            prop_assert_eq!(pair[1].sequence, pair[0].sequence + 1);
        }
        let last = made.last().unwrap().expires_at;
        prop_assert!(last == until || last > noon() + TimeDelta::days(28));
        for slot in &made {
            prop_assert!(slot.sequence > after);
            prop_assert!(slot.expires_at <= until && slot.not_before < slot.expires_at);
            prop_assert!((slot.expires_at - noon()).num_seconds() <= MAX_LIFE_SECONDS);
        }
    }
}
