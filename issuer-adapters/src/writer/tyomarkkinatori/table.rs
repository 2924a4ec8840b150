//! What goes where in a profile, and what it cannot say.

use crate::writer::table::{Row, partly, said, unsaid};

const NO_PLACE: &str = "a profile has no place for it";

pub(super) const TABLE: &[Row] = &[
    unsaid("person", "the profile is that of whoever is signed in"),
    partly(
        "attainment",
        "employments, businessActivities, projects, educations",
        "a profile holds experience and whole qualifications of which it can say something, 20 in each list",
    ),
    unsaid("parts", "neither experience nor an education has parts"),
    partly(
        "kind",
        "employments, businessActivities, projects, educations",
        "everything in a profile is the person's own word, a qualification as well",
    ),
    unsaid("id", NO_PLACE),
    said("title", "title, customDegreeName"),
    unsaid("other_titles", NO_PLACE),
    said("description", "description/description"),
    unsaid("criteria", NO_PLACE),
    partly(
        "code",
        "degreeCode",
        "only codes of the profile's own list of educations have a place",
    ),
    said("started", "interval/startDate"),
    partly(
        "awarded",
        "interval/endDate",
        "the day of a qualification reads as the last day of the education",
    ),
    partly(
        "awarding_body",
        "degreeInstitution",
        "who awarded a qualification reads as where the education was",
    ),
    unsaid("credits", NO_PLACE),
    unsaid("grade", NO_PLACE),
    unsaid("level", NO_PLACE),
    unsaid("field", NO_PLACE),
    unsaid("language_of_instruction", NO_PLACE),
    unsaid("subject_language", NO_PLACE),
    partly(
        "skills",
        "description/skills",
        "only concepts with an address have a place, without name, and as those of ESCO",
    ),
    unsaid("evidence", NO_PLACE),
    unsaid("part_of", NO_PLACE),
    unsaid("recognised_prior_learning", NO_PLACE),
];
