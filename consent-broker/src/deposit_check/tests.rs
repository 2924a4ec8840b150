use chrono::TimeDelta;
use credential_core::{consent::details::LegalBasis, id::SubjectId};
use proptest::prelude::*;

use super::*;
use crate::{
    grant::Status,
    tests::support::{
        Recipient, noon,
        people::{deposit_header, granted},
        random_id,
    },
};

fn grant(recipient: &Recipient) -> (Grant, DepositHeader) {
    let details = granted(&recipient.details(), recipient, random_id(), noon());
    let header = deposit_header(&details, recipient, noon());
    let grant = Grant {
        subject_id: SubjectId::from_bytes([1; 16]),
        grant_id: details.grant_id,
        recipient: details.recipient.clone(),
        legal_basis: LegalBasis::Consent,
        details_hash: header.details_hash.clone(),
        until: details.until,
        max_reads: None,
        reads: 0,
        epoch: 1,
        changes: 0,
        deposits: 1,
        status: Status::Active,
        created_at: noon(),
        code_used_at: None,
        last_read_at: None,
        last_change: None,
    };
    (grant, header)
}

fn row(seq: u32, length: u32) -> Deposit {
    Deposit {
        seq,
        nbf: 0,
        exp: i64::MAX,
        hash: String::new(),
        length,
        sealed_to: String::new(),
        deposited_at: noon(),
    }
}

#[test]
fn a_deposit_belongs_to_its_grant_and_is_sealed_to_the_key_of_this_moment() {
    let recipient = Recipient::new("https://lumohoiva.example");
    let (grant, good) = grant(&recipient);
    let now = noon().timestamp();
    let day = 86_400;
    let header = |change: &dyn Fn(&mut DepositHeader)| {
        let mut header = good.clone();
        change(&mut header);
        header
    };
    let cases = [
        (header(&|_h| {}), Ok(()), Ok(())),
        (
            header(&|h| h.grant_id = random_id()),
            Err("deposit_other_grant"),
            Err("deposit_other_grant"),
        ),
        (
            header(&|h| h.recipient = "other".into()),
            Err("deposit_other_recipient"),
            Err("deposit_other_recipient"),
        ),
        (
            header(&|h| h.details_hash = "other".into()),
            Err("deposit_other_details"),
            Err("deposit_other_details"),
        ),
        (
            header(&|h| h.kid = "other".into()),
            Err("deposit_other_key"),
            Err("deposit_other_key"),
        ),
        (
            header(&|h| h.exp = now),
            Err("deposit_end_unfit"),
            Err("deposit_end_unfit"),
        ),
        (
            header(&|h| h.exp = now + 30 * day + 1),
            Err("deposit_end_unfit"),
            Err("deposit_end_unfit"),
        ),
        (
            header(&|h| h.nbf = now + 7 * day),
            Err("deposit_begin_unfit"),
            Ok(()),
        ),
        (
            header(&|h| h.nbf = now - 7 * day),
            Err("deposit_begin_unfit"),
            Ok(()),
        ),
    ];
    for (header, at_once, prepared) in cases {
        let check = |begin| {
            check(
                &header,
                &(&grant).into(),
                &recipient.encryption,
                begin,
                noon(),
            )
        };
        assert_eq!(check(Begin::Now), at_once, "{header:?}");
        assert_eq!(check(Begin::Prepared), prepared, "{header:?}");
    }
}

#[test]
fn what_is_too_much_or_out_of_order_is_not_added() {
    let recipient = Recipient::new("https://lumohoiva.example");
    let (grant, header) = grant(&recipient);
    let hash = header.details_hash.as_str();
    let admitted = |details: &str, new: &[&Deposit], living: &[Deposit], account_length, now| {
        let kept = Kept {
            living,
            account_length,
        };
        admit(&grant, details, new, kept, now)
    };
    let (one, two) = (row(2, 10), row(3, 10));
    let eight: Vec<_> = (0..8).map(|seq| row(seq, 1)).collect();
    assert_eq!(admitted(hash, &[&one, &two], &[], 0, noon()), Ok(()));
    let late = noon() + TimeDelta::days(90);
    for (result, expected) in [
        (admitted(hash, &[&one], &[], 0, late), DepositRefused::Ended),
        (
            admitted("other", &[&one], &[], 0, noon()),
            DepositRefused::OtherDetails,
        ),
        (
            admitted(hash, &[&two, &one], &[], 0, noon()),
            DepositRefused::OutOfOrder,
        ),
        (
            admitted(hash, &[&one, &one], &[], 0, noon()),
            DepositRefused::OutOfOrder,
        ),
        (
            admitted(hash, &[&row(1, 1)], &[], 0, noon()),
            DepositRefused::OutOfOrder,
        ),
        (
            admitted(hash, &[&one], &eight, 8, noon()),
            DepositRefused::TooMany,
        ),
        (
            admitted(hash, &[&one], &[], MAX_ACCOUNT_LENGTH - 9, noon()),
            DepositRefused::Quota,
        ),
    ] {
        assert_eq!(result, Err(expected));
    }
    assert_eq!(
        admitted(hash, &[&one], &[], MAX_ACCOUNT_LENGTH - 10, noon()),
        Ok(())
    );
}

proptest! {
    #[test]
    fn whatever_is_added_stays_within_every_limit(
        new in prop::collection::vec((0..20_u32, 0..2_000_000_u32), 1..10),
        living in prop::collection::vec(0..1_000_000_u32, 0..10),
        besides in 0..MAX_ACCOUNT_LENGTH,
    ) {
        let recipient = Recipient::new("https://lumohoiva.example");
        let (grant, header) = grant(&recipient);
        let new: Vec<_> = new.into_iter().map(|(seq, length)| row(seq, length)).collect();
        let living: Vec<_> = living.into_iter().map(|length| row(1, length)).collect();
        let sum = |rows: &[Deposit]| rows.iter().map(|row| u64::from(row.length)).sum::<u64>();
        let account_length = besides + sum(&living);
        let kept = Kept { living: &living, account_length };
        let added: Vec<&Deposit> = new.iter().collect();
        if admit(&grant, &header.details_hash, &added, kept, noon()).is_ok() {
            prop_assert!(new.len() + living.len() <= MAX_LIVING);
            prop_assert!(sum(&new) + account_length <= MAX_ACCOUNT_LENGTH);
            prop_assert!(new.iter().all(|row| row.seq > grant.deposits));
            prop_assert!(new.windows(2).all(|pair| pair[0].seq < pair[1].seq));
        }
    }
}
