//! Assignments: asked by handle and by address, seen by who asked, left by whom it is not for.

use super::playlist::{World, add, answer, create, get, play, playlist_id, watch};
use crate::{on_both, server::*};
use http::StatusCode;
use minnow::store;
use minnow_shared::{
    AssignmentId, ErrorCode, InviteId, PlaylistId,
    answer::ListAnswers,
    assignment::{
        AssignPeople, CreateAssignment, DeleteAssignment, GetAssignment, GetInvitation, JoinAssignment,
        LeaveAssignment, ListAssigned, ListAssignments, UnassignPerson, UpdateAssignment,
    },
    limit,
    person::DeletePerson,
    playlist::{StepState, Visibility},
};

fn assign(n: u8, handles: &[&str]) -> CreateAssignment {
    CreateAssignment {
        playlist_id: playlist_id(1),
        assignment_id: AssignmentId::new(MORNING_MS, [n; 10]),
        name: "Class 3B".into(),
        due_at_ms: Some(MORNING_MS + 86_400_000),
        handles: handles.iter().map(|handle| (*handle).to_owned()).collect(),
        by_link: true,
    }
}

fn progress(n: u8) -> GetAssignment {
    GetAssignment { assignment_id: AssignmentId::new(MORNING_MS, [n; 10]), cursor: None }
}

impl World {
    /// Ada may assign.
    async fn organized(engine: Engine, gates: &[bool]) -> Self {
        let world = Self::new(engine, gates).await;
        let mut tx = world.server.app.db.begin().await.unwrap();
        store::person::update_role(&mut tx, "ada", "organizer", 1).await.unwrap();
        tx.commit().await.unwrap();
        world
    }
}

use StepState::{Done as D, Locked as L, Now as N, Open as O};

on_both!(an_organizer_assigns_and_sees_each_person_step_by_step, async |engine| {
    let mut world = World::organized(engine, &[false, true, false]).await;
    let (mut bob, bob_id) = world.server.account("bob").await;
    let before = world.now();
    bob.call(&answer(9, &world.clips[0], false, before)).await.unwrap();
    world.server.clock.advance(1_000);
    let made = world.ada.call(&assign(1, &["@Bob", "nobody", "bob"])).await.unwrap();
    assert_eq!((made.assignment.people, made.assignment.steps, made.assignment.finished), (1, 3, 0));
    assert_eq!((made.unknown.as_slice(), made.left.len()), (&["nobody".to_owned()][..], 0));
    let again = world.ada.call(&assign(1, &[])).await.unwrap();
    assert_eq!(
        (again.assignment, again.unknown.len()),
        (made.assignment.clone(), 0),
        "the same id returns it"
    );
    let assigned = bob.call(&ListAssigned { cursor: None }).await.unwrap().assigned;
    assert_eq!(assigned.len(), 1);
    let (first, tile) = (&assigned[0].assigned, &assigned[0].playlist);
    assert_eq!((first.name.as_str(), first.due_at_ms), ("Class 3B", Some(MORNING_MS + 86_400_000)));
    assert_eq!((first.assigner_name.as_str(), tile.steps, tile.done), ("ada Name", 3, 0));
    assert_eq!(bob.call(&get(1)).await.unwrap().assigned, std::slice::from_ref(first));

    let now = world.now();
    bob.call(&watch(1, &world.clips[0], now)).await.unwrap();
    bob.call(&answer(1, &world.clips[1], false, now)).await.unwrap();
    let page = world.ada.call(&progress(1)).await.unwrap();
    let gates: Vec<bool> = page.steps.iter().map(|step| step.is_gate).collect();
    assert_eq!(gates, [false, true, false]);
    let person = &page.people[0];
    assert_eq!((person.person_id.clone(), person.handle.as_deref()), (bob_id.clone(), Some("bob")));
    let seen: Vec<_> = person.steps.iter().map(|step| (step.state, step.tries)).collect();
    assert_eq!(seen, [(D, 0), (N, 1), (L, 0)], "what was tried before is nobody's matter");
    assert_eq!((person.done, person.last_at_ms), (1, Some(now)));
    bob.call(&answer(2, &world.clips[1], true, now + 1)).await.unwrap();
    bob.call(&watch(2, &world.clips[2], now + 2)).await.unwrap();
    let page = world.ada.call(&progress(1)).await.unwrap();
    assert_eq!((page.people[0].done, page.people[0].steps[1].tries), (3, 2));
    assert_eq!(page.assignment.finished, 1);
    let listed = world.ada.call(&ListAssignments { playlist_id: None, cursor: None }).await.unwrap();
    assert_eq!(listed.assignments, std::slice::from_ref(&page.assignment));
    let other = Some(PlaylistId::new(1, [1; 10]));
    let none = world.ada.call(&ListAssignments { playlist_id: other, cursor: None }).await.unwrap();
    assert!(none.assignments.is_empty());

    let csv = world.ada.get(&format!("/api/assignments/{}/progress.csv", page.assignment.id)).await;
    let lines: Vec<String> = csv.text().lines().map(str::to_owned).collect();
    let head = "handle,name,assigned,last_active,left,done,steps,1 Why water climbs,1 tries,2 Why water climbs,2 tries,3 Why water climbs,3 tries";
    assert_eq!(lines, [head, "bob,bob Name,2026-07-06,2026-07-06,no,3,3,done,0,done,2,done,0"]);
    let refused = bob.get(&format!("/api/assignments/{}/progress.csv", page.assignment.id)).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND);
    let unassign = UnassignPerson { assignment_id: page.assignment.id, person_id: bob_id };
    world.ada.call(&unassign).await.unwrap();
    assert!(bob.call(&ListAssigned { cursor: None }).await.unwrap().assigned.is_empty());
});

