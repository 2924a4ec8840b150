//! What the readers of documents share: whatever a document says, what comes out is accounted for.

use credential_core::{canonical, record::identity_code};
use issuer_adapters::{
    mapping,
    source::{Document, Fate, MAX_BYTES, RecordSource},
};
use serde_json::Value;

/// Reads a document and maps it; whether it gave a credential.
pub fn read(source: &dyn RecordSource, data: &[u8]) -> bool {
    let Ok(document) = Document::open(data) else {
        return false;
    };
    let Ok(understood) = source.understand(&document) else {
        return false;
    };
    assert!(data.len() <= MAX_BYTES);
    for (field, counts) in understood.coverage.rows() {
        let is_mapped = matches!(field.fate, Fate::Mapped(_));
        assert!(is_mapped || counts.mapped == 0, "{}", field.path);
    }
    assert_eq!(understood.coverage.others().mapped, 0);
    let mut credentials = 0;
    for notice in &understood.notices {
        assert!(!identity_code::appears_in(&notice.pointer), "{notice:?}");
    }
    let is_alone = understood.records.len() == 1;
    for record in &understood.records {
        if is_alone {
            assert_eq!(record.raw(), data);
        } else {
            let alone = source.read(record.raw()).expect("each is one person's");
            assert_eq!(alone.person(), record.person());
            assert_eq!(alone.attainments().len(), record.attainments().len());
        }
        for notice in record.notices() {
            assert!(!identity_code::appears_in(&notice.pointer), "{notice:?}");
        }
        for credential in mapping::credentials(record).credentials {
            let claims = Value::Object(credential.claims().clone());
            let text = canonical::to_string(&claims).expect("claims are canonical");
            assert!(!identity_code::appears_in(&text));
            credentials += 1;
        }
    }
    credentials > 0
}
