//! Alignments: skills that come with an achievement, and where it stands in the frameworks.

use credential_core::record::{Attainment, Code};

use crate::source::scheme::EQF;
use crate::source::{node::Node, reading::Reading};

/// The concept scheme of the skills of ESCO.
pub(in crate::source) const ESCO_SKILLS: &str = "http://data.europa.eu/esco/concept-scheme/skills";
const ESCO_SKILL: &str = "http://data.europa.eu/esco/skill/";

/// Reads the alignments of an achievement (`alignment`; several spellings of 1.x are as in 2.0).
pub(super) fn alignments(
    achievement: &Node<'_>,
    language: Option<&str>,
    attainment: &mut Attainment,
    reading: &mut Reading,
) {
    for alignment in reading.many(achievement, "alignment") {
        if is_level(&alignment) {
            let level = || eqf(&alignment, reading);
            attainment.level.eqf = attainment.level.eqf.or_else(level);
        } else if is_skill(&alignment) {
            attainment
                .skills
                .extend(skill(&alignment, language, reading));
        }
    }
}

/// A skill as a code of ESCO.
pub(crate) fn is_esco_skill(uri: &str) -> bool {
    uri.starts_with(ESCO_SKILL)
}

fn text<'v>(alignment: &Node<'v>, name: &'static str) -> &'v str {
    alignment
        .member(name)
        .and_then(|node| node.as_str())
        .unwrap_or_default()
}

/// A level in the European Qualifications Framework: by the type that a Dutch extension gives it, or by
/// the address of the level.
fn is_level(alignment: &Node<'_>) -> bool {
    text(alignment, "targetUrl").starts_with(EQF) || text(alignment, "targetType") == "ext:EQF"
}

fn eqf(alignment: &Node<'_>, reading: &mut Reading) -> Option<u8> {
    let by_url = text(alignment, "targetUrl").strip_prefix(EQF);
    let level = by_url.unwrap_or_else(|| text(alignment, "targetCode"));
    let level = level.trim().parse().ok();
    let level = level.filter(|level| (1..=8).contains(level))?;
    for name in ["targetUrl", "targetType", "targetCode"] {
        if let Some(used) = alignment.member(name) {
            reading.take(&used);
        }
    }
    Some(level)
}

/// Other alignments (to a catalogue, a rubric, a credential, a decision on quality) stay raw.
fn is_skill(alignment: &Node<'_>) -> bool {
    let kind = text(alignment, "targetType");
    is_esco_skill(text(alignment, "targetUrl"))
        || matches!(kind, "ceasn:Competency" | "CFItem" | "")
}

fn skill(alignment: &Node<'_>, language: Option<&str>, reading: &mut Reading) -> Option<Code> {
    let value = reading
        .string(alignment, "targetUrl")
        .or_else(|| reading.string(alignment, "targetCode"))?;
    let scheme = if is_esco_skill(&value) {
        Some(ESCO_SKILLS.to_owned())
    } else {
        reading.string(alignment, "targetFramework")
    };
    if let Some(kind) = alignment.member("targetType") {
        reading.take(&kind);
    }
    Some(Code {
        value,
        scheme,
        label: reading.name_in_ours(alignment, "targetName", language),
    })
}