on_both!(who_leaves_shows_no_more_progress_and_comes_back_only_by_themselves, async |engine| {
    let mut world = World::organized(engine, &[false]).await;
    let mut bob = world.server.account("bob").await.0;
    let id = world.ada.call(&assign(1, &["bob"])).await.unwrap().assignment.id;
    let now = world.now();
    bob.call(&watch(1, &world.clips[0], now)).await.unwrap();
    let leave = |left| LeaveAssignment { assignment_id: id.clone(), left };
    bob.call(&leave(true)).await.unwrap();
    assert!(bob.call(&ListAssigned { cursor: None }).await.unwrap().assigned.is_empty());
    let page = world.ada.call(&progress(1)).await.unwrap();
    let person = &page.people[0];
    assert_eq!((person.has_left, person.steps.len(), person.done, person.last_at_ms), (true, 0, 0, None));
    assert_eq!((page.assignment.people, page.assignment.finished), (0, 0));
    let again = AssignPeople { assignment_id: id.clone(), handles: vec!["bob".into()] };
    let told = world.ada.call(&again).await.unwrap();
    assert_eq!((told.left, told.assignment.people), (vec!["bob".to_owned()], 0));
    bob.call(&leave(false)).await.unwrap();
    let page = world.ada.call(&progress(1)).await.unwrap();
    assert_eq!((page.people[0].has_left, page.people[0].done, page.assignment.finished), (false, 1, 1));
    let mut eve = world.server.account("eve").await.0;
    assert_eq!(eve.call(&leave(true)).await.unwrap_err().code, ErrorCode::NotFound);
});

on_both!(a_private_playlist_goes_with_its_owner_and_what_was_learned_on_it_stays, async |engine| {
    let world = World::new(engine, &[false, true]).await;
    let (mut olga, _) = world.server.account("olga").await;
    let mut tx = world.server.app.db.begin().await.unwrap();
    store::person::update_role(&mut tx, "olga", "organizer", 1).await.unwrap();
    tx.commit().await.unwrap();
    let (mut bob, _) = world.server.account("bob").await;
    olga.call(&create(2, Visibility::Private)).await.unwrap();
    olga.call(&add(2, 21, &world.clips[1].id, true)).await.unwrap();
    let by_link = CreateAssignment { playlist_id: playlist_id(2), ..assign(1, &["bob"]) };
    let invite = olga.call(&by_link).await.unwrap().assignment.invite.unwrap();
    bob.call(&answer(9, &world.clips[1], true, world.now())).await.unwrap();
    assert_eq!(bob.call(&get(2)).await.unwrap().done, 1);
    olga.call(&DeletePerson {}).await.unwrap();
    assert!(bob.call(&ListAssigned { cursor: None }).await.unwrap().assigned.is_empty());
    let gone = [
        bob.call(&get(2)).await.unwrap_err().code,
        bob.call(&play(2, None)).await.unwrap_err().code,
        bob.call(&GetInvitation { invite_id: invite }).await.unwrap_err().code,
    ];
    assert_eq!(gone, [ErrorCode::NotFound; 3]);
    assert_eq!(bob.call(&ListAnswers { cursor: None }).await.unwrap().answers.len(), 1);
    assert_eq!(bob.call(&get(1)).await.unwrap().done, 1, "the same clip counts wherever it is a step");
});

