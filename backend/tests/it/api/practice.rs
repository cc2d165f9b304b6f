//! Practices: a part of a bank, opened by its keeper, practised by who has the address.

use super::bank::{card, create};
use crate::{on_both, server::*};
use minnow_shared::{
    ErrorCode, PracticeId, QuestionId,
    answer::{GetAskedQuestion, GiveAnswer, Response},
    practice::{CreatePractice, DeletePractice, GetPractice, ListPractices},
    review::ListReviews,
};

on_both!(a_part_of_a_bank_is_practised_by_who_has_its_address_and_comes_back_in_reviews, async |engine| {
    let server = TestApp::new(engine).await;
    let (mut ada, _) = server.account("ada").await;
    for (n, tags, category) in
        [(1, &["light"][..], "physics/light"), (2, &["light"], "physics"), (3, &["sea"], "physics_2")]
    {
        ada.call(&create(n, card(&format!("Card {n}?"), tags, category))).await.unwrap();
        server.clock.advance(1_000);
    }
    let open = |n: u8, tag: &str, category: &str| CreatePractice {
        practice_id: PracticeId::new(MORNING_MS, [n; 10]),
        title: "Light".into(),
        tag: tag.into(),
        category: category.into(),
    };
    let physics = ada.call(&open(1, "", "physics")).await.unwrap();
    assert_eq!(physics.questions, 2, "with what lies under it, not what begins alike");
    assert_eq!(
        ada.call(&open(2, "", "physics")).await.unwrap().id,
        physics.id,
        "the same part has one address"
    );
    assert_eq!(ada.call(&open(1, "sea", "")).await.unwrap_err().code, ErrorCode::Conflict);
    assert_eq!(ada.call(&open(3, "sea", "")).await.unwrap().questions, 1);

    let get = GetPractice { practice_id: physics.id.clone() };
    let mut nobody = server.browser();
    let seen = nobody.call(&get).await.unwrap();
    assert_eq!((seen.own, seen.questions, seen.answered, seen.round.len()), (false, 2, 0, 2));
    let mut guest = server.guest().await;
    let ask = |id: &QuestionId, practice: Option<PracticeId>| GetAskedQuestion {
        question_id: id.clone(),
        clip_id: None,
        practice_id: practice,
    };
    let first = seen.round[0].clone();
    assert_eq!(guest.call(&ask(&first, None)).await.unwrap_err().code, ErrorCode::NotFound);
    let asked = guest.call(&ask(&first, Some(physics.id.clone()))).await.unwrap();
    assert_eq!(asked.stem.plain(), "Card 1?", "the oldest first");
    let elsewhere = QuestionId::new(MORNING_MS, [3; 10]);
    assert_eq!(
        guest.call(&ask(&elsewhere, Some(physics.id.clone()))).await.unwrap_err().code,
        ErrorCode::NotFound,
        "what is not of it"
    );
    let give = GiveAnswer {
        question_id: first.clone(),
        answer_id: minnow_shared::AnswerId::new(1, [1; 10]),
        clip_id: None,
        practice_id: Some(physics.id.clone()),
        response: Response::Recall { recall: minnow_shared::answer::Recall::Good },
        certainty: None,
        answered_at_ms: server.app.now_ms(),
        before: false,
    };
    guest.call(&give).await.unwrap();
    let again = guest.call(&get).await.unwrap();
    assert_eq!((again.answered, again.round.last()), (1, Some(&first)), "what was answered comes last");

    let mut eve = server.account("eve").await.0;
    let close = DeletePractice { practice_id: physics.id.clone() };
    assert_eq!(eve.call(&close).await.unwrap_err().code, ErrorCode::NotFound);
    assert_eq!(ada.call(&ListPractices {}).await.unwrap().practices.len(), 2);
    ada.call(&close).await.unwrap();
    assert_eq!(nobody.call(&get).await.unwrap_err().code, ErrorCode::NotFound);
    server.clock.advance(30 * 86_400_000);
    let due = guest.call(&ListReviews { utc_offset_minutes: 0, only_wrong: false }).await.unwrap();
    assert_eq!(due.reviews.iter().map(|review| &review.question_id).collect::<Vec<_>>(), [&first]);
    guest.call(&ask(&first, None)).await.unwrap();
});