on_both!(an_address_lets_others_join_until_it_is_taken_back, async |engine| {
    let mut world = World::organized(engine, &[true, false]).await;
    let private = minnow_shared::playlist::UpdatePlaylist {
        playlist_id: playlist_id(1),
        title: None,
        about: None,
        visibility: Some(Visibility::Private),
    };
    world.ada.call(&private).await.unwrap();
    let made = world.ada.call(&assign(1, &[])).await.unwrap().assignment;
    let invite = made.invite.clone().unwrap();
    let mut guest = world.server.guest().await;
    assert_eq!(guest.call(&get(1)).await.unwrap_err().code, ErrorCode::NotFound);
    let look = GetInvitation { invite_id: invite.clone() };
    let shown = world.server.browser().call(&look).await.unwrap();
    assert_eq!((shown.joined, shown.playlist.title.as_str(), shown.playlist.steps), (false, "Water 1", 2));
    assert_eq!((shown.assigned.name.as_str(), shown.assigned.due_at_ms), ("Class 3B", made.due_at_ms));
    let join = JoinAssignment { invite_id: invite };
    assert!(guest.call(&join).await.unwrap().joined);
    assert!(guest.call(&join).await.unwrap().joined, "joining again changes nothing");
    assert_eq!(guest.call(&get(1)).await.unwrap().assigned.len(), 1, "who joined may see it");
    assert_eq!(guest.call(&play(1, None)).await.unwrap().clips.len(), 1);
    let page = world.ada.call(&progress(1)).await.unwrap();
    assert_eq!((page.people.len(), page.people[0].by_link, page.people[0].handle.clone()), (1, true, None));
    let steps: Vec<StepState> = page.people[0].steps.iter().map(|step| step.state).collect();
    assert_eq!(steps, [N, L]);
    let left = LeaveAssignment { assignment_id: made.id.clone(), left: true };
    guest.call(&left).await.unwrap();
    assert_eq!(guest.call(&get(1)).await.unwrap_err().code, ErrorCode::NotFound);
    assert!(guest.call(&join).await.unwrap().joined, "who left may come back by the address");
    let change = |by_link: Option<bool>| UpdateAssignment {
        assignment_id: made.id.clone(),
        name: None,
        due_at_ms: None,
        no_due: by_link.is_none(),
        by_link,
    };
    let renewed = world.ada.call(&change(Some(true))).await.unwrap();
    assert_eq!(guest.call(&join).await.unwrap_err().code, ErrorCode::NotFound, "the old address is over");
    assert_eq!((renewed.due_at_ms, renewed.name.as_str()), (made.due_at_ms, "Class 3B"));
    assert_eq!(world.ada.call(&change(Some(false))).await.unwrap().invite, None);
    assert_eq!(world.ada.call(&change(None)).await.unwrap().due_at_ms, None);
    world.ada.call(&DeleteAssignment { assignment_id: made.id }).await.unwrap();
    assert!(guest.call(&ListAssigned { cursor: None }).await.unwrap().assigned.is_empty());
    let nothing = GetInvitation { invite_id: InviteId::new(1, [1; 10]) };
    assert_eq!(guest.call(&nothing).await.unwrap_err().code, ErrorCode::NotFound);
});

on_both!(only_organizers_assign_and_only_what_they_may_see, async |engine| {
    let mut world = World::organized(engine, &[false]).await;
    let mut bob = world.server.account("bob").await.0;
    assert_eq!(bob.call(&assign(1, &[])).await.unwrap_err().code, ErrorCode::Forbidden);
    bob.call(&create(2, Visibility::Private)).await.unwrap();
    let theirs = CreateAssignment { playlist_id: playlist_id(2), ..assign(2, &[]) };
    assert_eq!(world.ada.call(&theirs).await.unwrap_err().code, ErrorCode::NotFound);
    let made = world.ada.call(&assign(3, &[])).await.unwrap().assignment;
    assert!(world.ada.call(&get(1)).await.unwrap().can_assign);
    assert!(!bob.call(&get(1)).await.unwrap().can_assign);
    assert_eq!(bob.call(&progress(3)).await.unwrap_err().code, ErrorCode::NotFound);
    let taken = CreateAssignment { assignment_id: made.id, playlist_id: playlist_id(3), ..assign(3, &[]) };
    world.ada.call(&create(3, Visibility::Private)).await.unwrap();
    assert_eq!(world.ada.call(&taken).await.unwrap_err().code, ErrorCode::Conflict);
    let long = |handles: usize, name: usize, due| CreateAssignment {
        name: "é".repeat(name),
        due_at_ms: Some(due),
        handles: vec!["bob".into(); handles],
        ..assign(4, &[])
    };
    for (request, field) in [
        (long(limit::HANDLES_AT_ONCE + 1, 1, 1), "handles"),
        (long(1, limit::ASSIGNMENT_NAME + 1, 1), "name"),
        (long(1, 1, -1), "due_at_ms"),
        (long(1, 1, i64::MAX), "due_at_ms"),
    ] {
        let refused = world.ada.call(&request).await.unwrap_err();
        assert_eq!((refused.code, refused.field.as_deref()), (ErrorCode::InvalidField, Some(field)));
    }
});

on_both!(the_count_of_who_finished_follows_the_same_rule_as_each_persons_steps, async |engine| {
    let mut world = World::organized(engine, &[false, true, false]).await;
    let mut people = Vec::new();
    for handle in ["p01", "p02", "p03", "p04", "p05", "p06", "p07", "p08"] {
        people.push(world.server.account(handle).await.0);
    }
    world.ada.call(&assign(1, &["p01", "p02", "p03", "p04", "p05", "p06", "p07", "p08"])).await.unwrap();
    let now = world.now();
    // Each bit: watched, answered wrong or right; of the three steps in turn.
    let cases: [[(bool, Option<bool>); 3]; 8] = [
        [(true, None), (true, None), (true, None)],
        [(true, None), (false, Some(true)), (true, None)],
        [(false, Some(true)), (true, Some(true)), (false, Some(true))],
        [(false, Some(false)), (true, Some(true)), (true, None)],
        [(true, Some(false)), (true, Some(true)), (true, Some(false))],
        [(true, None), (true, Some(false)), (true, None)],
        [(false, None), (false, None), (false, None)],
        [(true, None), (true, Some(true)), (false, Some(false))],
    ];
    for (person, case) in (0u8..).zip(cases) {
        for (step, (watched, answered)) in (0u8..).zip(case) {
            let (clip, n) = (&world.clips[usize::from(step)], person * 3 + step);
            if watched {
                people[usize::from(person)].call(&watch(n, clip, now)).await.unwrap();
            }
            if let Some(right) = answered {
                people[usize::from(person)].call(&answer(n, clip, right, now)).await.unwrap();
            }
        }
    }
    let page = world.ada.call(&progress(1)).await.unwrap();
    let done: Vec<u32> = page.people.iter().map(|person| person.done).collect();
    let finished =
        page.people.iter().filter(|person| person.steps.iter().all(|step| step.state == D)).count();
    assert_eq!((done.iter().filter(|done| **done == 3).count(), finished), (3, 3), "{done:?}");
    assert_eq!(page.assignment.finished, 3);
    let open = page.people.iter().flat_map(|person| &person.steps).filter(|step| step.state == O).count();
    assert!(open <= 8, "{open}");
});
